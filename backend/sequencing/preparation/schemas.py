"""What people send about libraries at the bench. Volumes in µL, masses in ng."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from backend.samples.ids import MaterialType
from backend.sequencing.preparation.ids import PlateShape

_Text = Annotated[str, StringConstraints(strip_whitespace=True)]
_Name = Annotated[_Text, Field(min_length=1, max_length=120)]
_Code = Annotated[_Text, Field(min_length=1, max_length=60)]
_Amount = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=3)]
_Reactions = Annotated[int, Field(ge=1, le=1_000_000)]
_Controls = Annotated[int, Field(ge=0, le=8)]


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LotIn(_Given):
    """A delivery of a kit."""

    kit: _Name
    catalogue_number: _Code
    lot: _Code
    expires_on: date
    received_on: date
    opened_on: date | None = None
    reactions: _Reactions

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.opened_on is not None and self.opened_on < self.received_on:
            raise ValueError("A lot is opened on the day it was received or later.")
        return self


class ProtocolIn(_Given):
    """A version of a protocol, whole."""

    name: _Name
    input_material: MaterialType = MaterialType.GDNA
    output_material: MaterialType = MaterialType.LIBRARY
    input_ng_min: _Amount
    input_ng_target: _Amount
    input_ng_max: _Amount
    input_volume_ul: _Amount
    pipette_min_ul: _Amount
    final_volume_ul: _Amount
    fragment_size_bp: Annotated[int, Field(ge=50, le=100_000)] | None = None
    kit_key: Annotated[_Text, Field(max_length=60)] = ""
    """Index kit of the reference data, whose pairs are copied; else ``index_pairs`` are its own."""
    index_kit: Annotated[_Text, Field(max_length=80)] = ""
    """Name of a kit of one's own."""
    index_pairs: Annotated[_Text, Field(max_length=20_000)] = ""
    """Well, name, i7 and i5 of each pair, one on a line."""
    assay: Annotated[_Text, Field(max_length=60)] = ""
    """Assay of the reference data that libraries are made for: its thresholds judge them."""
    reagents: Annotated[tuple[_Name, ...], Field(max_length=30)] = ()
    no_template_controls: _Controls = 1
    positive_controls: _Controls = 0
    no_template_limit_ng_per_ul: _Amount | None = None
    positive_least_ng_per_ul: _Amount | None = None
    notes: Annotated[_Text, Field(max_length=2000)] = ""


class WorksheetIn(_Given):
    """A plate to be prepared."""

    protocol_id: UUID
    shape: PlateShape = PlateShape.PLATE_96
    barcodes: Annotated[tuple[str, ...], Field(max_length=96)] = ()
    lot_ids: Annotated[tuple[UUID, ...], Field(max_length=30)] = ()
    first_column: Annotated[int, Field(ge=1, le=12)] | None = None
    """Of the index kit; the next free one where nobody says."""
    notes: Annotated[_Text, Field(max_length=1000)] = ""
