"""What the event log makes people hear of. One function for each kind of event; see ON."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from backend.core.principal import UserId
from backend.core.sessions import WriteSession
from backend.events.views import EventView
from backend.notifications import plan_notices, rules, service, unit_words
from backend.notifications.ids import Channel, Kind
from backend.notifications.payloads import number, text
from backend.notifications.rules import Notice


def tell(session: WriteSession, event: EventView) -> None:
    """Notify whom an event concerns. Applied twice it does nothing the second time."""
    words = ON.get(event.type)
    if words is None:
        return
    notice = words(event)
    if notice is None:
        return
    people = _people(session, event, notice.kind)
    service.notify(
        session,
        user_ids=people,
        notice=notice,
        dedupe_key=_dedupe_key(event),
        channels=_channels(event),
    )


def _channels(event: EventView) -> list[Channel]:
    """Return by which channels people are told: a step of the ladder says so itself."""
    if "channels" not in event.payload:
        return list(Channel)
    return [Channel(each) for each in _texts(event, "channels")]


def _dedupe_key(event: EventView) -> str:
    # A storm is told in the place of its first alarm, and climbs the ladder as that one.
    alarm_id = event.payload.get("alarm_id") or event.payload.get("storm_id")
    if alarm_id is not None:
        # The ladder looks under this key whether anybody was reached.
        step = int(str(event.payload.get("step", 0)))
        return unit_words.alarm_key(alarm_id, text(event, "severity"), step)
    return f"{event.type}:{event.event_id}"


_OF_ONE: Final = frozenset(
    {
        Kind.PLAN_READY,
        Kind.IMPORT_REGISTERED,
        Kind.REPORT_BUILT,
        Kind.ACCOUNT,
        Kind.HANDOVER,
        Kind.RETURN_OVERDUE,
        Kind.IN_HAND,
        Kind.SAMPLES_EXPOSED,
    }
)
"""What one person hears of: who asked for it, or who has to act on it."""


def _people(session: WriteSession, event: EventView, kind: Kind) -> list[UserId]:
    asked: object = event.payload.get("requested_by") or event.actor_id
    if kind in {Kind.HANDOVER, Kind.RETURN_OVERDUE, Kind.IN_HAND, Kind.SAMPLES_EXPOSED}:
        asked = _told(event)
    if kind in _OF_ONE:
        return service.owner(_key(asked))
    if kind in {Kind.EXPIRY_NEAR, Kind.PARCEL_LATE}:
        named = event.payload["people"]
        told = named if isinstance(named, list) else []
        return [person for each in told for person in service.owner(_key(each))]
    if event.type == "custody.project_gaps_found":
        # Who is on duty hears of every gap anyway, in the notice of all of them.
        on_duty = service.people_concerned(session, kind)
        return [
            each for each in service.owner(_key(event.payload["owner_id"])) if each not in on_duty
        ]
    if kind is Kind.JOB_FAILED and event.payload.get("requested_by"):
        return service.owner(_key(event.payload["requested_by"]))
    if "roles" in event.payload and "people" in event.payload:
        return service.people_of(
            session, kind, roles=_texts(event, "roles"), people=_texts(event, "people")
        )
    return service.people_concerned(session, kind)


def _import_registered(event: EventView) -> Notice:
    return rules.import_registered(
        file_name=text(event, "file_name"),
        registered=number(event, "registered"),
        left=number(event, "left"),
        import_id=str(event.aggregate_id),
    )


def _unit_nearly_full(event: EventView) -> Notice:
    return rules.unit_nearly_full(
        label=text(event, "label"),
        used=number(event, "used"),
        capacity=number(event, "capacity"),
    )


def _alarm_raised(event: EventView) -> Notice | None:
    if event.payload.get("is_gathered"):
        return None  # told in the notice of all of them
    kind, unit = text(event, "kind") or "high", text(event, "unit_label")
    is_temperature = event.payload.get("temperature_c") is not None
    if kind in {"high", "low"} and is_temperature:
        return unit_words.alarm_raised(unit=unit, detail=_reading(event))
    return unit_words.alarm_of_kind(
        unit=unit,
        kind=kind,
        severity=text(event, "severity"),
        detail=unit_words.what_to_do(kind, connected=text(event, "connected_there")),
    )


def _alarm_storm(event: EventView) -> Notice:
    return unit_words.alarm_storm(_texts(event, "unit_labels"), number(event, "within_min"))


def _alarm_escalated(event: EventView) -> Notice:
    return unit_words.alarm_escalated(
        unit=text(event, "unit_label"),
        kind=text(event, "kind"),
        step=text(event, "step_label"),
        was_undelivered=bool(event.payload.get("was_undelivered")),
    )


def _alarm_test(event: EventView) -> Notice:
    return unit_words.alarm_test(step=text(event, "step_label"), by=text(event, "by"))


def _alarm_cleared(event: EventView) -> Notice | None:
    if event.payload.get("is_told") is False:
        return None  # whoever was not told that it began need not know that it is over
    kind = text(event, "kind") or "high"
    return unit_words.alarm_cleared(
        unit=text(event, "unit_label"),
        is_temperature=kind in {"high", "low"},
        has_rule=event.payload.get("has_rule") is not False,
    )


def _samples_exposed(event: EventView) -> Notice:
    return unit_words.samples_exposed(
        code=text(event, "code"),
        units=_texts(event, "units"),
        projects=_texts(event, "projects"),
        samples=number(event, "samples"),
        proposed=number(event, "proposed"),
    )


def _sensor_silent(event: EventView) -> Notice | None:
    if event.payload.get("is_gathered"):
        return None  # told in the notice of all of them
    unit, sensor = text(event, "unit_label"), text(event, "code")
    connected = text(event, "connected_there")
    return unit_words.sensor_silent(unit=unit, sensor=sensor, connected=connected)


def _sensors_silent(event: EventView) -> Notice:
    units, codes = _texts(event, "unit_labels"), _texts(event, "codes")
    never = _texts(event, "never_heard")
    return unit_words.sensors_silent(units=units, sensors=codes, never=never)


def _listeners_gone(event: EventView) -> Notice:
    return unit_words.listeners_gone(
        service=text(event, "service"), since=text(event, "since_there")
    )


def _calibrations_due(event: EventView) -> Notice:
    return unit_words.calibrations_due(
        sensors=_texts(event, "codes"),
        lead_days=number(event, "lead_days"),
        first_on=text(event, "first_on"),
        last_on=text(event, "last_on"),
    )


def _ladder_test_due(event: EventView) -> Notice:
    return unit_words.ladder_test_due(
        due_on=text(event, "due_on"), tested_on=text(event, "tested_on")
    )


def _move_back_due(event: EventView) -> Notice:
    return unit_words.move_back_due(
        unit=text(event, "label"),
        due_on=text(event, "due_on"),
        samples=number(event, "samples"),
        reason=text(event, "reason"),
    )


def _report_built(event: EventView) -> Notice:
    return rules.report_built(title=text(event, "title"), detail=text(event, "detail"))


def _audit_file_made(event: EventView) -> Notice:
    return rules.audit_file_made(
        kind=text(event, "format"),
        entries=number(event, "entries"),
        job_id=str(event.aggregate_id),
    )


def _job_failed(event: EventView) -> Notice | None:
    job_kind = text(event, "kind")
    if job_kind == service.DELIVER:
        return None  # mail about mail that cannot be sent would never end
    return rules.job_failed(job_kind=job_kind, error=text(event, "error"))


def _samples_offered(event: EventView) -> Notice:
    return rules.samples_offered(
        giver=text(event, "from_name"),
        samples=number(event, "samples"),
        note=text(event, "note"),
    )


def _offer_declined(event: EventView) -> Notice:
    return rules.offer_declined(
        receiver=text(event, "to_name"),
        samples=number(event, "samples"),
        reason=text(event, "reason"),
    )


def _return_overdue(event: EventView) -> Notice:
    return rules.return_overdue(barcode=text(event, "barcode"), due_on=text(event, "due_on"))


def _in_hand(event: EventView) -> Notice:
    return rules.in_hand(tubes=number(event, "tubes"), first=_texts(event, "first"))


def _left_in_hand(event: EventView) -> Notice:
    return rules.left_in_hand(
        name=text(event, "name"), tubes=number(event, "tubes"), first=_texts(event, "first")
    )


def _gaps_found(event: EventView) -> Notice:
    return rules.gaps_found(
        opened=number(event, "opened"),
        first=text(event, "first"),
        project=text(event, "project"),
    )


def _expiry_near(event: EventView) -> Notice:
    return rules.expiry_near(
        project=text(event, "project"),
        is_consent=text(event, "kind") == "consent",
        count=number(event, "count"),
        lead_days=number(event, "lead_days"),
        first_on=text(event, "first_on"),
        last_on=text(event, "last_on"),
    )


def _parcel_late(event: EventView) -> Notice:
    said = {name: text(event, name) for name in ("code", "party", "expected_on", "page")}
    return rules.parcel_late(**said)


def _chain_broke(event: EventView) -> Notice:
    return rules.chain_broken(position=number(event, "position"), said=text(event, "said"))


def _password_changed(_: EventView) -> Notice:
    return rules.password_changed()


def _token_made(event: EventView) -> Notice:
    return rules.token_made(name=text(event, "name"))


def _run_read(event: EventView) -> Notice | None:
    if not event.payload["is_news"]:
        return None
    return unit_words.run_read(
        code=text(event, "run_code") or text(event, "name"),
        state=text(event, "state"),
        verdict=text(event, "verdict"),
        sentence=text(event, "sentence"),
    )


ON: Final[Mapping[str, Callable[[EventView], Notice | None]]] = {
    "storage.plan_ready": plan_notices.plan_ready,
    "storage.plan_accepted": plan_notices.plan_accepted,
    "storage.acceptance_undone": plan_notices.plan_taken_back,
    "storage.relocation_ready": plan_notices.relocation_ready,
    "sequencing.queue_plan_ready": plan_notices.queue_plan_ready,
    "templates.import_registered": _import_registered,
    "storage.unit_nearly_full": _unit_nearly_full,
    "storage.move_back_due": _move_back_due,
    "telemetry.alarm_raised": _alarm_raised,
    "telemetry.alarm_storm": _alarm_storm,
    "telemetry.alarm_escalated": _alarm_escalated,
    "telemetry.alarm_test_sent": _alarm_test,
    "telemetry.alarm_cleared": _alarm_cleared,
    "incidents.owner_told": _samples_exposed,
    "telemetry.sensor_silent": _sensor_silent,
    "telemetry.sensors_silent": _sensors_silent,
    "telemetry.listeners_gone": _listeners_gone,
    "telemetry.calibrations_due": _calibrations_due,
    "telemetry.ladder_test_due": _ladder_test_due,
    "sequencing.run_folder_read": _run_read,
    "reports.report_built": _report_built,
    "reports.audit_file_made": _audit_file_made,
    "work.job_failed": _job_failed,
    "custody.samples_offered": _samples_offered,
    "custody.offer_declined": _offer_declined,
    "custody.return_overdue": _return_overdue,
    "storage.hand_reminded": _in_hand,
    "storage.hand_escalated": _left_in_hand,
    "custody.gaps_found": _gaps_found,
    "samples.expiry_near": _expiry_near,
    "custody.project_gaps_found": _gaps_found,
    "custody.parcel_late": _parcel_late,
    "events.chain_broke": _chain_broke,
    "auth.password_changed": _password_changed,
    "auth.named_token_made": _token_made,
}


def _reading(event: EventView) -> str:
    return unit_words.out_of_range(
        temperature_c=_degrees(event, "temperature_c"),
        above_c=_degrees(event, "above_c"),
        below_c=_degrees(event, "below_c"),
    )


def _degrees(event: EventView, name: str) -> float | None:
    value = event.payload.get(name)
    return None if value is None else float(str(value))


def _told(event: EventView) -> object:
    """Return whom a matter between people concerns: the one who has to act on it."""
    names = ("holder_id", "from_id", "to_id", "owner_id")
    return next((event.payload[name] for name in names if name in event.payload), None)


def _texts(event: EventView, name: str) -> list[str]:
    values = event.payload.get(name)
    return [str(value) for value in values] if isinstance(values, list) else []


def _key(value: object) -> UUID | None:
    return None if value is None else UUID(str(value))
