"""The rules that a laboratory sets for a material."""

from pydantic import BaseModel, ConfigDict, Field

_TEN_CENTURIES_DAYS = 365_000


class HandlingRules(BaseModel):
    """What is heeded for a material; None asks for nothing."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    thaw_limit: int | None = Field(default=None, ge=1, le=1000)
    """Thaws after which a person is warned."""
    good_for_days: int | None = Field(default=None, ge=1, le=_TEN_CENTURIES_DAYS)
    """Shelf life of what is extracted or pooled here, from the day it is made."""
    keep_for_days: int | None = Field(default=None, ge=1, le=_TEN_CENTURIES_DAYS)
    """Days from its arrival for which a sample may not be discarded."""
    disposal_witnessed: bool = False
    """Discarding takes a second person who signs."""
