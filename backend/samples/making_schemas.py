"""What comes in about samples made from samples, checked once for every door. Volumes in µL."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from backend.core import barcodes
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.schemas import MAX_CONCENTRATION_NG_PER_UL, MAX_VOLUME_UL, Words, Words60

MOST_ALIQUOTS = 96
"""A rack of tubes."""
MOST_PARTS = 384


def _code(value: object) -> object:
    return barcodes.tidy(value) or None if isinstance(value, str) else value


Volume = Annotated[Decimal, Field(gt=0, le=MAX_VOLUME_UL, decimal_places=3)]
Code = Annotated[str | None, BeforeValidator(_code)]


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Portion(_Given):
    """One tube that is filled; without a barcode it gets a new one."""

    volume_ul: Volume
    barcode: Code = None
    name: Words = None
    container_type: Words60 = None
    is_backup: bool = False


class Aliquoting(_Given):
    """Tubes of the same material, filled from one."""

    portions: Annotated[tuple[Portion, ...], Field(min_length=1, max_length=MOST_ALIQUOTS)]
    balance_unknown_is_fine: bool = Field(
        default=False, description="Draw although nobody knows how much the parent holds."
    )


class Deriving(_Given):
    """Another material, got from a sample."""

    material_type: MaterialType
    temperature_class: TemperatureClass
    used_ul: Volume | None = None
    """Drawn from the parent; None where the parent's volume is not counted, as of tissue."""
    volume_ul: Volume | None = None
    """What came out."""
    concentration_ng_per_ul: Decimal | None = Field(
        default=None, ge=0, le=MAX_CONCENTRATION_NG_PER_UL
    )
    barcode: Code = None
    name: Words = None
    container_type: Words60 = None
    balance_unknown_is_fine: bool = False


class PoolPart(_Given):
    """What goes into a pool from one sample."""

    barcode: Annotated[str, BeforeValidator(_code), Field(min_length=1, max_length=64)]
    volume_ul: Volume
    proportion: Decimal | None = Field(default=None, gt=0, le=1, decimal_places=6)
    """Share of the pool, as by molarity; without any the volumes decide."""


class Pooling(_Given):
    """A pool and its parts."""

    name: str = Field(min_length=1, max_length=200)
    parts: Annotated[tuple[PoolPart, ...], Field(min_length=2, max_length=MOST_PARTS)]
    temperature_class: TemperatureClass
    material_type: MaterialType = MaterialType.POOL
    project_code: Annotated[str, Field(max_length=40)] | None = None
    barcode: Code = None
    container_type: Words60 = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        codes = [part.barcode for part in self.parts]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} stands twice in the pool. Add its volumes up.")
        return self
