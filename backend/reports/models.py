"""Runs of reports and the files they made. What a report contains is code (reports.definitions)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.reports.ids import ReportFormat


class ReportRun(Base):
    """One building of a report.

    Until it is built its job says how it stands; jobs are forgotten after a while, so what was
    built says so itself.
    """

    __tablename__ = "report_run"
    __table_args__ = (Index("ix_report_run_history", "report", "requested_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    report: Mapped[str] = mapped_column(short_text(60))
    """Key of reports.definitions.REPORTS."""
    job_id: Mapped[UUID] = mapped_column(unique=True)
    is_scheduled: Mapped[bool]
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(short_text())
    requested_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    data_as_of: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the attempt began that built it."""
    built_at: Mapped[datetime | None] = mapped_column(default=None)


class ReportArtifact(Base):
    """A file of a run, kept in the file store under its hash."""

    __tablename__ = "report_artifact"
    __table_args__ = (
        UniqueConstraint("run_id", "format"),
        CheckConstraint("size_bytes > 0", name="not_empty"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("report_run.id"))
    format: Mapped[ReportFormat] = mapped_column(text_enum(ReportFormat))
    filename: Mapped[str] = mapped_column(short_text(120))
    sha256: Mapped[str] = mapped_column(short_text(64))
    size_bytes: Mapped[int]
