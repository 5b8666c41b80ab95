"""What readers of rack scans receive."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from backend.storage.ids import NodeId, RackScanId, ScanState
from backend.storage.rules import BoxShape
from backend.storage.scanning.verdicts import ScanLine, Step, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What committing the lines would do, in tubes."""

    placed: int
    taken_out: int
    unverified: int
    refused: int
    left_out: int = 0

    @property
    def changes(self) -> bool:
        """Whether any tube gets another place or a mark."""
        return bool(self.placed or self.taken_out or self.unverified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A scan compared with a box; nothing was kept."""

    box_id: NodeId | None
    """None where nobody named a box and the tubes tell of none."""
    path: str
    """Empty without a box."""
    shape: BoxShape
    sha256: str
    lines: tuple[ScanLine, ...]
    same_as: str
    """The sentence that says when this file was read before; empty when it was not."""
    by_tubes: bool = False
    """Whether nobody named the box, and most of the tubes are recorded in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RackScanView:
    """A scan that is kept, with its verdicts."""

    id: RackScanId
    box_id: NodeId
    path: str
    shape: BoxShape
    file_name: str
    sha256: str
    state: ScanState
    created_at: datetime
    created_by_name: str
    closed_at: datetime | None
    closed_by_name: str | None
    lines: tuple[ScanLine, ...]
    left_out: frozenset[str]
    """Positions that a person left out; lines that those take with them are not among them."""
    same_as: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RackScanSummary:
    """One line of the list of scans."""

    id: RackScanId
    path: str
    file_name: str
    state: ScanState
    created_at: datetime
    created_by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpilledTube:
    """A tube that is to be put back, and where; of one that is not visible only the place."""

    position: str
    barcode: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBack:
    """Where the scanned tube belongs, and how many of the box are still outside."""

    barcode: str
    path: str
    position: str
    was_back: bool
    """It had been scanned before."""
    left: int


def effect_of(lines: tuple[ScanLine, ...]) -> Effect:
    """Return what committing the lines would do."""
    steps = Counter(line.step for line in lines)
    return Effect(
        placed=steps[Step.PLACE],
        taken_out=sum(bool(line.takes_out) for line in lines),
        unverified=steps[Step.DOUBT],
        refused=sum(bool(line.refused) for line in lines),
        left_out=sum(bool(line.left_out) for line in lines),
    )


def grouped(lines: tuple[ScanLine, ...]) -> dict[Verdict, tuple[ScanLine, ...]]:
    """Return the lines by verdict, in the order of the verdicts; empty groups are left out."""
    groups = {
        verdict: tuple(line for line in lines if line.verdict is verdict) for verdict in Verdict
    }
    return {verdict: found for verdict, found in groups.items() if found}
