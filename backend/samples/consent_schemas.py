"""What comes in about consent."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class ConsentGiven(BaseModel):
    """A consent as its form says."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    reference: str = Field(min_length=1, max_length=100)
    scope: str = Field(min_length=1, max_length=500)
    expires_on: date | None = None
