"""What people say of a type of unit, checked before it is kept."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.samples.ids import TemperatureClass
from backend.storage.ids import LooseIn, NodeKind, Numbering, PlaceLabels
from backend.storage.rules import BoxShape
from backend.storage.unit_type_rules import MOST_LEVELS, Level, UnitGeometry


class LevelIn(BaseModel):
    """One division of a unit: so many places of a kind in each place around them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: NodeKind
    number: int
    labels: PlaceLabels = PlaceLabels.NUMBERS


class UnitTypeIn(BaseModel):
    """A type of unit; ``box_rows`` and ``box_columns`` zero make units without boxes.

    ``levels`` divide it from outside in: five shelves, six racks on each; or six stacks alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    temperature_class: TemperatureClass
    setpoint_c: Annotated[float, Field(ge=-273.15, le=60)] | None = None
    biosafety_level: Annotated[int, Field(ge=1, le=4)] = 2
    levels: Annotated[tuple[LevelIn, ...], Field(min_length=1, max_length=MOST_LEVELS)]
    box_slots: int
    """Boxes that one of the innermost places takes."""
    box_kind: NodeKind = NodeKind.BOX
    box_rows: int = 0
    box_columns: int = 0
    box_numbering: Numbering = Numbering.LETTERS
    loose: LooseIn = LooseIn.NOWHERE
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""

    @property
    def geometry(self) -> UnitGeometry:
        """How a unit of the type is divided."""
        has_boxes = bool(self.box_rows or self.box_columns)
        return UnitGeometry(
            levels=tuple(
                Level(kind=each.kind, number=each.number, labels=each.labels)
                for each in self.levels
            ),
            box_slots=self.box_slots,
            box_kind=self.box_kind,
            box=(
                BoxShape(self.box_rows, self.box_columns, self.box_numbering) if has_boxes else None
            ),
            loose=self.loose,
        )
