"""The one finished incident of the demonstration: a freezer that failed some weeks ago.

Nothing of it is written down as such. Its readings come in piece by piece and the services that
judge, follow, decide and sign are called as they would have been, with the clock stopped at that
instant, so that every figure is what the program makes of the readings.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Final
from uuid import UUID

from sqlalchemy import select

from backend.auth import browser_sessions
from backend.auth.views import SignatureView
from backend.core.errors import Conflict
from backend.core.principal import Origin, Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.incidents import service as incidents_service
from backend.incidents.ids import Disposition, HoldState, IncidentId, ItemId
from backend.incidents.models import Incident, IncidentItem
from backend.incidents.rules import Closing
from backend.samples import service as samples_service
from backend.samples.ids import HoldKind, MaterialType, SampleId
from backend.samples.models import Sample
from backend.telemetry import service as telemetry_service
from backend.telemetry.ids import SensorId
from db.seeds import past, telemetry
from db.seeds.failures import MINUTE

HELD: Final = 12
_ALARMED, _DEADBAND_K = (-70.0, -65.0), 2.0
_LASTS_MIN, _BACK_MIN = 16, 7
"""Minutes after which a limit's crossing is an alarm, and being back in range is believed."""
_MORNING, _NOON = timedelta(hours=9), timedelta(hours=12, minutes=20)


def live_through(
    session: WriteSession,
    written: telemetry.Written,
    *,
    user_id: UUID,
    password: str,
) -> None:
    """Let the night and the day after happen, with the user as the one who was on duty.

    What people were told of then they are not told again: the events count as passed on.
    """
    person = browser_sessions.principal_of_user(
        session, user_id, origin=Origin.IMPORT, request_id="demonstration-past"
    )
    if person is None:
        raise Conflict("The person on duty in the demonstration's past does not exist.")
    night = _Night(session, written)
    for limit_c in _ALARMED:
        night.check(night.crossed(limit_c) + MINUTE * _LASTS_MIN)
    with past.at(session, night.now + 9 * MINUTE):
        telemetry_service.acknowledge(
            session,
            person,
            sensor_id=night.sensor_id,
            reason="On my way. The compressor is silent; its circuit breaker has tripped.",
        )
    night.check(night.back(_ALARMED[0] - _DEADBAND_K) + MINUTE * _BACK_MIN)
    night.write_rest()
    _decide_and_sign(session, person, password, night.now)
    past.let_be_told(session)


class _Night:
    """The readings as they come in, and the check of alarms that follows."""

    def __init__(self, session: WriteSession, written: telemetry.Written) -> None:
        self._session = session
        self._rows = list(written.later)
        self._come = 0
        self.sensor_id = SensorId(written.sensor_id)
        self.now = self._rows[0][1]

    def crossed(self, limit_c: float) -> datetime:
        """Return when the temperature was above a limit for the first time."""
        return next(at for _, at, value in self._rows if value > limit_c)

    def back(self, limit_c: float) -> datetime:
        """Return from when on it was no more above a limit."""
        warm = [at for _, at, value in self._rows if value > limit_c]
        return warm[-1] + MINUTE

    def check(self, instant: datetime) -> None:
        """Write the readings up to an instant and let the program judge them."""
        self._write(list(takewhile(lambda row: row[1] <= instant, self._rows[self._come :])))
        self.now = instant
        with past.at(self._session, instant):
            telemetry_service.check_alarms(self._session, _CHECKER, sensor_ids=[self.sensor_id])
            incidents_service.follow_alarms(self._session, _CHECKER)

    def write_rest(self) -> None:
        """Write everything that was measured since."""
        self._write(self._rows[self._come :])

    def _write(self, rows: Sequence[telemetry.Row]) -> None:
        self._come += telemetry.copy_readings(self._session, rows)


def _decide_and_sign(
    session: WriteSession, person: Principal, password: str, night: datetime
) -> None:
    incident_id = IncidentId(session.scalars(select(Incident.id)).one())
    held = session.execute(
        select(IncidentItem.id, IncidentItem.sample_id)
        .join(Sample, Sample.id == IncidentItem.sample_id)
        .where(
            IncidentItem.hold_state == HoldState.PROPOSED,
            Sample.material_type == MaterialType.RNA,
        )
        .order_by(Sample.barcode)
        .limit(HELD)
    ).all()
    with past.at(session, night + _MORNING):
        incidents_service.take_incident(session, person, incident_id=incident_id)
        incidents_service.accept_holds(
            session,
            person,
            incident_id=incident_id,
            item_ids=[ItemId(item) for item, _ in held],
            note="RNA from the top shelf, its integrity to be measured again",
        )
        _decline_others(session, person, incident_id)
    with past.at(session, night + _NOON):
        samples_service.release_samples(
            session,
            person,
            sample_ids=[SampleId(sample) for _, sample in held],
            kind=HoldKind.TEMPERATURE_EXPOSURE,
            reason="Integrity unchanged after the night.",
            evidence="RIN measured again in two tubes of each box, within 0.3 of the first value.",
        )
        signed = incidents_service.close_incident(
            session,
            person,
            incident_id=incident_id,
            said=Closing(
                cause="The compressor's circuit breaker tripped; its start capacitor had aged.",
                action="Breaker reset in the night, capacitor replaced in the morning by the "
                "service. The unit held its temperature for six hours before it was used again.",
                disposition=Disposition.NO_IMPACT,
            ),
            password=password,
        )
    if not isinstance(signed, SignatureView):
        raise Conflict("The demonstration's incident could not be signed.")


def _decline_others(session: WriteSession, person: Principal, incident_id: IncidentId) -> None:
    left = 1
    while left:
        left = incidents_service.decline_holds(
            session,
            person,
            incident_id=incident_id,
            reason="A tube of buffer in the middle of the unit never got warmer than −66 °C.",
        ).left


_CHECKER: Final = machinery(
    "schedule", Permission.HEALTH_OPERATE, Permission.STORAGE_VIEW, request_id="demonstration-past"
)
