"""Who is told of what, in which words, and never twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from backend.auth.ids import Role
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.events.views import EventView
from backend.notifications import consuming, service
from backend.notifications.ids import Channel, DeliveryState, Kind, Severity
from backend.notifications.models import Delivery, Notification
from backend.work.models import Job
from tests.factories.notifications import told_to
from tests.factories.people import make_user

Fact = Callable[..., EventView]
UNIT = {"unit_label": "ULT-03"}


@pytest.mark.parametrize(
    ("told_of", "expected"),
    [
        (
            ("storage.plan_ready", {"placements": 3, "left_over": 0}),
            (Kind.PLAN_READY, "/storage?plan=", Severity.OK),
        ),
        (
            ("storage.plan_ready", {"placements": 3, "left_over": 2}),
            (Kind.PLAN_READY, "/storage?plan=", Severity.WARNING),
        ),
        (
            ("storage.plan_accepted", {"placed": 900, "refused": 0, "job_id": str(new_id())}),
            (Kind.PLAN_READY, "/storage?plan=", Severity.OK),
        ),
        (
            ("storage.plan_accepted", {"placed": 899, "refused": 1, "job_id": str(new_id())}),
            (Kind.PLAN_READY, "/storage?plan=", Severity.WARNING),
        ),
        (
            ("storage.acceptance_undone", {"taken_back": 9, "kept": 1, "job_id": str(new_id())}),
            (Kind.PLAN_READY, "/storage?plan=", Severity.WARNING),
        ),
        (
            (
                "storage.relocation_ready",
                {"kind": "evacuate", "unit": "ULT-1", "tubes": 3, "boxes": 0, "without_place": 1},
            ),
            (Kind.PLAN_READY, "/storage/relocations?plan=", Severity.WARNING),
        ),
        (
            (
                "storage.relocation_ready",
                {
                    "kind": "consolidate",
                    "unit": "ULT-1",
                    "tubes": 3,
                    "boxes": 1,
                    "without_place": 0,
                },
            ),
            (Kind.PLAN_READY, "/storage/relocations?plan=", Severity.OK),
        ),
        (
            ("templates.import_registered", {"file_name": "a.csv", "registered": 8, "left": 0}),
            (Kind.IMPORT_REGISTERED, "/samples", Severity.OK),
        ),
        (
            ("templates.import_registered", {"file_name": "a.csv", "registered": 8, "left": 2}),
            (Kind.IMPORT_REGISTERED, "/register?draft=", Severity.WARNING),
        ),
        (
            ("storage.unit_nearly_full", {"label": "ULT-03", "used": 96, "capacity": 100}),
            (Kind.UNIT_NEARLY_FULL, "/storage/ULT-03", Severity.WARNING),
        ),
        (
            ("telemetry.alarm_raised", {**UNIT, "temperature_c": -68.4, "above_c": -70.0}),
            (Kind.ALARM_RAISED, "/storage/ULT-03", Severity.CRITICAL),
        ),
        (
            ("reports.audit_file_made", {"format": "pdf", "entries": 3}),
            (Kind.REPORT_BUILT, "/admin?tab=audit&export=", Severity.OK),
        ),
        (("telemetry.alarm_cleared", UNIT), (Kind.ALARM_CLEARED, "/storage/ULT-03", Severity.OK)),
        (
            ("telemetry.alarm_cleared", {**UNIT, "has_rule": False}),
            (Kind.ALARM_CLEARED, "/storage/ULT-03", Severity.INFO),
        ),
        (
            ("telemetry.sensors_silent", {"unit_labels": ["A", "B"], "codes": ["A-1", "B-1"]}),
            (Kind.SENSOR_SILENT, "/health", Severity.WARNING),
        ),
        (
            ("telemetry.sensor_silent", {**UNIT, "code": "ULT-03-T1"}),
            (Kind.SENSOR_SILENT, "/storage/ULT-03", Severity.WARNING),
        ),
    ],
)
def test_a_fact_is_told_with_a_link_to_what_it_is_about(
    session: WriteSession,
    person: Principal,
    fact: Fact,
    told_of: tuple[str, dict[str, object]],
    expected: tuple[Kind, str, Severity],
) -> None:
    kind, payload = told_of
    event = fact(kind, actor=person.user_id, **payload)

    consuming.tell(session, event)

    assert person.user_id is not None
    (notification,) = told_to(session, person.user_id)
    told, href, severity = expected
    assert (notification.kind, notification.severity) == (told, severity)
    assert notification.href == (f"{href}{event.aggregate_id}" if href.endswith("=") else href)


def test_the_words_say_how_warm_and_how_full(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    consuming.tell(
        session, fact("telemetry.alarm_raised", **UNIT, temperature_c=-68.4, above_c=-70.0)
    )
    consuming.tell(
        session, fact("storage.unit_nearly_full", label="ULT-03", used=955, capacity=1000)
    )

    assert person.user_id is not None
    alarm, full = told_to(session, person.user_id)
    assert alarm.title == "Temperature alarm: ULT-03"
    assert alarm.body.startswith("−68.4 °C measured, allowed up to −70.0 °C.")
    assert full.title == "ULT-03 is 96% full"
    assert full.body.startswith("955 of 1,000 positions are taken.")


def test_the_words_say_since_when_a_sensor_that_was_connected_is_not_heard(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    since = {"connected_there": "30 Nov 2026, 09:12"}
    consuming.tell(session, fact("telemetry.sensor_silent", **UNIT, code="T1", **since))
    consuming.tell(
        session,
        fact("telemetry.alarm_raised", **UNIT, kind="no_data", severity="critical", **since),
    )
    consuming.tell(
        session,
        fact(
            "telemetry.sensors_silent", unit_labels=["A"], codes=["A-1", "A-2"], never_heard=["A-2"]
        ),
    )

    assert person.user_id is not None
    short, critical, together = (each.body for each in told_to(session, person.user_id))
    said = "has not been heard since it was connected at 30 Nov 2026, 09:12."
    assert short.startswith(f"Sensor T1 {said}")
    assert "any more" not in short
    assert critical.startswith(f"Its sensor {said} How it is in there is not known")
    assert together.endswith(" Not heard since they were connected: A-2.")


def test_the_same_fact_twice_is_told_once(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    event = fact("storage.plan_ready", actor=person.user_id, placements=3, left_over=0)

    consuming.tell(session, event)
    consuming.tell(session, event)

    assert person.user_id is not None
    (notification,) = told_to(session, person.user_id)
    mails = session.scalars(
        select(Delivery).where(Delivery.notification_id == notification.id)
    ).all()
    assert [mail.state for mail in mails] == [DeliveryState.PENDING]
    jobs = session.scalar(select(func.count()).select_from(Job).where(Job.key == str(mails[0].id)))
    assert jobs == 1


def test_a_plan_is_told_to_whoever_asked_and_to_nobody_else(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    other = make_user(session, Role.TECHNICIAN)

    consuming.tell(
        session,
        fact(
            "storage.plan_ready",
            actor=None,
            requested_by=str(person.user_id),
            placements=1,
            left_over=0,
        ),
    )

    assert person.user_id is not None
    assert len(told_to(session, person.user_id)) == 1
    assert told_to(session, other.id) == []


def test_an_alarm_is_told_to_who_can_act_and_is_still_employed(
    session: WriteSession, fact: Fact
) -> None:
    technician = make_user(session, Role.TECHNICIAN)
    administrator = make_user(session, Role.ADMINISTRATOR)
    guest = make_user(session, Role.GUEST)
    gone = make_user(session, Role.TECHNICIAN, is_active=False)

    consuming.tell(session, fact("telemetry.alarm_raised", **UNIT))

    assert len(told_to(session, technician.id)) == 1
    assert len(told_to(session, administrator.id)) == 1
    assert told_to(session, guest.id) == []
    assert told_to(session, gone.id) == []


def test_failed_work_is_told_to_whoever_asked_else_to_operators(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    operator = make_user(session, Role.ADMINISTRATOR)

    consuming.tell(
        session,
        fact(
            "work.job_failed",
            kind="reports.build",
            error="Disk is full.",
            requested_by=str(person.user_id),
        ),
    )
    consuming.tell(session, fact("work.job_failed", kind="work.retention", error="No."))

    assert person.user_id is not None
    (mine,) = told_to(session, person.user_id)
    assert (mine.title, mine.body) == ("Could not finish: report", "Disk is full.")
    (theirs,) = told_to(session, operator.id)
    assert theirs.title == "Could not finish: tidying of old work"


def test_mail_that_cannot_be_sent_is_not_told_by_mail(session: WriteSession, fact: Fact) -> None:
    operator = make_user(session, Role.ADMINISTRATOR)

    consuming.tell(session, fact("work.job_failed", kind=service.DELIVER, error="No server."))

    assert told_to(session, operator.id) == []


def test_a_fact_that_nobody_waits_for_tells_nobody(session: WriteSession, fact: Fact) -> None:
    consuming.tell(session, fact("samples.sample_registered"))
    consuming.tell(session, fact("storage.plan_ready", placements=1, left_over=0))

    assert session.scalar(select(func.count()).select_from(Notification)) == 0
    types = session.scalars(select(OutboxEvent.type)).all()
    assert "notifications.people_notified" not in types


def test_a_person_hears_of_a_kind_as_they_chose(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    for channel in Channel:
        service.set_preference(
            session, person, kind=Kind.PLAN_READY, channel=channel, enabled=False
        )
    service.set_preference(
        session, person, kind=Kind.REPORT_BUILT, channel=Channel.IN_APP, enabled=False
    )

    consuming.tell(
        session, fact("storage.plan_ready", actor=person.user_id, placements=1, left_over=0)
    )
    consuming.tell(session, fact("reports.report_built", actor=person.user_id, title="Samples"))

    assert person.user_id is not None
    (by_mail,) = told_to(session, person.user_id)
    assert (by_mail.kind, by_mail.in_app) == (Kind.REPORT_BUILT, False)


def test_telling_is_recorded_in_the_same_transaction(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    consuming.tell(
        session, fact("storage.plan_ready", actor=person.user_id, placements=1, left_over=0)
    )

    (event,) = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "notifications.people_notified")
    )
    assert event.payload["people"] == 1


def test_who_accepted_a_plan_at_once_has_seen_it_and_is_not_told(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    at_once = {"placed": 3, "refused": 0, "job_id": None}

    consuming.tell(session, fact("storage.plan_accepted", actor=person.user_id, **at_once))

    assert person.user_id is not None
    assert told_to(session, person.user_id) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"kind": "sample", "count": 2, "lead_days": 7},
            (
                "P-1: 2 samples expire within 7 days",
                "/samples?f=project:P-1,expires:2026-12-01..2026-12-03",
                Severity.INFO,
            ),
        ),
        (
            {"kind": "consent", "count": 1, "lead_days": 0},
            ("P-1: 1 consent past its day", "/samples?f=project:P-1", Severity.WARNING),
        ),
    ],
)
def test_the_people_of_a_project_hear_of_what_expires(
    session: WriteSession,
    person: Principal,
    fact: Fact,
    facts: dict[str, object],
    expected: tuple[str, str, Severity],
) -> None:
    days = {"first_on": "2026-12-01", "last_on": "2026-12-03"}
    named = {"project": "P-1", "people": [str(person.user_id)], **days}

    consuming.tell(session, fact("samples.expiry_near", **named, **facts))

    assert person.user_id is not None
    (told,) = told_to(session, person.user_id)
    assert (told.title, told.href, told.severity) == expected


def test_a_projects_owner_hears_of_its_gaps_and_who_is_on_duty_not_twice(
    session: WriteSession, person: Principal, fact: Fact
) -> None:
    owner = make_user(session, Role.PRINCIPAL_INVESTIGATOR)
    told: dict[str, object] = {"project": "CARDIO-7", "opened": 2, "first": "Find DNA-1."}
    event = fact("custody.project_gaps_found", owner_id=str(owner.id), **told)

    consuming.tell(session, event)
    consuming.tell(session, event)
    consuming.tell(
        session, fact("custody.project_gaps_found", owner_id=str(person.user_id), **told)
    )

    (notice,) = told_to(session, owner.id)
    assert (notice.kind, notice.href) == (Kind.CUSTODY_GAP, "/custody?show=gaps")
    assert notice.title == "CARDIO-7: 2 gaps in custody found"
    assert notice.body == "Find DNA-1. And 1 more."
    assert person.user_id is not None
    assert told_to(session, person.user_id) == []


def test_a_silence_that_is_told_of_together_with_others_is_not_told_of_alone(
    session: WriteSession, fact: Fact
) -> None:
    person = make_user(session, Role.TECHNICIAN)

    consuming.tell(
        session,
        fact("telemetry.sensor_silent", **UNIT, code="ULT-03-T1", is_gathered=True),
    )

    assert told_to(session, person.id) == []


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("auth.password_changed", {}), ("auth.named_token_made", {"name": "plate reader"})],
)
def test_a_change_of_an_account_is_told_to_its_person_only(
    session: WriteSession, fact: Fact, kind: str, payload: dict[str, object]
) -> None:
    person, other = make_user(session), make_user(session, Role.ADMINISTRATOR)

    consuming.tell(session, fact(kind, actor=person.id, **payload))

    assert [notice.kind for notice in told_to(session, person.id)] == [Kind.ACCOUNT]
    assert told_to(session, other.id) == []
