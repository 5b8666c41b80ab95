"""What readers of pools receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from backend.sequencing.ids import PoolId, PoolingMode, PoolState
from backend.sequencing.indexing.collisions import Barcode
from backend.sequencing.pooling.ids import TopUpId, TopUpState
from backend.sequencing.pooling.molarity import Amount
from backend.sequencing.pooling.recipe import Finding, Line, Pipetting, Recipe
from backend.sequencing.pooling.settings import Settings
from backend.sequencing.pooling.top_up import TopUp


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRow:
    """A pool in the list."""

    id: PoolId
    code: str
    name: str
    state: PoolState
    is_mixed: bool
    """Whether it has a tube."""
    is_sequenced: bool
    """Whether a run with it has ended."""
    mode: PoolingMode
    project_codes: Sequence[str]
    libraries: int
    reads_millions: Decimal
    target_nm: Decimal | None
    created_by_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """A tube that goes into a pool: a library, or another pool with its libraries.

    ``molarity_nm`` is None where something is missing; ``told`` says where it comes from.
    """

    barcode: str
    name: str
    sample_id: UUID
    request_codes: Sequence[str]
    project_codes: Sequence[str]
    libraries: int
    pool_code: str | None
    reads_millions: Decimal
    molarity_nm: Decimal | None
    told: str
    available_ul: Decimal | None
    correction: Decimal
    line: Line | None
    amount: Amount | None
    """What its line brings into the pool; its mass by the length that is known now."""
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolView:
    """A pool with everything that is known of it.

    ``recipe`` is None while something is missing; ``findings`` are those of the whole pool, with
    those of its parts. ``indexes`` are its libraries as the kit's sheet writes them, i5 forward,
    and ``shares`` theirs of the pool, 0–1, in the same order. ``pipetting`` is by which a pool that
    is not mixed is reckoned: its own, or else the laboratory's.
    """

    id: PoolId
    code: str
    name: str
    state: PoolState
    tube: str | None
    mode: PoolingMode
    target_nm: Decimal
    target_ul: Decimal
    phix_percent: Decimal
    settings: Settings
    pipetting: Pipetting
    parts: Sequence[PartView]
    recipe: Recipe | None
    findings: Sequence[Finding]
    indexes: Sequence[Barcode]
    shares: Sequence[Decimal]
    project_codes: Sequence[str]
    runs: Sequence[str]
    """Codes of the live runs that it stands on."""
    is_sequenced: bool
    """Whether a run with it has ended."""
    created_by_name: str
    created_at: datetime
    version: int

    @property
    def is_open(self) -> bool:
        """Say whether it may still be calculated anew and mixed."""
        return self.tube is None and not self.is_sequenced and self.state is not PoolState.CANCELLED

    @property
    def reads_millions(self) -> Decimal:
        """Return the reads of all its libraries together."""
        return sum((part.reads_millions for part in self.parts), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class TopUpView:
    """A proposal and what was decided of it."""

    id: TopUpId
    pool_code: str
    state: TopUpState
    source: str
    runs: int
    """Further runs over which what is needed is shared out."""
    times_mean: Decimal | None
    """The aim, as so many times the mean; None for the reads that were asked for."""
    lines: Sequence[TopUp]
    proposed_by_name: str
    proposed_at: datetime
    decided_by_name: str
    decided_at: datetime | None
    reason: str
    made_code: str | None
