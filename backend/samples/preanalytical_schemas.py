"""What comes in about the time before a sample was ours."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator, model_validator

from backend.samples.preanalytical import solids
from backend.samples.preanalytical.tables import CONTAINERS, SPECIMENS, Vessel

Celsius = Annotated[Decimal, Field(ge=-200, le=60, decimal_places=1)]


class FluidFacts(BaseModel):
    """A fluid's facts; what nobody knows is left out and stays unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    specimen: str
    container: str | None = None
    collected_at: AwareDatetime | None = None
    kept_at_c: Celsius | None = None
    is_spun: bool | None = None
    spun_at: AwareDatetime | None = None
    is_spun_twice: bool | None = None
    stored_at: AwareDatetime | None = None
    storage_c: Celsius | None = None
    vessel: Vessel | None = None

    @field_validator("specimen")
    @classmethod
    def _is_specimen(cls, code: str) -> str:
        if code not in SPECIMENS:
            raise ValueError(f"{code} is no sample type of SPREC. Choose one of the list.")
        return code

    @field_validator("container")
    @classmethod
    def _is_container(cls, code: str | None) -> str | None:
        if code is not None and code not in CONTAINERS:
            raise ValueError(f"{code} is no container of SPREC. Choose one of the list.")
        return code

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.is_spun is not True and self.spun_at is not None:
            raise ValueError("A time of centrifugation needs the answer that it was centrifuged.")
        if self.is_spun is False and self.is_spun_twice:
            raise ValueError("What was not centrifuged was not centrifuged twice.")
        times = [at for at in (self.collected_at, self.spun_at, self.stored_at) if at is not None]
        if times != sorted(times):
            raise ValueError("Collected, centrifuged and stored must follow one another in time.")
        return self


class SolidFacts(BaseModel):
    """A solid sample's facts; what nobody knows is left out and stays unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)

    specimen: str
    collection: str | None = None
    ischaemic_at: AwareDatetime | None = None
    collected_at: AwareDatetime | None = None
    fixation: str | None = None
    fixed_at: AwareDatetime | None = None
    fixed_until: AwareDatetime | None = None
    stored_at: AwareDatetime | None = None
    storage_c: Celsius | None = None
    vessel: Vessel | None = None

    @field_validator("specimen")
    @classmethod
    def _is_specimen(cls, code: str) -> str:
        if code not in solids.SPECIMENS:
            raise ValueError(f"{code} is no type of a solid sample. Choose one of the list.")
        return code

    @field_validator("collection")
    @classmethod
    def _is_collection(cls, code: str | None) -> str | None:
        if code is not None and code not in solids.COLLECTIONS:
            raise ValueError(f"{code} is no type of collection. Choose one of the list.")
        return code

    @field_validator("fixation")
    @classmethod
    def _is_fixation(cls, code: str | None) -> str | None:
        if code is not None and code not in solids.FIXATIONS:
            raise ValueError(f"{code} is no fixation of SPREC. Choose one of the list.")
        return code

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        order = (
            self.ischaemic_at,
            self.collected_at,
            self.fixed_at,
            self.fixed_until,
            self.stored_at,
        )
        times = [at for at in order if at is not None]
        if times != sorted(times):
            raise ValueError(
                "Supply of blood cut, collected, fixation begun and ended, and stored must follow "
                "one another in time."
            )
        return self
