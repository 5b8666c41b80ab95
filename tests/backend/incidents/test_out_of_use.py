"""Units out of use: no rule holds there, and the incident of one that died can be closed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.auth.views import SignatureView
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.incidents import service
from backend.incidents.ids import Disposition, IncidentState
from backend.incidents.rules import Closing
from backend.storage import unit_statuses
from backend.storage.ids import UnitStatus
from backend.storage.models import StorageNode
from backend.telemetry import queries
from backend.telemetry import service as telemetry_service
from backend.telemetry.events import AlarmCleared
from tests.factories.incidents import (
    CHECKER,
    WatchedFreezer,
    follow,
    key_of,
    only_incident,
    warm_up,
    watch_freezer,
)
from tests.factories.people import PASSWORD
from tests.factories.storage import make_freezer
from tests.support.clock import FrozenClock

RETIRED, DEFROSTING = UnitStatus.RETIRED, UnitStatus.DEFROSTING


def check(session: WriteSession) -> None:
    """Do what the job does every minute, with the units that are at rest by then."""
    at_rest = unit_statuses.units_watched(session).at_rest
    telemetry_service.check_alarms(session, CHECKER, at_rest=at_rest)
    service.follow_alarms(session, CHECKER)


def put(session: WriteSession, watched: WatchedFreezer, status: UnitStatus, *, used: int) -> None:
    session.get_one(StorageNode, watched.freezer.unit_id).status = status
    session.get_one(StorageNode, watched.freezer.box_id).used = used
    session.flush()


def test_at_rest_is_what_is_retired_or_defrosted_without_samples(session: WriteSession) -> None:
    make_freezer(session)
    make_freezer(session, status=UnitStatus.BACKUP)
    retired = make_freezer(session, status=RETIRED)
    empty, holding = (make_freezer(session, status=DEFROSTING) for _ in range(2))
    session.get_one(StorageNode, holding.box_id).used = 1
    session.flush()

    assert unit_statuses.units_watched(session).at_rest == {retired.unit_id, empty.unit_id}


@pytest.mark.parametrize(
    ("status", "used", "alarms"),
    [(RETIRED, 0, 0), (DEFROSTING, 0, 0), (DEFROSTING, 1, 1), (UnitStatus.ACTIVE, 0, 1)],
)
def test_a_unit_alarms_by_its_status_and_by_what_stands_in_it(
    session: WriteSession, frozen_clock: FrozenClock, status: UnitStatus, used: int, alarms: int
) -> None:
    watched = watch_freezer(session)
    put(session, watched, status, used=used)
    warm_up(session, watched, frozen_clock())

    check(session)

    assert len(queries.open_alarms(session, CHECKER, with_held=True)) == alarms


def test_a_retired_unit_that_is_switched_off_falls_silent_for_nobody(
    session: WriteSession, frozen_clock: FrozenClock
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock(), [-80.0])
    put(session, watched, RETIRED, used=0)
    frozen_clock.advance(minutes=60)

    check(session)

    assert queries.open_alarms(session, CHECKER, with_held=True) == []


def test_the_incident_of_a_unit_that_never_gets_cold_again_is_closed_after_it_is_retired(
    session: WriteSession, frozen_clock: FrozenClock, technician: Principal
) -> None:
    watched = watch_freezer(session)
    warm_up(session, watched, frozen_clock())
    follow(session)
    incident = only_incident(session)
    opened = incident.state
    put(session, watched, RETIRED, used=0)
    frozen_clock.advance(minutes=1)

    check(session)
    signed = service.close_incident(
        session,
        technician,
        incident_id=key_of(incident),
        said=Closing(
            cause="The compressor is beyond repair.",
            action="Emptied and retired.",
            disposition=Disposition.NO_IMPACT,
        ),
        password=PASSWORD,
    )

    assert opened is IncidentState.OPEN
    assert isinstance(signed, SignatureView)
    ended = only_incident(session).ended_at
    assert ended is not None
    assert frozen_clock() - ended < timedelta(minutes=1, seconds=1)
    told = select(OutboxEvent.payload).where(OutboxEvent.type == AlarmCleared.TYPE)
    # Nobody is told that it is back in its range: it is not.
    assert [each["has_rule"] for each in session.scalars(told)] == [False]
