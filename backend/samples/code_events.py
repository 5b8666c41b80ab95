"""Facts about where tubes' codes come from."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSeriesSet:
    """A series of codes was made or changed."""

    TYPE: ClassVar[str] = "samples.code_series_set"
    AGGREGATE: ClassVar[str] = "code_series"

    aggregate_id: UUID
    prefix: str
    digits: int
    material_types: list[str]
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TubeRangeAdded:
    """Tubes with codes on them arrived."""

    TYPE: ClassVar[str] = "samples.tube_range_added"
    AGGREGATE: ClassVar[str] = "tube_range"

    aggregate_id: UUID
    first: str
    last: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TubeRangeClosed:
    """No more tubes of a range are taken."""

    TYPE: ClassVar[str] = "samples.tube_range_closed"
    AGGREGATE: ClassVar[str] = "tube_range"

    aggregate_id: UUID
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePolicySet:
    """The laboratory decided which codes from elsewhere it takes."""

    TYPE: ClassVar[str] = "samples.code_policy_set"
    AGGREGATE: ClassVar[str] = "code_policy"

    aggregate_id: UUID
    foreign_codes: str
