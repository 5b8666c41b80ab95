"""What readers of types of units receive."""

from dataclasses import dataclass
from datetime import datetime

from backend.samples.ids import TemperatureClass
from backend.storage.ids import UnitTypeId
from backend.storage.unit_type_rules import UnitCounts, UnitGeometry, counts


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTypeView:
    """The newest version of a type."""

    id: UnitTypeId
    name: str
    version: int
    temperature_class: TemperatureClass
    setpoint_c: float | None
    biosafety_level: int
    geometry: UnitGeometry
    note: str
    is_closed: bool
    made_by_name: str
    made_at: datetime

    @property
    def counts(self) -> UnitCounts:
        """What a unit of the type consists of."""
        return counts(self.geometry)
