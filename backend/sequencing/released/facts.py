"""What the checks of a run are told, and what each of them says. No I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.colours import Sight
from backend.sequencing.indexing.picking import KitIndex
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.sheets.layouts import LibraryLayout
from backend.sequencing.sheets.model import Cycles
from backend.sequencing.views import LaneLibrary


@dataclass(frozen=True, slots=True)
class Check:
    """One check, what it says, and in which lane when it is one lane's."""

    kind: CheckKind
    verdict: CheckVerdict
    title: str
    sentences: tuple[str, ...] = ()
    lane: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFact:
    """What is known of a pool that is loaded."""

    code: str
    phix_percent: Decimal
    molarity_nm: Decimal | None
    """Target or measured molarity, nmol/L; None where nobody said it."""
    asked_phix: Mapping[str, Decimal] = field(default_factory=dict)
    """The least share that its lanes need, percent, by name of the assays of its libraries."""


@dataclass(frozen=True, slots=True)
class Operator:
    """Who looked at what is loaded."""

    name: str
    stands: bool
    """Whether the lanes are still as they were looked at."""
    planned_it: bool
    """Whether the same person booked the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """A run as its checks need it. ``usable_millions`` is what may be planned on one lane."""

    lanes: int
    usable_millions: float
    orientation: I5Orientation
    chemistry: Sight | None
    libraries: Sequence[LaneLibrary]
    cycles: Cycles | None = None
    """Of the run's recipe; None follow from the libraries."""
    pools: Sequence[PoolFact]
    loads: Mapping[int, float]
    """Planned reads by lane, millions."""
    unusable: Sequence[str] = ()
    """Sentences about samples on hold or failed in quality control."""
    today: date
    flow_cell: str = ""
    reagents_expire_on: date | None = None
    sheet_errors: Sequence[str] = field(default=())
    kits: Mapping[str, Sequence[KitIndex]] = field(default_factory=dict)
    """Indexes by kit, among which what mends a lane is looked for."""
    is_patterned: bool = False
    """Whether free adapters hop between libraries of a lane."""
    low_diversity_phix: Decimal | None = None
    """The least share, percent, that the make asks for with low diversity; None is not known."""
    layouts: Mapping[UUID, LibraryLayout] = field(default_factory=dict)
    """What the kits of the libraries say of them, by key; one of an unknown kit is not there."""
    is_indexed: bool = True
    """Whether reads are told apart by index reads; a nanopore has none."""
    operator: Operator | None = None
    """Who looked at the lanes last; None is nobody."""
