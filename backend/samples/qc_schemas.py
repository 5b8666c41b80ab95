"""What comes in about quality control."""

from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.samples.ids import MaterialType, Metric
from backend.samples.schemas import Words60

Number = Annotated[Decimal, Field(ge=-1_000_000_000, le=1_000_000_000, decimal_places=4)]


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Measured(_Given):
    """One value, in the metric's own unit."""

    metric: Metric
    value: Number
    method: str = Field(min_length=1, max_length=60, description="Qubit, TapeStation, NanoDrop …")
    instrument: Words60 = None
    measured_at: AwareDatetime | None = None
    """Now, unless it was measured before."""


class ThresholdIn(_Given):
    """Limits of a metric; a value at a limit still passes it. Open where absent."""

    metric: Metric
    is_required: bool = True
    fail_low: Number | None = None
    warn_low: Number | None = None
    warn_high: Number | None = None
    fail_high: Number | None = None


class ThresholdsIn(_Given):
    """A whole set; it takes the place of the one in force."""

    material_type: MaterialType
    application: Annotated[str, Field(max_length=80)] = ""
    """Heeded for samples of this analysis; empty for all that have no set of their own."""
    thresholds: Annotated[tuple[ThresholdIn, ...], Field(min_length=1, max_length=len(Metric))]
    reason: str = Field(min_length=1, max_length=500)
