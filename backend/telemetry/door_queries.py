"""What a unit's own door openings tell of it. Read from its readings each time; nothing is kept."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.telemetry import thermal_queries, unit_past
from backend.telemetry.ids import SensorKind, SensorSource
from backend.telemetry.thermal.doors import LEAST_OPENINGS, DoorFit, find_openings, fit_doors

LOOKED_BACK: Final = timedelta(days=14)
"""Some ten thousand readings of each sensor: a tenth of a second."""
_DOOR: Final = (SensorKind.DOOR,)
_AIR: Final = (SensorKind.TEMPERATURE_AIR,)
_PROBE: Final = (SensorKind.TEMPERATURE_PROBE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDoors:
    """A unit with a door sensor; without ``fit`` `needed` says what one needs."""

    openings: int
    """Before which the unit was settled, in the time looked at."""
    fit: DoorFit | None
    is_simulated: bool

    @property
    def needed(self) -> str:
        """Say what is lacking; empty with a fit."""
        if self.fit is not None:
            return ""
        seen = {0: "no opening", 1: "one opening"}.get(self.openings, f"{self.openings} openings")
        return (
            f"{seen} seen in {LOOKED_BACK.days} days, {LEAST_OPENINGS} are needed: each half an "
            "hour after the one before, with a temperature every five minutes."
        ).capitalize()


def find_doors(session: ReadSession, principal: Principal, unit_id: UUID) -> UnitDoors | None:
    """Return what a unit's openings tell; None without a door sensor or a thermometer."""
    principal.require(Permission.PREDICTIONS_VIEW)
    until = clock.utc_now()
    since = until - LOOKED_BACK
    sensors = unit_past.sensors_since(session, since, unit_ids=[unit_id])
    door = unit_past.standing_of(sensors, _DOOR)
    # Air first: it is what an open door warms, and a probe in a buffer hardly notices.
    chosen = unit_past.standing_of(sensors, _AIR) or unit_past.standing_of(sensors, _PROBE)
    if door is None or chosen is None:
        return None
    openings = find_openings(
        thermal_queries.series_in_turn(session, sensors, (chosen.kind,), since, until),
        thermal_queries.series_in_turn(session, sensors, _DOOR, since, until),
    )
    return UnitDoors(
        openings=len(openings),
        fit=fit_doors(openings),
        is_simulated=SensorSource.SIMULATED in {door.source, chosen.source},
    )
