"""What readers of one place receive: what is said of it, and what counts from around it."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.samples.ids import TemperatureClass
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.rules import BoxShape


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """Whom a place is for; empty: anybody, anything."""

    project: str | None
    material_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """A place as it is set up."""

    id: NodeId
    kind: NodeKind
    label: str
    path: str
    barcode: str | None
    parent_path: str | None
    temperature_class: TemperatureClass | None
    setpoint_c: float | None
    power_circuit: str | None
    status: UnitStatus
    status_reason: str
    move_back_on: date | None
    biosafety_level: int
    shape: BoxShape | None
    """Of a box."""
    capacity: int
    used: int
    """Positions and samples of a box; zero elsewhere."""
    box_slots: int | None
    blocked: tuple[str, ...]
    """Positions that stay empty, each with why and until when."""
    own: Restrictions
    around: Restrictions
    """What counts where the place itself says nothing."""
    closed_at: datetime | None = None
    """Since when it takes nothing and is offered nowhere."""

    @property
    def is_loose(self) -> bool:
        """Whether it is a box without a grid: a bag, a drawer, a shelf on which tubes lie."""
        return self.shape is not None and self.shape.is_loose

    @property
    def has_share(self) -> bool:
        """Whether it can be said how full it is: a box, or a loose place of known capacity."""
        return self.shape is not None and (self.capacity > 0 or not self.is_loose)

    @property
    def kind_words(self) -> str:
        """What people call such a place."""
        return "loose place" if self.is_loose else self.kind.value
