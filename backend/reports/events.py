"""Facts about reports."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequested:
    """Somebody asked for a report now."""

    TYPE: ClassVar[str] = "reports.report_requested"
    AGGREGATE: ClassVar[str] = "report_run"

    aggregate_id: UUID
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportBuilt:
    """A report's files are ready."""

    TYPE: ClassVar[str] = "reports.report_built"
    AGGREGATE: ClassVar[str] = "report_run"

    aggregate_id: UUID
    title: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDownloaded:
    """Somebody took a file of a report."""

    TYPE: ClassVar[str] = "reports.report_downloaded"
    AGGREGATE: ClassVar[str] = "report_run"

    aggregate_id: UUID
    filename: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFileMade:
    """A worker made a file of the audit trail; it waits for who asked. The aggregate is the job."""

    TYPE: ClassVar[str] = "reports.audit_file_made"
    AGGREGATE: ClassVar[str] = "audit_export"

    aggregate_id: UUID
    format: str
    entries: int
