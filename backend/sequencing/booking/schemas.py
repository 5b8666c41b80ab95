"""What people send about the times of instruments."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints


class ServiceIn(BaseModel):
    """A time in which an instrument is not run, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instrument_id: UUID
    start_at: AwareDatetime
    end_at: AwareDatetime
    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class RescheduleIn(BaseModel):
    """Another start of a planned run; its length stays."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_at: AwareDatetime
