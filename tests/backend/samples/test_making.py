"""Samples made from samples: volumes move, families hold together, nothing comes from itself."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from backend.core import barcodes, clock
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.samples import lineage, queries, service, volume_rules, volumes
from backend.samples.errors import DrawRefused, ProjectClosed, RegistrationRefused
from backend.samples.handling_schemas import HandlingRules
from backend.samples.ids import HoldKind, LineageKind, MaterialType, SampleId, TemperatureClass
from backend.samples.ledger_models import SampleParent
from backend.samples.making_schemas import Aliquoting, Deriving, Pooling, PoolPart, Portion
from backend.samples.models import Sample
from backend.samples.views import Registered
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration


def accepted(session: WriteSession, project: str | None = None, **given: object) -> Registered:
    sample = make_sample(session, project, **given)
    for action in ("receive", "accept"):
        service.change_status(session, EVERYBODY, sample_id=sample.id, action=action)
    return sample


def aliquots(session: WriteSession, parent: SampleId, *volumes_ul: str) -> list[Registered]:
    portions = tuple(Portion(volume_ul=Decimal(volume)) for volume in volumes_ul)
    return service.make_aliquots(
        session, EVERYBODY, sample_id=parent, aliquoting=Aliquoting(portions=portions)
    )


def dna_of(session: WriteSession, parent: SampleId, **given: object) -> Registered:
    deriving = Deriving(
        material_type=MaterialType.GDNA, temperature_class=TemperatureClass.MINUS_20, **given
    )
    return service.make_derivative(session, EVERYBODY, sample_id=parent, deriving=deriving)


def pool(session: WriteSession, *parts: PoolPart, **given: object) -> Registered:
    pooling = Pooling(
        name="Pool 7", parts=parts, temperature_class=TemperatureClass.MINUS_20, **given
    )
    return service.make_pool(session, EVERYBODY, pooling=pooling)


def volume_of(session: WriteSession, sample: SampleId) -> Decimal | None:
    return queries.get_sample(session, EVERYBODY, sample).row.volume_ul


def test_aliquots_take_their_volumes_from_the_parent_and_are_like_it(session: WriteSession) -> None:
    parent = accepted(
        session,
        biosafety_level=2,
        subject_code="S-0417",
        concentration_ng_per_ul=Decimal(84),
        din=Decimal(8),
    )

    first, second = aliquots(session, parent.id, "10", "6.5")

    child = queries.get_sample(session, EVERYBODY, second.id)
    assert (volume_of(session, parent.id), child.row.volume_ul) == (Decimal("33.5"), Decimal("6.5"))
    assert (child.lifecycle, child.row.status) == ("accepted", "validated")
    assert (child.biosafety_level, child.row.subject_code, child.row.din) == (2, "S-0417", 8)
    assert (child.parent_barcode, child.family_id) == (parent.barcode, parent.id)
    assert barcodes.is_ours(first.barcode)
    assert first.barcode != second.barcode
    lines = volumes.ledger_of(session, EVERYBODY, parent.id)
    assert [(line.cause, line.delta_ul, line.counterpart_barcode) for line in lines[1:]] == [
        ("aliquot", Decimal(-10), first.barcode),
        ("aliquot", Decimal("-6.5"), second.barcode),
    ]


def test_more_aliquots_than_fit_leave_no_tube_behind(session: WriteSession) -> None:
    parent = accepted(session)

    with pytest.raises(DrawRefused, match="It holds 50 µL, and 60 µL are asked for"):
        aliquots(session, parent.id, "30", "30")

    assert volume_of(session, parent.id) == 50
    assert lineage.lineage_of(session, EVERYBODY, parent.id) == ([], [])


def test_the_whole_of_a_tube_parted_ends_its_life(session: WriteSession) -> None:
    parent = accepted(session)

    aliquots(session, parent.id, "25", "25")

    assert queries.get_sample(session, EVERYBODY, parent.id).lifecycle == "depleted"


def test_a_held_tube_is_not_parted(session: WriteSession) -> None:
    parent = accepted(session)
    service.set_hold(
        session, EVERYBODY, sample_id=parent.id, kind=HoldKind.QUARANTINE, reason="Leaked"
    )

    with pytest.raises(DrawRefused, match="on hold: quarantine"):
        aliquots(session, parent.id, "1")


def test_a_closed_project_makes_no_new_tubes(session: WriteSession) -> None:
    project = make_project(session)
    parent = accepted(session, project.code)
    service.set_project_open(session, EVERYBODY, project_id=project.id, is_open=False)

    with pytest.raises(ProjectClosed):
        aliquots(session, parent.id, "1")


def test_extracted_dna_has_a_volume_of_its_own_and_the_blood_is_drawn_down(
    session: WriteSession,
) -> None:
    blood = accepted(
        session,
        material_type=MaterialType.BLOOD,
        temperature_class=TemperatureClass.MINUS_80,
        volume_ul=Decimal(4000),
    )

    dna = dna_of(session, blood.id, used_ul=Decimal(400), volume_ul=Decimal(50))

    assert (volume_of(session, blood.id), volume_of(session, dna.id)) == (3600, 50)
    (edge,) = lineage.lineage_of(session, EVERYBODY, dna.id)[0]
    assert (edge.barcode, edge.kind, edge.volume_ul) == (blood.barcode, "derivative", 400)


def test_another_material_is_no_derivative_of_itself(session: WriteSession) -> None:
    with pytest.raises(RegistrationRefused, match="Make an aliquot instead"):
        dna_of(session, accepted(session).id)


def test_a_pool_tells_what_went_into_it_by_share(session: WriteSession) -> None:
    project = make_project(session).code
    first, second = accepted(session, project), accepted(session, project)

    made = pool(
        session,
        PoolPart(barcode=first.barcode, volume_ul=Decimal(10)),
        PoolPart(barcode=second.barcode.lower(), volume_ul=Decimal(30)),
    )

    parents, _ = lineage.lineage_of(session, EVERYBODY, made.id)
    assert {edge.barcode: edge.proportion for edge in parents} == {
        first.barcode: Decimal("0.25"),
        second.barcode: Decimal("0.75"),
    }
    assert [volume_of(session, key) for key in (made.id, first.id, second.id)] == [40, 40, 20]


def test_a_pool_of_pools_knows_every_ancestor(session: WriteSession) -> None:
    project = make_project(session).code
    tubes = [accepted(session, project) for _ in range(3)]
    parts = [PoolPart(barcode=tube.barcode, volume_ul=Decimal(10)) for tube in tubes]
    inner = pool(session, parts[0], parts[1])

    outer = pool(session, PoolPart(barcode=inner.barcode, volume_ul=Decimal(8)), parts[2])

    ancestors, _ = lineage.lineage_of(session, EVERYBODY, outer.id)
    assert {edge.barcode: edge.distance for edge in ancestors} == {
        inner.barcode: -1,
        tubes[2].barcode: -1,
        tubes[0].barcode: -2,
        tubes[1].barcode: -2,
    }


def test_a_refused_pool_names_every_part_that_cannot_give(session: WriteSession) -> None:
    project = make_project(session).code
    fine, short = accepted(session, project), accepted(session, project, volume_ul=Decimal(2))
    fresh = make_sample(session, project)

    with pytest.raises(DrawRefused) as refusal:
        pool(
            session,
            *(
                PoolPart(barcode=tube.barcode, volume_ul=Decimal(5))
                for tube in (fine, short, fresh)
            ),
        )

    assert len(refusal.value.reasons) == 2
    assert short.barcode in refusal.value.message
    assert fine.barcode not in refusal.value.message
    assert volume_of(session, fine.id) == 50


def test_a_pool_of_several_projects_asks_which_it_belongs_to(session: WriteSession) -> None:
    parts = [PoolPart(barcode=accepted(session).barcode, volume_ul=Decimal(5)) for _ in range(2)]

    with pytest.raises(RegistrationRefused, match="several projects"):
        pool(session, *parts)


@pytest.mark.parametrize(
    ("shares", "said"), [(("0.5", "0.6"), "add up to 1"), (("0.5", None), "every part")]
)
def test_shares_that_do_not_make_a_whole_are_refused(
    session: WriteSession, shares: tuple[str | None, ...], said: str
) -> None:
    project = make_project(session).code
    parts = [
        PoolPart(
            barcode=accepted(session, project).barcode,
            volume_ul=Decimal(5),
            proportion=Decimal(share) if share else None,
        )
        for share in shares
    ]

    with pytest.raises(RegistrationRefused, match=said):
        pool(session, *parts)


def test_one_tube_is_poured_into_a_pool_once(session: WriteSession) -> None:
    part = PoolPart(barcode="DNA-1", volume_ul=Decimal(5))

    with pytest.raises(ValidationError, match="twice in the pool"):
        pool(session, part, part)


@given(st.lists(st.decimals("0.001", "100000", places=3), min_size=2, max_size=40))
def test_shares_by_volume_are_a_whole(volumes_ul: list[Decimal]) -> None:
    shares = volume_rules.shares(volumes_ul)

    assert sum(shares) == 1
    assert all(share >= 0 for share in shares)


def test_a_child_registered_from_a_file_has_its_edge_too(session: WriteSession) -> None:
    project = make_project(session).code
    parent = make_sample(session, project)

    batch = service.register_batch(
        session,
        EVERYBODY,
        registrations=[registration(project, parent_barcode=parent.barcode)],
        import_id=new_id(),
    )

    edge = session.scalars(select(SampleParent)).one()
    assert (edge.child_id, edge.parent_id) == (batch.ids[0], parent.id)
    assert edge.kind is LineageKind.ALIQUOT


def test_nothing_comes_from_itself_by_any_way(session: WriteSession) -> None:
    grandparent = accepted(session)
    (parent,) = aliquots(session, grandparent.id, "20")
    (child,) = aliquots(session, parent.id, "5")

    with pytest.raises(IntegrityError, match="cannot come from itself"):
        session.execute(
            SampleParent.__table__.insert().values(
                child_id=grandparent.id, parent_id=child.id, kind="aliquot"
            )
        )


@pytest.mark.slow
@pytest.mark.usefixtures("committed_database")
def test_two_edges_added_at_once_close_no_circle() -> None:
    with writing() as session:
        project = make_project(session).code
        first, second = make_sample(session, project).id, make_sample(session, project).id
    start = Barrier(2)

    def tie(child: SampleId, parent: SampleId) -> bool:
        start.wait(30)
        try:
            with writing() as session:
                session.add(
                    SampleParent(child_id=child, parent_id=parent, kind=LineageKind.ALIQUOT)
                )
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(2) as people:
        tied = list(people.map(tie, (first, second), (second, first)))

    assert sorted(tied) == [False, True]


@pytest.mark.slow
def test_many_who_part_one_tube_at_once_get_no_more_than_there_is(
    committed_database: Engine,
) -> None:
    with writing() as session:
        parent = accepted(session, volume_ul=Decimal(100)).id
    start = Barrier(12)

    def part(volume: int) -> int:
        start.wait(30)
        try:
            with writing() as session:
                aliquots(session, parent, str(volume), "1")
        except AppError:
            return 0
        return volume + 1

    with ThreadPoolExecutor(12) as people:
        taken = list(people.map(part, range(6, 30, 2)))

    with reading() as session:
        lines = volumes.ledger_of(session, EVERYBODY, parent)
        _, children = lineage.lineage_of(session, EVERYBODY, parent)
    left = lines[-1].balance_ul
    assert left == 100 - sum(taken)
    assert sum((child.balance_ul or 0 for child in children), Decimal(0)) == sum(taken)
    assert all(line.balance_ul is not None and line.balance_ul >= 0 for line in lines)
    assert 0 in taken


def test_thaws_are_inherited_counted_and_warned_of(session: WriteSession) -> None:
    service.set_handling(
        session, EVERYBODY, material=MaterialType.GDNA, rules=HandlingRules(thaw_limit=2)
    )
    parent = accepted(session)

    counts = [
        service.count_thaw(session, EVERYBODY, sample_id=parent.id, reason="PCR") for _ in range(3)
    ]
    (child,) = aliquots(session, parent.id, "5")

    assert [bool(count.warning) for count in counts] == [False, True, True]
    assert counts[2].warning == "Thawed 3 times, 1 more than the limit for gDNA here."
    assert queries.get_sample(session, EVERYBODY, child.id).freeze_thaw_count == 3


def test_what_has_expired_is_not_used_until_its_date_is_set_anew(session: WriteSession) -> None:
    sample = accepted(session)
    today = clock.utc_now().date()
    service.set_expiry(
        session,
        EVERYBODY,
        sample_id=sample.id,
        expires_on=today - timedelta(days=1),
        reason="Protocol",
    )

    with pytest.raises(DrawRefused, match="It expired on"):
        aliquots(session, sample.id, "5")
    service.set_expiry(
        session, EVERYBODY, sample_id=sample.id, expires_on=today, reason="Still intact"
    )
    (child,) = aliquots(session, sample.id, "5")

    assert queries.get_sample(session, EVERYBODY, child.id).expires_on == today


def test_what_is_extracted_is_good_for_as_long_as_the_laboratory_says(
    session: WriteSession,
) -> None:
    service.set_handling(
        session, EVERYBODY, material=MaterialType.GDNA, rules=HandlingRules(good_for_days=365)
    )
    blood = accepted(
        session,
        material_type=MaterialType.BLOOD,
        temperature_class=TemperatureClass.MINUS_80,
    )

    dna = dna_of(session, blood.id, used_ul=Decimal(10))

    year_on = clock.utc_now().date() + timedelta(days=365)
    assert queries.get_sample(session, EVERYBODY, dna.id).expires_on == year_on


def test_a_date_that_cannot_be_meant_is_refused(session: WriteSession) -> None:
    sample = accepted(session)

    with pytest.raises(RegistrationRefused, match="Check the year"):
        service.set_expiry(
            session,
            EVERYBODY,
            sample_id=sample.id,
            expires_on=date(226, 1, 1),
            reason="Typed too fast",
        )
    assert session.get_one(Sample, sample.id).expires_on is None
