"""What readers of runs receive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from backend.sequencing.ids import RunId
from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.runs.ids import (
    FolderState,
    MatchedBy,
    ProposalId,
    ProposalKind,
    ProposalState,
    RunFolderId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run as the list shows it. ``code`` is the booked run's, else the run's own name."""

    id: RunFolderId
    code: str
    name: str
    instrument: str
    model: str
    state: FolderState
    verdict: Verdict
    clusters_pf: int | None
    yield_bases: int | None
    q30_percent: float | None
    error_percent: float | None
    undetermined_percent: float | None
    proposals: int
    """That nobody has decided."""
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryLine:
    """What a library got on a lane. ``barcode`` "" is of no library of the booked run."""

    lane: int
    name: str
    barcode: str
    project_code: str
    reads: int | None
    wanted: int | None
    q30_percent: Decimal | None
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """What is proposed for a library."""

    id: ProposalId
    barcode: str
    kind: ProposalKind
    reads_millions: Decimal
    reason: str
    state: ProposalState
    request_code: str
    pool_codes: Sequence[str]
    """Whose top-up accepting it opened."""
    decided_by_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run with everything that was read of it.

    ``summary``, ``lanes``, ``unknown`` and ``findings`` are as `run_folders.plain` writes them.
    """

    line: RunLine
    run_id: RunId | None
    matched_by: MatchedBy | None
    version: int
    limits_version: int
    summary: Mapping[str, Any]
    lanes: Sequence[Mapping[str, Any]]
    libraries: Sequence[LibraryLine]
    hidden_libraries: int
    """Of projects that are not the reader's."""
    unknown: Mapping[str, Any]
    findings: Sequence[Mapping[str, str]]
    proposals: Sequence[ProposalLine]
    first_seen_at: datetime
    confirmed_by_name: str | None
    confirmed_at: datetime | None
    confirm_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RootLine:
    """A watched root, and how the last pass over it went."""

    root: str
    passed_at: datetime
    folders: int
    read: int
    findings: Sequence[tuple[str, str]]
