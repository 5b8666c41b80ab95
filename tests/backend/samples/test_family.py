"""Who a sample was taken from, what was taken from it, and what is usual of its measurements."""

from collections.abc import Callable
from decimal import Decimal

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.family import family_of
from backend.samples.ids import MaterialType
from backend.samples.quality import usual
from tests.factories.samples import EVERYBODY, make_project, make_sample

MakePrincipal = Callable[..., Principal]


def test_a_family_stands_parents_before_children_with_their_depth(session: WriteSession) -> None:
    code = make_project(session).code
    blood = make_sample(session, code, barcode="BLD-1")
    make_sample(session, code, barcode="DNA-1", parent_barcode="BLD-1")
    make_sample(session, code, barcode="PLS-1", parent_barcode="BLD-1")
    aliquot = make_sample(session, code, barcode="ALI-1", parent_barcode="DNA-1")
    make_sample(session, code, barcode="STRANGER")

    from_the_root = family_of(session, EVERYBODY, blood.id, family_id=None)
    from_the_end = family_of(session, EVERYBODY, aliquot.id, family_id=blood.id)

    assert [(each.barcode, each.depth) for each in from_the_root] == [
        ("BLD-1", 0),
        ("DNA-1", 1),
        ("ALI-1", 2),
        ("PLS-1", 1),
    ]
    assert from_the_end == from_the_root


def test_relatives_of_other_peoples_projects_are_left_out(
    session: WriteSession, principal_of: MakePrincipal
) -> None:
    blood = make_sample(session, barcode="BLD-1")
    stranger = principal_of(Permission.SAMPLES_VIEW)

    assert family_of(session, stranger, blood.id, family_id=None) == []


def test_a_band_holds_its_edges_and_an_open_side_has_none() -> None:
    ratio = usual(MaterialType.GDNA, "a260_280")
    integrity = usual(MaterialType.RNA, "rin")

    assert ratio is not None
    assert integrity is not None
    assert [ratio.holds(Decimal(v)) for v in ("1.69", "1.7", "1.9", "1.91")] == [
        False,
        True,
        True,
        False,
    ]
    assert integrity.holds(Decimal(10))
    assert usual(MaterialType.BLOOD, "rin") is None
