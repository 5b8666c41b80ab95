"""What people send to release a run and to change its lanes."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from backend.sequencing.sheets.values import Dialect

MEANINGS = (
    "I planned this run and release it for sequencing",
    "I checked this run, which somebody else planned, and release it for sequencing",
)
"""What a signature under a release may mean."""

_Label = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[A-Za-z0-9_-]*$")
]


class ReleaseIn(BaseModel):
    """What is said when a run is released; "" and None are not known.

    ``dialect`` None is the platform's usual one. A flow cell and a kit are named as scanned.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    meaning: Annotated[str, StringConstraints(strip_whitespace=True)] = MEANINGS[0]
    dialect: Dialect | None = None
    flow_cell: _Label = ""
    reagent_kit: _Label = ""
    reagents_expire_on: date | None = None


class LaneMoveIn(BaseModel):
    """A pool from one lane of its run to another, or onto a run where ``from_lane`` is None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pool_id: UUID
    from_lane: Annotated[int, Field(ge=1, le=96)] | None
    to_lane: Annotated[int, Field(ge=1, le=96)]


class ReindexedIn(BaseModel):
    """A library and the pair that it is to get; i5 forward, "" for a single index."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    barcode: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    index_i7: Annotated[str, StringConstraints(max_length=24)]
    index_i5: Annotated[str, StringConstraints(max_length=24)] = ""


class ReindexIn(BaseModel):
    """The change of a lane's indexes that a person confirms, as it was proposed, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lane: Annotated[int, Field(ge=1, le=96)]
    swaps: Annotated[list[ReindexedIn], Field(min_length=1, max_length=96)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
