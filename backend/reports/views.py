"""What readers of reports receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.reports.ids import ArtifactId, ReportFormat, ReportRunId


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactView:
    """A file of a report."""

    id: ArtifactId
    format: ReportFormat
    filename: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRunView:
    """One building of a report. ``state`` is queued, running, done, failed or cancelled."""

    id: ReportRunId
    report: str
    state: str
    error: str | None
    is_scheduled: bool
    requested_by_name: str
    requested_at: datetime
    duration_s: float | None
    artifacts: Sequence[ArtifactView]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A report with its schedule; ``next_at`` is empty while it has none."""

    key: str
    name: str
    about: str
    schedule_in_words: str | None
    next_at: Sequence[datetime]
    last: ReportRunView | None
