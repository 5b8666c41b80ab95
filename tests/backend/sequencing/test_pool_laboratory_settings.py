"""Pools follow what the laboratory keeps of pooling, unless a pool says otherwise."""

from decimal import Decimal

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.sequencing import pool_forming
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.pooling import service
from backend.sequencing.pooling.recipe import Pipetting
from backend.sequencing.pooling.schemas import PoolChangeIn
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.usual_pooling import USUAL_POOLING
from dashboard.pages.pools import words
from tests.factories.pools import draft, worked_pool, worked_request
from tests.factories.samples import EVERYBODY


def keep(session: WriteSession, **changes: object) -> None:
    """Put settings of pooling in force that differ from the usual ones."""
    reference_service.add_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.POOLING,
        key=reference_queries.LABORATORY,
        name="Pooling and lanes",
        content=USUAL_POOLING.model_dump() | changes,
        source="A test",
    )


def change(session: WriteSession, ada: Principal, code: str, **wish: object) -> Pipetting:
    given = PoolChangeIn.model_validate(wish)
    return service.change_pool(session, ada, code=code, change=given).pipetting


def test_molecules_follow_from_the_laboratorys_mass_of_a_base_pair(session: WriteSession) -> None:
    keep(session, dsdna_g_per_mol_per_bp="650")
    ada, _, libraries = worked_request(session)

    view = draft(session, ada, libraries)

    # 10 ng/µL of 350 bp are 43.290 nM at 660 g/mol, and so many more at 650.
    assert f"{view.parts[0].molarity_nm:.3f}" == "43.956"


def test_other_strands_keep_their_own_mass(session: WriteSession) -> None:
    keep(session, dsdna_g_per_mol_per_bp="650")
    ada, _, libraries = worked_request(session)
    code = draft(session, ada, libraries).code

    view = service.change_pool(
        session, ada, code=code, change=PoolChangeIn.model_validate({"strand": "ssdna"})
    )

    assert f"{view.parts[0].molarity_nm:.3f}" == "86.580"


def test_what_is_pipetted_at_least_and_stays_in_a_tube_is_the_laboratorys(
    session: WriteSession,
) -> None:
    keep(
        session,
        pipette_minimum_hand_ul="1.5",
        pipette_minimum_robot_ul="0.25",
        dead_volume_ul="5",
    )
    ada, view, _, _ = worked_pool(session, volume_ul="9")

    assert view.pipetting == Pipetting(least_ul=Decimal("0.25"), dead_ul=Decimal(5))
    said = " ".join(each.sentence for each in view.findings)
    assert "and holds 9 µL, of which 5 µL stay" in said
    assert "0.25 µL is the least that is pipetted" in said
    by_hand = change(session, ada, view.code, pipetted_by="hand")
    assert by_hand == Pipetting(least_ul=Decimal("1.5"), dead_ul=Decimal(5))
    own = change(session, ada, view.code, dead_ul="0", least_ul="1")
    assert own == Pipetting(least_ul=Decimal(1), dead_ul=Decimal(0))


def test_phix_is_the_laboratorys_share_where_nobody_says_another(session: WriteSession) -> None:
    keep(session, phix_percent="3.456")
    ada, request, libraries = worked_request(session)

    drafted = draft(session, ada, libraries[:2])
    said = draft(session, ada, libraries[2:], phix_percent=0)
    formed = pool_forming.form(session, ada, request=request, libraries=[libraries[0].id])

    assert (drafted.phix_percent, said.phix_percent) == (Decimal("3.45"), Decimal(0))
    kept = session.scalars(select(LibraryPool.phix_percent).where(LibraryPool.id == formed.id))
    assert kept.one() == Decimal("3.45")


def test_the_form_names_the_laboratorys_least_volumes() -> None:
    given = USUAL_POOLING.model_copy(update={"pipette_minimum_hand_ul": Decimal("1.50")})

    assert list(words.by_options(given).values()) == [
        "Hand, 1.5 µL and more",
        "Robot, 0.5 µL and more",
    ]
