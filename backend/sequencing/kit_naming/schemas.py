"""What people send to name the kit of libraries."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

MOST_LIBRARIES = 4000
"""In one act: more than a flow cell of eight lanes with plates of 384 holds."""

_Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
_Barcode = Annotated[_Word, Field(min_length=1)]


class LibrariesIn(BaseModel):
    """Libraries: by barcodes, or those of a run, of a lane of it, or of a request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    libraries: Annotated[list[_Barcode], Field(max_length=MOST_LIBRARIES)] = []
    run: _Word = ""
    lane: Annotated[int, Field(ge=1, le=96)] | None = None
    request: _Word = ""

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        if sum(map(bool, (self.libraries, self.run, self.request))) != 1:
            raise ValueError("Choose libraries, a run or a request: one of the three.")
        if self.lane is not None and not self.run:
            raise ValueError("A lane is one of a run. Say of which.")
        return self


class KitNamingIn(LibrariesIn):
    """The kit that libraries were made with; "" takes back what was named by hand."""

    kit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)] = ""
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
