"""What people say of a type of unit, checked before it is kept."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.samples.ids import TemperatureClass
from backend.storage.ids import LooseIn, RackLabels
from backend.storage.rules import BoxShape
from backend.storage.unit_type_rules import UnitGeometry


class UnitTypeIn(BaseModel):
    """A type of unit; ``box_rows`` and ``box_columns`` zero make units without boxes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    temperature_class: TemperatureClass
    setpoint_c: Annotated[float, Field(ge=-273.15, le=60)] | None = None
    biosafety_level: Annotated[int, Field(ge=1, le=4)] = 2
    shelves: int
    racks_per_shelf: int
    box_slots: int
    rack_labels: RackLabels = RackLabels.LETTERS
    box_rows: int = 0
    box_columns: int = 0
    loose: LooseIn = LooseIn.NOWHERE
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""

    @property
    def geometry(self) -> UnitGeometry:
        """How a unit of the type is divided."""
        has_boxes = bool(self.box_rows or self.box_columns)
        return UnitGeometry(
            shelves=self.shelves,
            racks_per_shelf=self.racks_per_shelf,
            box_slots=self.box_slots,
            rack_labels=self.rack_labels,
            box=BoxShape(self.box_rows, self.box_columns) if has_boxes else None,
            loose=self.loose,
        )
