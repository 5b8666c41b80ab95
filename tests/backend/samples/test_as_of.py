"""The record at any past instant: what the trail tells, what was read then, what nobody wrote."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select, text

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.views import AuditView, Json
from backend.samples import queries, service
from backend.samples.amending import Amendment
from backend.samples.consent_schemas import ConsentGiven
from backend.samples.errors import NotRegisteredThen, SampleNotFound, StillToCome
from backend.samples.ids import HoldKind, Metric, QcVerdict, SampleId
from backend.samples.making_schemas import Aliquoting, Portion
from backend.samples.past.reading import sample_as_of
from backend.samples.past.replaying import FIELDS, Written, replay, settled
from backend.samples.past.views import PastRecord
from backend.samples.qc_schemas import Measured
from backend.storage import service as storage_service
from tests.factories.samples import (
    EVERYBODY,
    judge_by_hand,
    make_project,
    make_sample,
    registration,
)
from tests.factories.storage import Freezer, make_freezer

NINE = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
Act = Callable[[WriteSession, SampleId, random.Random], object]


def use(session: WriteSession, key: SampleId, draw: random.Random) -> None:
    service.use_volume(
        session,
        EVERYBODY,
        sample_id=key,
        volume_ul=Decimal(draw.randint(1, 40)) / 10,
        reason="Qubit",
    )


def correct(session: WriteSession, key: SampleId, draw: random.Random) -> None:
    measured = Decimal(draw.randint(200, 600)) / 10
    service.correct_volume(
        session, EVERYBODY, sample_id=key, measured_ul=measured, reason="Weighed again"
    )


def amend(session: WriteSession, key: SampleId, draw: random.Random) -> None:
    version = queries.get_sample(session, EVERYBODY, key).version
    changes = {
        "name": f"Renamed {draw.randint(1, 99)}",
        "concentration_ng_per_ul": Decimal(draw.randint(100, 999)) / 10,
        "attributes": {"Ward": str(draw.randint(1, 9))},
    }
    amendment = Amendment(sample_id=key, version=version, changes=changes)
    service.amend_samples(
        session, EVERYBODY, amendments=[amendment], reason="List sent again", import_id=new_id()
    )


def measure(session: WriteSession, key: SampleId, draw: random.Random) -> None:
    # Some were measured earlier than they are written down, so the newest need not be this one.
    ago = datetime.now(UTC) - timedelta(days=draw.randint(0, 3))  # noqa: TID251 -- a real past
    measured = Measured(
        metric=draw.choice([Metric.DIN, Metric.CONCENTRATION]),
        value=Decimal(draw.randint(10, 99)) / 10,
        method="TapeStation",
        measured_at=ago,
    )
    service.record_measurements(session, EVERYBODY, sample_id=key, measured=[measured])


def judge(session: WriteSession, key: SampleId, draw: random.Random) -> None:
    verdict = draw.choice([QcVerdict.PASS, QcVerdict.FAIL, QcVerdict.PASS_WITH_WARNING])
    judge_by_hand(session, key, verdict)


def hold(session: WriteSession, key: SampleId, _: random.Random) -> None:
    service.set_hold(
        session, EVERYBODY, sample_id=key, kind=HoldKind.QUARANTINE, reason="Label torn"
    )


def release(session: WriteSession, key: SampleId, _: random.Random) -> None:
    service.release_hold(
        session, EVERYBODY, sample_id=key, kind=HoldKind.QUARANTINE, reason="Read", evidence="Photo"
    )


def step(session: WriteSession, key: SampleId, draw: random.Random) -> None:
    action = draw.choice(["send", "receive", "accept", "archive", "reopen", "start", "complete"])
    service.change_status(session, EVERYBODY, sample_id=key, action=action, reason="Next")


def thaw(session: WriteSession, key: SampleId, _: random.Random) -> None:
    service.count_thaw(session, EVERYBODY, sample_id=key, reason="Qubit")


def expire(session: WriteSession, key: SampleId, draw: random.Random) -> None:
    day = date(2031, 1, draw.randint(1, 28))
    service.set_expiry(session, EVERYBODY, sample_id=key, expires_on=day, reason="Supplier")


def tie(session: WriteSession, key: SampleId, draw: random.Random) -> None:
    reference = f"C-{draw.randint(0, 10**9)}"
    given = ConsentGiven(reference=reference, scope="Research", expires_on=None)
    service.record_consent(session, EVERYBODY, consent=given)
    service.tie_consent(session, EVERYBODY, sample_ids=[key], reference=reference)


def part(session: WriteSession, key: SampleId, _: random.Random) -> None:
    portion = Portion(volume_ul=Decimal(1))
    service.make_aliquots(
        session, EVERYBODY, sample_id=key, aliquoting=Aliquoting(portions=(portion,))
    )


ACTS: tuple[Act, ...] = (
    use,
    correct,
    amend,
    measure,
    judge,
    hold,
    release,
    step,
    step,
    thaw,
    expire,
    tie,
    part,
)


def placing(freezer: Freezer) -> tuple[Act, ...]:
    def place(session: WriteSession, key: SampleId, _: random.Random) -> None:
        storage_service.place_sample(session, EVERYBODY, sample_id=key, box_id=freezer.box_id)

    def move(session: WriteSession, key: SampleId, _: random.Random) -> None:
        storage_service.move_samples(
            session, EVERYBODY, sample_ids=[key], box_id=freezer.box_ids[1]
        )

    def take(session: WriteSession, key: SampleId, _: random.Random) -> None:
        storage_service.take_out(session, EVERYBODY, sample_id=key, reason="Used")

    return place, place, move, take


def instant(session: WriteSession) -> datetime:
    return session.execute(select(func.clock_timestamp())).scalar_one()


def read_now(barcode: str) -> tuple[datetime, dict[str, Json], list[HoldKind]]:
    """Return what anybody reads at this moment, straight from the rows."""
    with writing() as session:
        at = instant(session)
    record = as_of(barcode, at)
    said = {each.name: each.today for each in record.fields}
    with reading() as session:
        detail = queries.get_by_barcode(session, EVERYBODY, barcode)
    held = [each.kind for each in detail.holds if each.released_at is None]
    return at, said, held


def as_of(barcode: str, at: datetime) -> PastRecord:
    with reading() as session:
        return sample_as_of(session, EVERYBODY, barcode, at=at)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_instant_replays_to_what_was_read_at_it(
    committed_database: Engine, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 -- the same acts in every run
    with writing() as session:
        freezer = make_freezer(session, boxes=2)
        made = make_sample(session, volume_ul=Decimal("80.1234"), name="First name")
    acts, seen, done = (*ACTS, *placing(freezer)), [read_now(made.barcode)], 0
    while done < 30:
        act = draw.choice(acts)
        try:
            with writing() as session:
                act(session, made.id, draw)
        except AppError:
            continue  # a guard was against it: nothing happened
        done += 1
        seen.append(read_now(made.barcode))

    for at, said, held in seen:
        then = as_of(made.barcode, at)
        assert all(each.is_recorded for each in then.fields)
        assert {each.name: each.then for each in then.fields} == said
        assert [each.kind for each in then.holds if each.released_at is None] == held


def test_a_child_replays_to_its_row(committed_database: Engine) -> None:
    with writing() as session:
        parent = make_sample(session, volume_ul=Decimal(80), rin=Decimal("7.5"))
        for action in ("receive", "accept"):
            service.change_status(session, EVERYBODY, sample_id=parent.id, action=action)
        service.count_thaw(session, EVERYBODY, sample_id=parent.id, reason="Qubit")
        portion = Portion(volume_ul=Decimal(5), is_backup=True)
        (child,) = service.make_aliquots(
            session, EVERYBODY, sample_id=parent.id, aliquoting=Aliquoting(portions=(portion,))
        )

    at, said, _ = read_now(child.barcode)

    record = as_of(child.barcode, at)
    assert {each.name: each.then for each in record.fields} == said
    assert (record.field("freeze_thaw_count").then, record.field("rin").then) == (1, "7.5")


@pytest.mark.parametrize(
    "given",
    [
        {},
        {
            "external_id": "TUBE 9",
            "subject_code": "S-1",
            "volume_ul": Decimal("80.1234"),
            "concentration_ng_per_ul": Decimal(12),
            "rin": Decimal("7.55"),
            "collected_on": date(2026, 11, 2),
            "received_at": NINE,
            "index_i7": "ACGTACGT",
            "is_backup": True,
            "notes": "On ice",
            "attributes": {"Ward": "3", "Röhre": "µ"},
        },
    ],
)
def test_a_sample_of_a_list_replays_to_its_row_from_its_registration_on(
    committed_database: Engine, given: dict[str, object]
) -> None:
    with writing() as session:
        code = make_project(session).code
        parent = make_sample(session, code, rin=Decimal(8))
        rows = [
            registration(code, **given),
            registration(code, name="Portion", parent_barcode=parent.barcode),
        ]
        barcodes = service.register_batch(
            session, EVERYBODY, registrations=rows, import_id=new_id()
        ).barcodes
    draw = random.Random(1)  # noqa: S311 -- the same acts in every run
    for barcode in barcodes:
        at, said, _ = read_now(barcode)
        registered_at = as_of(barcode, at).registered_at
        with writing() as session:
            key = queries.get_by_barcode(session, EVERYBODY, barcode).row.id
            for act in (amend, hold, thaw, expire, tie):
                act(session, key, draw)

        for then in (registered_at, at):
            record = as_of(barcode, then)
            assert [each.name for each in record.fields if not each.is_recorded] == []
            assert {each.name: each.then for each in record.fields} == said


def test_a_code_that_was_taken_back_is_told_as_it_was(committed_database: Engine) -> None:
    with writing() as session:
        made = make_sample(session, external_id="TUBE 7")
    before, said, _ = read_now(made.barcode)
    with writing() as session:
        service.take_back_registration(session, EVERYBODY, sample_id=made.id, reason="A slip")

    record = as_of(f"{made.barcode}.VOID1", before)

    assert {each.name: each.then for each in record.fields} == said
    assert (record.field("barcode").then, record.field("external_id").then) == (
        made.barcode,
        "TUBE 7",
    )
    assert record.field("barcode").today == f"{made.barcode}.VOID1"


def test_what_nobody_wrote_down_is_not_recorded_and_never_taken_from_today(
    committed_database: Engine,
) -> None:
    with writing() as session:
        made = make_sample(session, name="Today's name")
        at = instant(session)
        # A record from before the trail was kept.
        session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER USER"))
        session.execute(text("DELETE FROM audit_entry WHERE entity = 'sample'"))
        session.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER USER"))
    with writing() as session:
        expire(session, made.id, random.Random(1))  # noqa: S311 -- as above
        version = queries.get_sample(session, EVERYBODY, made.id).version
        later = Amendment(sample_id=made.id, version=version, changes={"name": "Corrected"})
        service.amend_samples(
            session, EVERYBODY, amendments=[later], reason="Sent again", import_id=new_id()
        )

    record = as_of(made.barcode, at + timedelta(microseconds=1))

    unknown = record.field("subject_code")
    assert (unknown.is_recorded, unknown.then) == (False, None)
    # The amendment wrote down what it replaced, and the step that it was registered.
    assert (record.field("name").then, record.field("name").today) == ("Today's name", "Corrected")
    assert record.field("expires_on").is_recorded
    assert record.field("project_code").is_recorded


def test_before_the_registration_and_in_the_future_there_is_no_record(
    committed_database: Engine,
) -> None:
    with writing() as session:
        made = make_sample(session)
        now = instant(session)

    with pytest.raises(NotRegisteredThen, match="registered later"):
        as_of(made.barcode, now - HOUR)
    with pytest.raises(StillToCome, match="still to come"):
        as_of(made.barcode, now + HOUR)


def test_the_past_of_other_peoples_samples_is_as_invisible_as_the_sample(
    committed_database: Engine, principal_of: Callable[..., Principal]
) -> None:
    with writing() as session:
        made = make_sample(session, make_project(session).code)

    with pytest.raises(SampleNotFound), reading() as session:
        sample_as_of(session, principal_of(Permission.SAMPLES_VIEW), made.barcode, at=NINE)


def entry(action: str, hours: float, **values: Json) -> AuditView:
    return AuditView(
        id=int(hours * 100),
        at=NINE + hours * HOUR,
        actor_name="J. Okafor",
        origin="ui",
        request_id=f"r{hours:.0f}",
        action=action,
        entity="sample",
        entity_id=new_id(),
        old_values=values.pop("old", None),  # type: ignore[arg-type]  # JSON of an entry
        new_values=values,
        reason=None,
        sealed=False,
    )


def test_an_entry_of_old_that_kept_no_arrival_leaves_it_unsaid() -> None:
    registered = entry("samples.sample_registered", 0, project_code="P-1", name="Blood")
    received = entry("samples.status_changed", 2, lifecycle="received")
    written = Written(registered_at=NINE, entries=[registered, received])

    assert replay(written, NINE + HOUR)["received_at"] is None
    assert "received_at" not in replay(written, NINE + 3 * HOUR)


def test_a_load_under_an_envelope_tells_what_it_names_and_no_more() -> None:
    load = entry("samples.sample_registered", 5, project_code="P-1", name="Blood", envelope="e")
    written = Written(registered_at=NINE, entries=[load])

    known = replay(written, NINE + HOUR)

    assert known == {"project_code": "P-1", "name": "Blood"}


def test_what_an_act_wrote_is_seen_together() -> None:
    first = entry("samples.measurements_recorded", 1)
    second = replace(first, at=first.at + timedelta(milliseconds=8))
    other = entry("samples.hold_set", 2)

    began = first.at - timedelta(milliseconds=3)

    assert settled([first, second, other], began) == second.at
    assert settled([first, second, other], NINE) == NINE


def test_every_field_of_the_record_has_one_place() -> None:
    assert len(set(FIELDS)) == len(FIELDS)
