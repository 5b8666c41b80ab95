"""Holds decided, people told, and incidents closed with a signature."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import ProgrammingError

from backend.auth.views import Refused, SignatureView
from backend.core.errors import PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.events.views import EventView
from backend.incidents import item_queries, queries, service
from backend.incidents.errors import (
    ClosingRefused,
    IncidentClosed,
    IncidentNotFound,
    IncidentRefused,
)
from backend.incidents.ids import Disposition, HoldState, IncidentId, IncidentState, ItemId
from backend.incidents.models import Incident, IncidentItem
from backend.incidents.rules import Closing
from backend.notifications import consuming
from backend.notifications.models import Notification
from backend.samples.ids import HoldKind, SampleId
from backend.samples.models import Project, SampleHold
from backend.telemetry import sensor_moving
from backend.telemetry.alarm_models import Alarm
from backend.telemetry.device_tokens import Unit
from backend.telemetry.errors import SensorRefused
from backend.telemetry.ids import SensorId
from backend.telemetry.sensor_moving import Moved
from backend.telemetry.sensors import TemperatureLimits
from tests.factories.incidents import (
    WatchedFreezer,
    code_of,
    cool_down,
    follow,
    key_of,
    only_incident,
    warm_up,
    watch_freezer,
)
from tests.factories.people import PASSWORD
from tests.factories.sequencing import make_project
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.clock import FrozenClock

SAID = Closing(
    cause="The compressor stopped.",
    action="Tubes went to ULT-02; the compressor was replaced.",
    disposition=Disposition.RETEST,
    note="RIN of five tubes.",
)


@pytest.fixture
def watched(session: WriteSession, frozen_clock: FrozenClock, project: Project) -> WatchedFreezer:
    """A warm freezer with two tubes of the project and one of another."""
    made = watch_freezer(session)
    others = make_project(session)
    for column, owner in enumerate((project, project, others), start=1):
        stand(session, make_tube(session, owner), made.freezer.box_id, 1, column)
    frozen_clock.advance(minutes=90)
    warm_up(session, made, frozen_clock())
    follow(session)
    return made


@pytest.fixture
def incident(session: WriteSession, watched: WatchedFreezer) -> Incident:
    return only_incident(session)


def end(
    session: WriteSession, frozen_clock: FrozenClock, watched: WatchedFreezer, person: Principal
) -> None:
    frozen_clock.advance(minutes=10)
    cool_down(session, watched, frozen_clock(), person)
    follow(session)


def held(session: WriteSession) -> dict[SampleId, str]:
    rows = session.execute(select(SampleHold.sample_id, SampleHold.kind, SampleHold.reason))
    return {
        SampleId(key): reason for key, kind, reason in rows if kind is HoldKind.TEMPERATURE_EXPOSURE
    }


def states(session: WriteSession) -> list[HoldState]:
    return sorted(session.scalars(select(IncidentItem.hold_state)))


def payloads(session: WriteSession, kind: str) -> list[Mapping[str, object]]:
    return list(session.scalars(select(OutboxEvent.payload).where(OutboxEvent.type == kind)))


def test_all_proposed_holds_are_accepted_at_once(
    session: WriteSession, incident: Incident, technician: Principal
) -> None:
    decision = service.accept_holds(session, technician, incident_id=key_of(incident))

    assert (decision.decided, decision.left) == (3, 0)
    assert states(session) == [HoldState.ACCEPTED] * 3
    assert set(held(session).values()) == {f"{code_of(incident)}: temperature exposure."}
    assert payloads(session, "incidents.holds_decided")[0]["items"] == 3


def test_a_selection_is_accepted_and_the_rest_declined(
    session: WriteSession, incident: Incident, technician: Principal
) -> None:
    first = ItemId(
        session.scalars(select(IncidentItem.id).order_by(IncidentItem.id).limit(1)).one()
    )

    taken = service.accept_holds(
        session, technician, incident_id=key_of(incident), item_ids=[first], note="See log 7"
    )
    left = service.decline_holds(
        session, technician, incident_id=key_of(incident), reason="In a cold rack meanwhile"
    )

    assert (taken.decided, taken.left, left.decided) == (1, 0, 2)
    assert states(session) == [HoldState.ACCEPTED, HoldState.DECLINED, HoldState.DECLINED]
    assert list(held(session).values()) == [f"{code_of(incident)}: See log 7"]


def test_each_decides_about_the_samples_of_their_projects(
    session: WriteSession, incident: Incident, investigator: Principal, project: Project
) -> None:
    decision = service.accept_holds(session, investigator, incident_id=key_of(incident))

    assert decision.decided == 2
    assert states(session) == [HoldState.ACCEPTED, HoldState.ACCEPTED, HoldState.PROPOSED]


def test_one_project_can_be_decided_alone(
    session: WriteSession, incident: Incident, technician: Principal, project: Project
) -> None:
    decision = service.accept_holds(
        session, technician, incident_id=key_of(incident), project_code=project.code
    )

    assert (decision.decided, decision.left) == (2, 0)


def test_a_sample_on_the_hold_already_stays_on_it(
    session: WriteSession, incident: Incident, technician: Principal
) -> None:
    sample_id = session.scalars(select(IncidentItem.sample_id)).first()
    session.add(
        SampleHold(
            sample_id=sample_id,
            kind=HoldKind.TEMPERATURE_EXPOSURE,
            reason="Before",
            set_by=None,
        )
    )
    session.flush()

    service.accept_holds(session, technician, incident_id=key_of(incident))

    assert len(held(session)) == 3
    assert "Before" in held(session).values()


def test_declining_needs_a_reason_and_deciding_the_right(
    session: WriteSession, incident: Incident, technician: Principal, onlooker: Principal
) -> None:
    with pytest.raises(IncidentRefused):
        service.decline_holds(session, technician, incident_id=key_of(incident), reason=" ")
    with pytest.raises(PermissionDenied):
        service.accept_holds(session, onlooker, incident_id=key_of(incident))
    with pytest.raises(IncidentNotFound):
        service.accept_holds(session, technician, incident_id=IncidentId(new_id()))
    assert states(session) == [HoldState.PROPOSED] * 3


def test_what_was_decided_stays_when_it_is_reckoned_again(
    session: WriteSession, incident: Incident, technician: Principal
) -> None:
    service.accept_holds(session, technician, incident_id=key_of(incident))

    follow(session)

    assert states(session) == [HoldState.ACCEPTED] * 3


def test_people_hear_once_of_the_samples_of_their_projects(
    session: WriteSession, incident: Incident, investigator: Principal, project: Project
) -> None:
    again = follow(session)

    (told,) = payloads(session, "incidents.owner_told")
    assert again.told == 0
    assert told["owner_id"] == str(investigator.user_id)
    assert (told["projects"], told["samples"], told["proposed"]) == ([project.code], 2, 2)


def test_the_digest_is_a_notification_that_leads_to_the_incident(
    session: WriteSession,
    incident: Incident,
    investigator: Principal,
    frozen_clock: FrozenClock,
) -> None:
    row = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "incidents.owner_told")
    ).one()
    event = EventView(
        pos=1,
        event_id=row.event_id,
        aggregate_type=row.aggregate_type,
        aggregate_id=row.aggregate_id,
        seq=row.seq,
        in_order=True,
        type=row.type,
        payload=row.payload,
        actor_id=None,
        actor_name="schedule",
        at=frozen_clock(),
    )

    consuming.tell(session, event)

    notice = session.scalars(select(Notification)).one()
    assert (notice.user_id, notice.href) == (
        investigator.user_id,
        f"/incidents/{code_of(incident)}",
    )
    assert "2 samples of yours" in notice.title


def test_closing_is_refused_with_everything_that_is_to_be_done(
    session: WriteSession, incident: Incident, watched: WatchedFreezer, technician: Principal
) -> None:
    with pytest.raises(ClosingRefused) as refused:
        service.close_incident(
            session, technician, incident_id=key_of(incident), said=SAID, password=PASSWORD
        )

    alarms, holds = refused.value.reasons
    assert watched.freezer.label in alarms
    assert holds.startswith("3 proposed holds are undecided")
    view = queries.get_incident(session, technician, code_of(incident))
    assert view.closing_gaps == [alarms, holds]


def test_closing_needs_words(
    session: WriteSession, incident: Incident, technician: Principal
) -> None:
    with pytest.raises(IncidentRefused) as refused:
        service.close_incident(
            session,
            technician,
            incident_id=key_of(incident),
            said=Closing(cause="", action="", disposition=None),
            password=PASSWORD,
        )

    assert set(refused.value.fields) == {"cause", "action", "disposition"}


def test_a_wrong_password_closes_nothing(
    session: WriteSession,
    frozen_clock: FrozenClock,
    incident: Incident,
    watched: WatchedFreezer,
    technician: Principal,
) -> None:
    end(session, frozen_clock, watched, technician)
    service.accept_holds(session, technician, incident_id=key_of(incident))

    outcome = service.close_incident(
        session, technician, incident_id=key_of(incident), said=SAID, password="not mine"
    )

    assert isinstance(outcome, Refused)
    assert only_incident(session).state is IncidentState.CONTAINED


def test_an_incident_is_closed_signed_and_frozen(
    session: WriteSession,
    frozen_clock: FrozenClock,
    incident: Incident,
    watched: WatchedFreezer,
    technician: Principal,
) -> None:
    end(session, frozen_clock, watched, technician)
    service.take_incident(session, technician, incident_id=key_of(incident))
    service.accept_holds(session, technician, incident_id=key_of(incident))

    signature = service.close_incident(
        session, technician, incident_id=key_of(incident), said=SAID, password=PASSWORD
    )

    assert isinstance(signature, SignatureView)
    view = queries.get_incident(session, technician, code_of(incident))
    assert (view.state, view.closed_by_name, view.owner_name) == (
        IncidentState.CLOSED,
        "Ada",
        "Ada",
    )
    assert (view.cause, view.disposition) == (SAID.cause, Disposition.RETEST)
    assert [each.meaning for each in view.signatures] == ["closing of a temperature incident"]
    words = [moment.words for moment in item_queries.timeline(session, technician, view.code)]
    assert words[-1] == "Closed and signed"
    assert "3 holds accepted" in words
    with pytest.raises(IncidentClosed):
        service.accept_holds(session, technician, incident_id=key_of(incident))
    with pytest.raises(IncidentClosed):
        service.take_incident(session, technician, incident_id=key_of(incident))
    session.scalars(select(IncidentItem).limit(1)).one().decision_reason = "Other"
    with pytest.raises(ProgrammingError, match="closed incident stays"):
        session.flush()


def test_a_probe_on_which_a_signed_incident_rests_was_not_elsewhere_meanwhile(
    session: WriteSession,
    frozen_clock: FrozenClock,
    incident: Incident,
    watched: WatchedFreezer,
    technician: Principal,
) -> None:
    end(session, frozen_clock, watched, technician)
    service.accept_holds(session, technician, incident_id=key_of(incident))
    service.close_incident(
        session, technician, incident_id=key_of(incident), said=SAID, password=PASSWORD
    )
    other = make_freezer(session)
    # Its alarm may have been another sensor's; what was signed for rests on this probe.
    session.execute(delete(Alarm))
    session.refresh(incident)
    assert incident.ended_at is not None

    def move(moved_at: datetime) -> Moved:
        return sensor_moving.move_sensor(
            session,
            replace(technician, permissions=frozenset({Permission.STORAGE_CONFIGURE})),
            sensor_id=SensorId(watched.sensor.id),
            unit=Unit(unit_id=other.unit_id, label=other.label),
            limits=TemperatureLimits(setpoint_c=-80.0, warning_high_c=-74.0),
            reason="It was needed there",
            moved_at=moved_at,
        )

    with pytest.raises(SensorRefused, match="closed and signed"):
        move(incident.ended_at - timedelta(minutes=1))
    assert move(incident.ended_at).readings > 0


def test_the_next_alarm_after_closing_is_another_incident(
    session: WriteSession,
    frozen_clock: FrozenClock,
    incident: Incident,
    watched: WatchedFreezer,
    technician: Principal,
) -> None:
    end(session, frozen_clock, watched, technician)
    service.accept_holds(session, technician, incident_id=key_of(incident))
    service.close_incident(
        session, technician, incident_id=key_of(incident), said=SAID, password=PASSWORD
    )
    frozen_clock.advance(minutes=120)
    warm_up(session, watched, frozen_clock())

    followed = follow(session)

    assert followed.opened == 1
    assert queries.count_incidents(session, technician) == 2
    assert queries.count_incidents(session, technician, standing=True) == 1
    assert queries.count_incidents(session, technician, standing=False) == 1
