"""What readers of one place receive: what is said of it, and what counts from around it."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.samples.ids import TemperatureClass
from backend.storage.ids import NodeId, NodeKind, UnitStatus
from backend.storage.place_kinds import KINDS
from backend.storage.rules import BoxShape
from backend.storage.views import BlockedView


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
    blocked: tuple[BlockedView, ...]
    """Positions that stay empty."""
    own: Restrictions
    around: Restrictions
    """What counts where the place itself says nothing."""
    closed_at: datetime | None = None
    """Since when it takes nothing and is offered nowhere."""

    @property
    def is_loose(self) -> bool:
        """Whether it has no grid: a bag, tubes that lie in a drawer or on a shelf."""
        return self.shape is not None and self.shape.is_loose

    @property
    def has_share(self) -> bool:
        """Whether it can be said how full it is: a box, or a loose place of known capacity."""
        return self.shape is not None and (self.capacity > 0 or not self.is_loose)

    @property
    def kind_words(self) -> str:
        """What people call such a place."""
        return KINDS[self.kind].word
