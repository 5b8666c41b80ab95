"""How a sample arrived is written down as it is received, and what endangers it is held."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples import arrival_rules, bulk_acts, exporting, listed, queries, service
from backend.samples.arrival_models import SampleArrival
from backend.samples.errors import RegistrationRefused, TransitionRefused
from backend.samples.exporting import ExportFormat
from backend.samples.ids import ArrivalCondition, BulkKind, HoldKind, SampleId
from backend.samples.models import Sample
from backend.samples.schemas import (
    ArrivalInput,
    BulkInput,
    SampleChoices,
    SampleFilters,
    SampleOrder,
)
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration

PrincipalOf = Callable[..., Principal]
ENDANGERING = sorted(arrival_rules.HOLD_FOR)
FOUND = st.sets(st.sampled_from(sorted(set(ArrivalCondition) - {ArrivalCondition.GOOD})))


def _found(*conditions: str, **more: object) -> ArrivalInput:
    return ArrivalInput.model_validate({"conditions": conditions, **more})


def _receive(session: WriteSession, sample: SampleId, arrival: ArrivalInput | None) -> None:
    service.change_status(session, EVERYBODY, sample_id=sample, action="receive", arrival=arrival)


def _listed(session: WriteSession, filters: SampleFilters) -> set[str]:
    wanted = listed.conditions(
        Sample, listed.scope_of(session, EVERYBODY, filters), filters, seen=None
    )
    return set(session.scalars(select(Sample.barcode).where(*wanted)))


def test_what_was_found_is_kept_with_who_received_it_and_when(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = make_sample(session).id
    desk = principal_of(
        Permission.SAMPLES_VIEW_ALL_PROJECTS, Permission.SAMPLES_TRANSITION, name="Ona Brandt"
    )
    found = _found("underfilled", temperature_c="-18.5", note=" Half full ")

    service.change_status(session, desk, sample_id=sample, action="receive", arrival=found)

    detail = queries.get_sample(session, EVERYBODY, sample)
    assert detail.arrival is not None
    assert detail.arrival.conditions == [ArrivalCondition.UNDERFILLED]
    assert (detail.arrival.temperature_c, detail.arrival.note) == (Decimal("-18.5"), "Half full")
    assert detail.arrival.received_by_name == "Ona Brandt"
    assert detail.arrival.received_at == detail.row.received_at
    assert detail.holds == []


def test_the_arrival_stands_in_the_trail_with_the_note(session: WriteSession) -> None:
    sample = make_sample(session).id

    _receive(session, sample, _found("thawed", "other", temperature_c=12, note="Ice gone"))

    entry = session.scalars(
        select(AuditEntry).where(
            AuditEntry.entity_id == sample, AuditEntry.action == "samples.arrival_recorded"
        )
    ).one()
    assert entry.reason == "Ice gone"
    assert entry.new_values["conditions"] == ["thawed", "other"]
    assert Decimal(entry.new_values["temperature_c"]) == 12


def test_what_endangers_it_puts_it_on_hold_and_says_what_was_found(session: WriteSession) -> None:
    sample = make_sample(session).id

    _receive(session, sample, _found("warm", "leaking", "thawed", temperature_c="12.5"))

    holds = {hold.kind: hold for hold in queries.get_sample(session, EVERYBODY, sample).holds}
    assert {kind: hold.reason for kind, hold in holds.items()} == {
        HoldKind.TEMPERATURE_EXPOSURE: (
            "Found on arrival: Thawed, temperature excursion; 12.5 °C."
        ),
        HoldKind.QUARANTINE: "Found on arrival: Leaking; 12.5 °C.",
    }
    assert all(hold.release_rule for hold in holds.values())


def test_who_may_receive_but_not_hold_cannot_receive_around_the_policy(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = make_sample(session).id
    desk = principal_of(Permission.SAMPLES_VIEW_ALL_PROJECTS, Permission.SAMPLES_TRANSITION)

    service.change_status(
        session, desk, sample_id=sample, action="receive", arrival=_found("broken")
    )

    assert queries.holds_of(session, EVERYBODY, [sample]) == {sample: [HoldKind.QUARANTINE]}


def test_a_hold_that_is_open_already_stays_as_it_was(session: WriteSession) -> None:
    sample = make_sample(session).id
    service.set_hold(
        session, EVERYBODY, sample_id=sample, kind=HoldKind.QUARANTINE, reason="Torn bag"
    )

    _receive(session, sample, _found("leaking"))

    (hold,) = queries.get_sample(session, EVERYBODY, sample).holds
    assert hold.reason == "Torn bag"


def test_good_and_nothing_said_are_two_things(session: WriteSession) -> None:
    good, unsaid = make_sample(session).id, make_sample(session).id

    _receive(session, good, ArrivalInput())
    _receive(session, unsaid, None)

    said = queries.get_sample(session, EVERYBODY, good)
    assert said.arrival is not None
    assert (said.arrival.conditions, said.holds) == ([ArrivalCondition.GOOD], [])
    assert queries.get_sample(session, EVERYBODY, unsaid).arrival is None


def test_nothing_arrives_at_another_step(session: WriteSession) -> None:
    sample = make_sample(session).id

    with pytest.raises(RegistrationRefused, match="Nothing arrives at the step “Accept”"):
        service.change_status(
            session, EVERYBODY, sample_id=sample, action="accept", arrival=_found("thawed")
        )

    assert queries.get_sample(session, EVERYBODY, sample).lifecycle == "registered"


def test_a_refused_step_writes_no_arrival_and_no_hold(session: WriteSession) -> None:
    sample = make_sample(session).id
    _receive(session, sample, None)

    with pytest.raises(TransitionRefused, match="it is received"):
        _receive(session, sample, _found("broken"))

    detail = queries.get_sample(session, EVERYBODY, sample)
    assert (detail.arrival, detail.holds) == (None, [])


def test_of_many_only_those_received_have_arrived(session: WriteSession) -> None:
    first, here, last = sorted(make_sample(session).id for _ in range(3))
    _receive(session, here, None)

    outcomes = service.change_statuses(
        session,
        EVERYBODY,
        sample_ids=[first, here, last],
        action="receive",
        arrival=_found("thawed"),
    )

    assert [bool(each.reasons) for each in outcomes] == [False, True, False]
    held = queries.holds_of(session, EVERYBODY, [first, here, last])
    assert held == {key: [HoldKind.TEMPERATURE_EXPOSURE] for key in (first, last)}
    assert set(session.scalars(select(SampleArrival.sample_id))) == {first, last}


def test_everything_that_matched_is_received_as_it_was_found(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    code = make_project(session).code
    keys = {make_sample(session, code).id for _ in range(3)}
    person = principal_of(
        Permission.SAMPLES_VIEW,
        Permission.SAMPLES_VIEW_ALL_PROJECTS,
        Permission.SAMPLES_TRANSITION,
        user_id=UserId(make_user(session).id),
    )
    query = service.store_query(
        session, person, filters=SampleFilters(project_codes=(code,)), order=SampleOrder()
    )
    found = _found("leaking", temperature_c="4.5", note="Wet bag")
    act = BulkInput(kind=BulkKind.STATUS, action="receive", arrival=found)

    job = service.request_act(session, person, query_id=query.id, act=act)
    service.act_on_block(session, person, act_id=bulk_acts.get_act(session, person, job_id=job).id)

    arrived = session.scalars(select(SampleArrival)).all()
    assert {row.sample_id for row in arrived} == keys
    assert {(row.temperature_c, row.note) for row in arrived} == {(Decimal("4.5"), "Wet bag")}


def test_a_list_is_narrowed_to_how_samples_arrived(session: WriteSession) -> None:
    code = make_project(session).code
    made = {
        name: make_sample(session, code)
        for name in ("thawed", "leaking", "both", "good", "unreceived")
    }
    _receive(session, made["thawed"].id, _found("thawed"))
    _receive(session, made["leaking"].id, _found("leaking"))
    _receive(session, made["both"].id, _found("thawed", "leaking"))
    _receive(session, made["good"].id, ArrivalInput())
    thawed = (ArrivalCondition.THAWED,)

    with_it = _listed(session, SampleFilters(project_codes=(code,), arrivals=thawed))
    without = _listed(
        session, SampleFilters(project_codes=(code,), without=SampleChoices(arrivals=thawed))
    )

    assert with_it == {made[name].barcode for name in ("thawed", "both")}
    assert without == {made[name].barcode for name in ("leaking", "good", "unreceived")}


@pytest.mark.parametrize(
    "filters",
    [
        SampleFilters(arrivals=(ArrivalCondition.GOOD,)),
        SampleFilters(without=SampleChoices(arrivals=(ArrivalCondition.GOOD,))),
    ],
)
def test_no_list_by_arrival_is_prepared(filters: SampleFilters) -> None:
    assert not listed.can_be_prepared(filters)


def test_a_file_of_a_list_says_how_samples_arrived(session: WriteSession) -> None:
    code = make_project(session).code
    thawed, unsaid = make_sample(session, code), make_sample(session, code)
    _receive(session, thawed.id, _found("thawed", "leaking", temperature_c="-3", note="=Ice gone"))
    file = exporting.new_file(ExportFormat.CSV, ZoneInfo("UTC"), rows=2)
    filters = SampleFilters(project_codes=(code,))

    for piece in exporting.export_pieces(session, EVERYBODY, filters=filters, sample_ids=None):
        file.add(piece, exporting.sprec_codes_of(session, EVERYBODY, piece))

    lines = {
        line["\ufeffBarcode"]: line for line in csv.DictReader(io.StringIO(file.close().decode()))
    }
    heads = ("Arrived", "Arrived at °C", "Arrival note")
    assert [lines[thawed.barcode][head] for head in heads] == [
        "Thawed, leaking",
        "-3.0",
        "'=Ice gone",
    ]
    assert [lines[unsaid.barcode][head] for head in heads] == ["", "", ""]


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"conditions": []}, "Choose how it arrived"),
        ({"conditions": ["good", "thawed"]}, "nothing else wrong"),
        ({"conditions": ["other"], "note": "  "}, "Write in the note what is wrong"),
        ({"temperature_c": "-200.1"}, "from −200 to 60 °C"),
        ({"temperature_c": "4.25"}, "at most one decimal"),
        ({"temperature_c": "NaN"}, "temperature_c"),
        ({"note": "x" * 301}, "at most 300 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(given_: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ArrivalInput.model_validate(given_)


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": []},
        {"conditions": ["melted"]},
        {"conditions": ["good", "broken"]},
        {"conditions": ["other"]},
        {"conditions": ["warm"], "temperature_c": 61},
    ],
)
def test_the_database_refuses_an_arrival_that_says_nothing_certain(
    session: WriteSession, wrong: dict[str, object]
) -> None:
    sample = make_sample(session).id
    values = {"received_by_name": "Ona Brandt", "received_at": clock.utc_now(), **wrong}

    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(SampleArrival(sample_id=sample, **values))


@given(found=FOUND)
def test_each_hold_is_due_once_and_for_all_that_calls_for_it(found: set[ArrivalCondition]) -> None:
    due = arrival_rules.holds_due(found)

    kinds = [each.kind for each in due]
    called = [condition for each in due for condition in each.found]
    assert len(set(kinds)) == len(kinds)
    assert sorted(called) == sorted(found & arrival_rules.HOLD_FOR.keys())
    assert all(
        arrival_rules.HOLD_FOR[condition].kind is each.kind
        for each in due
        for condition in each.found
    )


@given(found=FOUND, note=st.text(max_size=300), celsius=st.sampled_from([None, Decimal("-78.5")]))
def test_every_reason_fits_a_hold(
    found: set[ArrivalCondition], note: str, celsius: Decimal | None
) -> None:
    for due in arrival_rules.holds_due(found):
        reason = arrival_rules.hold_reason(due, temperature_c=celsius, note=note)

        assert len(reason) <= 500
        assert len(due.release_rule) <= 300


def test_every_condition_has_its_word() -> None:
    assert set(arrival_rules.CONDITION_NAME) == set(ArrivalCondition)
    assert ArrivalCondition.GOOD not in ENDANGERING


def test_a_sample_registered_as_received_says_how_it_arrived(session: WriteSession) -> None:
    code = make_project(session).code
    here = registration(code, received_at=clock.utc_now())

    made = service.register_sample(
        session, EVERYBODY, registration=here, arrival=_found("thawed", temperature_c=4)
    )

    detail = queries.get_sample(session, EVERYBODY, made.id)
    assert detail.arrival is not None
    assert detail.arrival.received_at == detail.row.received_at
    assert [hold.kind for hold in detail.holds] == ["temperature_exposure"]


def test_nothing_is_told_of_the_arrival_of_a_sample_that_is_not_here(
    session: WriteSession,
) -> None:
    announced = registration(make_project(session).code, received_at=None, barcode="NOT-HERE-1")

    with pytest.raises(RegistrationRefused, match="when it was received"):
        service.register_sample(session, EVERYBODY, registration=announced, arrival=ArrivalInput())

    assert queries.find_by_barcode(session, EVERYBODY, "NOT-HERE-1") is None


def test_a_registration_with_a_hold_of_its_arrival_is_taken_back(session: WriteSession) -> None:
    here = registration(make_project(session).code, received_at=clock.utc_now())
    made = service.register_sample(session, EVERYBODY, registration=here, arrival=_found("leaking"))

    code = service.take_back_registration(
        session, EVERYBODY, sample_id=made.id, reason="Wrong project"
    )

    assert code == made.barcode
