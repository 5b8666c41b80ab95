"""What units take, for what stands in them; and the room that a unit shares with others."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.storage import queries
from backend.storage.errors import NodeNotFound
from backend.storage.ids import NodeKind
from backend.storage.models import StorageNode
from backend.storage.views import UnitOccupancy
from backend.telemetry import electricity, energy_queries
from backend.telemetry.electricity import Price
from backend.telemetry.energy.days import cost
from backend.telemetry.energy_views import SetpointModel, UnitEnergy

_WH_PER_KWH = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyOfUnit:
    """A unit with what it took in the last whole days; ``energy`` None: no power sensor."""

    unit: UnitOccupancy
    energy: UnitEnergy | None
    price: Price | None

    @property
    def wh_a_day_per_sample(self) -> float | None:
        """Of each sample that stands in it now, Wh a day; None where none does."""
        return self._shared(self.unit.samples)

    @property
    def wh_a_day_per_position(self) -> float | None:
        """Of each position that it has now, Wh a day."""
        return self._shared(self.unit.capacity)

    @property
    def cost(self) -> str | None:
        """What was measured costs at the price that holds, such as ``75.26 EUR``."""
        taken = None if self.energy is None else self.energy.period.energy_kwh
        if taken is None or self.price is None:
            return None
        return f"{cost(taken, self.price.price_per_kwh):,} {self.price.currency}"

    def _shared(self, among: int) -> float | None:
        rate = None if self.energy is None else self.energy.period.kwh_a_day
        return None if rate is None or not among else rate * _WH_PER_KWH / among


def energy_of_units(
    session: ReadSession, principal: Principal, *, zone: ZoneInfo
) -> list[EnergyOfUnit]:
    """Return every unit by label with its energy of the last 30 days. Four queries."""
    principal.require(Permission.STORAGE_VIEW)
    found = energy_queries.last_days(session, principal, zone=zone)
    price = electricity.price_now(session)
    return [
        EnergyOfUnit(unit=unit, energy=found.get(unit.unit_id), price=price)
        for unit in queries.occupancy_by_unit(session, principal)
    ]


def energy_of_unit(
    session: ReadSession, principal: Principal, unit_id: UUID, *, zone: ZoneInfo
) -> EnergyOfUnit:
    """Return one unit with its energy of the last 30 days.

    Raises:
        NodeNotFound: no such unit.
    """
    principal.require(Permission.STORAGE_VIEW)
    units = queries.occupancy_by_unit(session, principal)
    unit = next((each for each in units if each.unit_id == unit_id), None)
    if unit is None:
        raise NodeNotFound("There is no such unit. Choose one from the list of units.")
    found = energy_queries.last_days(session, principal, zone=zone, unit_id=unit_id)
    return EnergyOfUnit(unit=unit, energy=found.get(unit_id), price=electricity.price_now(session))


def setpoint_model(
    session: ReadSession, principal: Principal, unit_id: UUID, *, zone: ZoneInfo
) -> SetpointModel | None:
    """Return what a unit's days tell of its set point; a neighbour's room sensor is its own too."""
    principal.require(Permission.PREDICTIONS_VIEW)
    room_id = select(StorageNode.parent_id).where(StorageNode.id == unit_id).scalar_subquery()
    beside = session.scalars(
        select(StorageNode.id).where(
            StorageNode.parent_id == room_id,
            StorageNode.kind == NodeKind.UNIT,
            StorageNode.id != unit_id,
        )
    ).all()
    return energy_queries.setpoint_model(session, principal, unit_id, zone=zone, room_beside=beside)
