"""What people send: requests and run plans, the same from form, API and terminal."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

_Text = Annotated[str, StringConstraints(strip_whitespace=True)]
_Index = Annotated[str, StringConstraints(strip_whitespace=True, to_upper=True, max_length=24)]

MOST_LIBRARIES = 384
MOST_READS_MILLIONS = 100_000


class LibraryIn(BaseModel):
    """A library by its barcode; without indexes those of its record are taken."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    barcode: Annotated[_Text, Field(min_length=1, max_length=64)]
    index_i7: _Index | None = None
    index_i5: _Index | None = None


class CoverageIn(BaseModel):
    """A depth over a target, and what of the reads is expected to be lost; shares are 0–1."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    depth: Annotated[Decimal, Field(gt=0, le=100_000, decimal_places=3)]
    target_bp: Annotated[int, Field(ge=100, le=1_000_000_000_000)]
    duplicate_share: Annotated[Decimal, Field(ge=0, le=Decimal("0.99"), decimal_places=4)]
    on_target_share: Annotated[Decimal, Field(ge=Decimal("0.01"), le=1, decimal_places=4)] = (
        Decimal(1)
    )


class SequencingRequestIn(BaseModel):
    """A wish to have libraries sequenced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    project_code: Annotated[_Text, Field(min_length=1, max_length=40)]
    libraries: Annotated[list[LibraryIn], Field(min_length=1, max_length=MOST_LIBRARIES)]
    reads_millions: (
        Annotated[Decimal, Field(gt=0, le=MOST_READS_MILLIONS, decimal_places=3)] | None
    ) = None
    """Reads wanted for each library, millions; or else ``coverage``."""
    coverage: CoverageIn | None = None
    read_length: Annotated[int, Field(ge=25, le=600)]
    due_on: date
    notes: Annotated[_Text, Field(max_length=1000)] = ""
    assay: Annotated[_Text, Field(max_length=60)] = ""
    """Key of an assay: its thresholds judge the libraries, its reads hold where none are given, and
    it says what may share a lane with them. "" for none.
    """
    why_again: Annotated[_Text, Field(max_length=500)] = ""
    """Why libraries that were sequenced before are sequenced again."""


class LaneIn(BaseModel):
    """A pool on a lane; a pool may stand on several."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pool_id: UUID
    lane: Annotated[int, Field(ge=1, le=96)]
    reads_millions: Annotated[Decimal, Field(gt=0, decimal_places=3)] | None = None
    """Reads of the pool from this lane, millions; None shares them evenly over its lanes."""


class RunPlanIn(BaseModel):
    """A booking of an instrument for pools."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instrument_id: UUID
    start_at: AwareDatetime
    end_at: AwareDatetime
    recipe: Annotated[_Text, Field(max_length=60)] = ""
    """Key of a recipe of the reference data; "" lets the cycles follow from the libraries."""
    flow_cell: Annotated[_Text, Field(max_length=60)] = ""
    """Key of what the instrument is loaded with; "" is what it usually is."""
    lanes: Annotated[list[LaneIn], Field(min_length=1, max_length=96)]


class FlowCellsIn(BaseModel):
    """Keys of the flow cells that the laboratory keeps for an instrument; None is all there are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    flow_cells: Annotated[list[str], Field(min_length=1, max_length=40)] | None


class InstrumentIn(BaseModel):
    """A sequencer to put into service."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[_Text, Field(min_length=1, max_length=60)]
    model: str
