"""What was written of an arrival is put right; what it said before stays readable."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples import listed, queries, service
from backend.samples.arrival_models import SampleArrivalCorrection
from backend.samples.errors import RegistrationRefused, SampleNotFound
from backend.samples.ids import ArrivalCondition, SampleId
from backend.samples.models import Sample
from backend.samples.schemas import ArrivalInput, SampleFilters
from tests.factories.samples import EVERYBODY, make_sample

PrincipalOf = Callable[..., Principal]


def _found(*conditions: str, **more: object) -> ArrivalInput:
    return ArrivalInput.model_validate({"conditions": conditions, **more})


def _received(session: WriteSession, arrival: ArrivalInput | None) -> SampleId:
    sample = make_sample(session).id
    service.change_status(session, EVERYBODY, sample_id=sample, action="receive", arrival=arrival)
    return sample


def _correct(
    session: WriteSession, sample: SampleId, arrival: ArrivalInput, reason: str = "Wrong tube"
) -> None:
    service.correct_arrival(session, EVERYBODY, sample_id=sample, arrival=arrival, reason=reason)


def _rows(session: WriteSession, sample: SampleId) -> int:
    found = select(SampleArrivalCorrection).where(SampleArrivalCorrection.sample_id == sample)
    return len(session.scalars(found).all())


def test_what_was_written_stays_readable_beside_what_counts(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = _received(session, _found("thawed", temperature_c="4.5", note="Ice gone"))
    person = principal_of(
        Permission.SAMPLES_VIEW_ALL_PROJECTS, Permission.SAMPLES_EDIT, name="Ona Brandt"
    )

    service.correct_arrival(
        session, person, sample_id=sample, arrival=_found("good"), reason=" Wrong tube "
    )
    _correct(session, sample, _found("leaking"), "Seen in the box")

    arrival = queries.get_sample(session, EVERYBODY, sample).arrival
    assert arrival is not None
    assert arrival.conditions == [ArrivalCondition.LEAKING]
    first, second = arrival.corrections
    assert first.conditions == [ArrivalCondition.THAWED]
    assert (first.temperature_c, first.note) == (Decimal("4.5"), "Ice gone")
    assert (first.reason, first.corrected_by_name) == ("Wrong tube", "Ona Brandt")
    assert (second.conditions, second.reason) == ([ArrivalCondition.GOOD], "Seen in the box")


def test_a_correction_stands_in_the_trail_with_old_and_new(session: WriteSession) -> None:
    sample = _received(session, _found("thawed", temperature_c="4.5"))

    _correct(session, sample, _found("good", temperature_c="-70"))

    entry = session.scalars(
        select(AuditEntry).where(
            AuditEntry.entity_id == sample, AuditEntry.action == "samples.arrival_corrected"
        )
    ).one()
    assert (entry.old_values or {})["conditions"] == ["thawed"]
    assert (entry.new_values or {})["conditions"] == ["good"]
    assert entry.reason == "Wrong tube"
    told = select(OutboxEvent).where(OutboxEvent.type == "samples.arrival_corrected")
    assert session.scalars(told).one().aggregate_id == sample


def test_what_endangers_it_after_all_puts_it_on_hold(session: WriteSession) -> None:
    sample = _received(session, _found("good"))

    _correct(session, sample, _found("thawed", "leaking"))

    holds = queries.get_sample(session, EVERYBODY, sample).holds
    assert {hold.kind for hold in holds} == {"temperature_exposure", "quarantine"}


def test_a_hold_that_no_longer_fits_stays_until_somebody_releases_it(
    session: WriteSession,
) -> None:
    sample = _received(session, _found("thawed"))

    _correct(session, sample, _found("good"))

    (hold,) = queries.get_sample(session, EVERYBODY, sample).holds
    assert (hold.kind, hold.released_at) == ("temperature_exposure", None)


def test_a_list_goes_by_what_counts_now(session: WriteSession) -> None:
    sample = _received(session, _found("thawed"))
    code = queries.get_sample(session, EVERYBODY, sample).row.project_code
    filters = SampleFilters(project_codes=(code,), arrivals=(ArrivalCondition.THAWED,))
    scope = listed.scope_of(session, EVERYBODY, filters)

    _correct(session, sample, _found("good"))

    wanted = select(Sample.id).where(*listed.conditions(Sample, scope, filters, seen=None))
    assert session.scalars(wanted).all() == []


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_correction_without_a_reason_is_refused(session: WriteSession, reason: str) -> None:
    sample = _received(session, _found("thawed"))

    with pytest.raises(RegistrationRefused, match="A reason is needed"):
        _correct(session, sample, _found("good"), reason)

    assert _rows(session, sample) == 0


def test_a_correction_that_changes_nothing_is_refused(session: WriteSession) -> None:
    sample = _received(session, _found("thawed", temperature_c="4.5"))

    with pytest.raises(RegistrationRefused, match="written already"):
        _correct(session, sample, _found("thawed", temperature_c="4.50"))

    assert _rows(session, sample) == 0


def test_what_nobody_wrote_is_added_late_with_why_and_holds_what_it_endangers(
    session: WriteSession,
) -> None:
    sample = _received(session, None)

    _correct(session, sample, _found("thawed", note="Ice gone"), "Told by the courier")

    found = queries.get_sample(session, EVERYBODY, sample)
    assert found.arrival is not None
    assert (found.arrival.conditions, found.arrival.note) == (["thawed"], "Ice gone")
    assert found.arrival.received_at == found.row.received_at
    assert found.arrival.corrections == []
    assert [hold.kind for hold in found.holds] == ["temperature_exposure"]
    entry = session.scalars(
        select(AuditEntry).where(
            AuditEntry.entity_id == sample, AuditEntry.action == "samples.arrival_recorded"
        )
    ).one()
    assert entry.reason == "Told by the courier"


def test_what_nobody_wrote_is_not_added_without_a_reason(session: WriteSession) -> None:
    sample = _received(session, None)

    with pytest.raises(RegistrationRefused, match="A reason is needed"):
        _correct(session, sample, _found("good"), " ")

    assert queries.get_sample(session, EVERYBODY, sample).arrival is None


def test_a_sample_that_has_not_come_did_not_arrive(session: WriteSession) -> None:
    sample = make_sample(session).id

    with pytest.raises(RegistrationRefused, match=r"is not received yet\. Receive it"):
        _correct(session, sample, _found("good"))


def test_a_correction_asks_for_the_right_and_the_project(
    session: WriteSession, principal_of: PrincipalOf
) -> None:
    sample = _received(session, _found("thawed"))
    reader = principal_of(Permission.SAMPLES_VIEW_ALL_PROJECTS, Permission.SAMPLES_TRANSITION)
    stranger = principal_of(Permission.SAMPLES_EDIT)
    good = _found("good")

    with pytest.raises(PermissionDenied):
        service.correct_arrival(session, reader, sample_id=sample, arrival=good, reason="No")
    with pytest.raises(SampleNotFound):
        service.correct_arrival(session, stranger, sample_id=sample, arrival=good, reason="No")


@pytest.mark.parametrize(
    "change",
    [delete(SampleArrivalCorrection), update(SampleArrivalCorrection).values(reason="Other")],
)
def test_the_database_keeps_every_correction(session: WriteSession, change: object) -> None:
    sample = _received(session, _found("thawed"))
    _correct(session, sample, _found("good"))

    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(change)  # type: ignore[call-overload]  # either statement

    assert _rows(session, sample) == 1
