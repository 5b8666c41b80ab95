"""What comes in about pools, the same from page, API and terminal."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from backend.core import barcodes
from backend.samples.ids import TemperatureClass
from backend.samples.making_schemas import MOST_PARTS
from backend.sequencing.ids import PoolingMode
from backend.sequencing.pooling.ids import PipettedBy
from backend.sequencing.pooling.molarity import Strand
from backend.sequencing.pooling.settings import DEFAULT_NM, DEFAULT_UL


def _tidy(value: object) -> object:
    return barcodes.tidy(value) if isinstance(value, str) else value


_Code = Annotated[str, BeforeValidator(_tidy), Field(min_length=1, max_length=64)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
_Nm = Annotated[Decimal, Field(gt=0, le=100_000, decimal_places=4)]
_Ul = Annotated[Decimal, Field(gt=0, le=100_000, decimal_places=1)]
_Phix = Annotated[Decimal, Field(ge=0, le=90, decimal_places=2)]
_Share = Annotated[Decimal, Field(ge=0, le=1)]
_Reads = Annotated[Decimal, Field(gt=0, le=100_000, decimal_places=3)]


class _Given(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PoolIn(_Given):
    """A draft: libraries of requests by barcode, whole requests and mixed pools by code."""

    libraries: Annotated[list[_Code], Field(max_length=MOST_PARTS)] = []
    requests: Annotated[list[_Code], Field(max_length=MOST_PARTS)] = []
    pools: Annotated[list[_Code], Field(max_length=MOST_PARTS)] = []
    name: _Name = ""
    mode: PoolingMode = PoolingMode.BY_READS
    target_nm: _Nm = DEFAULT_NM
    target_ul: _Ul = DEFAULT_UL
    phix_percent: _Phix | None = None
    """None for the laboratory's share."""


class CoverageIn(_Given):
    """A wished coverage; ``duplicates``, ``on_target`` and ``mapped`` are shares 0–1 of reads."""

    depth: Annotated[Decimal, Field(gt=0, le=1_000_000)]
    target_bp: Annotated[Decimal, Field(gt=0, le=1_000_000_000_000)]
    duplicates: Annotated[Decimal, Field(ge=0, lt=1)] = Decimal(0)
    on_target: Annotated[Decimal, Field(gt=0, le=1)] = Decimal(1)
    mapped: Annotated[Decimal, Field(gt=0, le=1)] = Decimal(1)


class PoolChangeIn(_Given):
    """What is to be different about a pool; what is left out stays as it is."""

    version: int | None = None
    """The version that was looked at: a pool that has changed since is not overwritten."""
    name: _Name | None = None
    mode: PoolingMode | None = None
    target_nm: _Nm | None = None
    target_ul: _Ul | None = None
    phix_percent: _Phix | None = None
    pipetted_by: PipettedBy | None = None
    least_ul: Annotated[Decimal, Field(gt=0, le=1000)] | None = None
    dead_ul: Annotated[Decimal, Field(ge=0, le=1000)] | None = None
    strand: Strand | None = None
    coverage: CoverageIn | None = None
    dilutions: dict[_Code, Annotated[int, Field(ge=1, le=1000)]] | None = None
    """By barcode; 1 takes a dilution back. Tubes that are not named keep theirs."""
    reads_millions: dict[_Code, _Reads] | None = None
    """Reads wanted of libraries, by barcode."""


class MembersIn(_Given):
    """Libraries by barcode, and whole requests by code, that a draft gains or loses."""

    version: int | None = None
    """The version that was looked at: a pool that has changed since is not overwritten."""
    add: Annotated[list[_Code], Field(max_length=MOST_PARTS)] = []
    requests: Annotated[list[_Code], Field(max_length=MOST_PARTS)] = []
    remove: Annotated[list[_Code], Field(max_length=MOST_PARTS)] = []


class PoolReadyIn(_Given):
    """The tube that a pool is mixed in; without a barcode it gets a new one."""

    barcode: _Code | None = None
    temperature_class: TemperatureClass = TemperatureClass.MINUS_20
    project_code: Annotated[str, Field(max_length=40)] | None = None
    """Where libraries are of several projects: the tube's."""


class CancelIn(_Given):
    """Why a pool is cancelled."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class YieldIn(_Given):
    """Reads that a library got from a run, millions."""

    barcode: _Code
    reads_millions: Annotated[Decimal, Field(ge=0, le=1_000_000)]
    is_failed: bool = False


class AimIn(_Given):
    """What a top-up aims at, and over how many further runs of the pool it is reached."""

    times_mean: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)] | None = None
    """As many times the mean that the libraries got; None for the reads that were asked for."""
    runs: Annotated[int, Field(ge=1, le=10)] = 1


class TopUpIn(_Given):
    """Yields of a pool after its run."""

    yields: Annotated[list[YieldIn], Field(min_length=1, max_length=MOST_PARTS)]
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
