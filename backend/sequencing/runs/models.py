"""Run folders as they were read, the figures of lanes and libraries, and what is proposed."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.runs.ids import FolderState, MatchedBy, ProposalKind, ProposalState


class RunFolder(Base):
    """The folder of a run below a watched root. One run is read from one folder only."""

    __tablename__ = "run_folder"
    __table_args__ = (
        UniqueConstraint("root", "name"),
        # Of a run that RunInfo names there is one folder, wherever it lies.
        Index(
            "ix_run_folder_run_name",
            "run_name",
            unique=True,
            postgresql_where=text("run_name <> ''"),
        ),
        Index("ix_run_folder_run_id", "run_id", unique=True),
        CheckConstraint("(run_id IS NULL) = (matched_by IS NULL)", name="match_says_why"),
        CheckConstraint(
            "(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_has_time"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    root: Mapped[str] = mapped_column(short_text(500))
    name: Mapped[str] = mapped_column(short_text(200))
    run_name: Mapped[str] = mapped_column(short_text(200), default="")
    """The run's name by its RunInfo; "" until that is there."""
    state: Mapped[FolderState] = mapped_column(text_enum(FolderState), default=FolderState.ARRIVING)
    version: Mapped[int] = mapped_column(default=0)
    """Counts the times that the folder was read with something changed in it."""
    stamp: Mapped[str] = mapped_column(short_text(64), default="")
    """Of names, sizes and times of its files when they were read last."""
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("sequencing_run.id"), default=None)
    matched_by: Mapped[MatchedBy | None] = mapped_column(text_enum(MatchedBy), default=None)
    verdict: Mapped[Verdict] = mapped_column(text_enum(Verdict), default=Verdict.UNKNOWN)
    limits_version: Mapped[int] = mapped_column(default=0)
    """Which limits it was held to; 0 are those that the program comes with."""
    reading: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """`FolderReading` as it was read."""
    told: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """The reading with its verdicts, as terminal and API tell it."""
    first_seen_at: Mapped[datetime]
    read_at: Mapped[datetime]
    """When something in it had changed and it was read again."""
    confirmed_by: Mapped[UUID | None] = mapped_column(default=None)
    confirmed_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    confirm_note: Mapped[str] = mapped_column(short_text(500), default="")


class RunFolderFile(Base):
    """A file of a folder, as it was read last."""

    __tablename__ = "run_folder_file"

    folder_id: Mapped[UUID] = mapped_column(ForeignKey("run_folder.id"), primary_key=True)
    path: Mapped[str] = mapped_column(short_text(1000), primary_key=True)
    digest: Mapped[str] = mapped_column(short_text(64))
    """SHA-256 of what was read of it; "" when it is larger than is read."""
    size_bytes: Mapped[int]
    version: Mapped[int]
    """Version of the folder in which this content was read first."""


class RunLaneMetric(Base):
    """Figures of one lane."""

    __tablename__ = "run_lane_metric"

    folder_id: Mapped[UUID] = mapped_column(ForeignKey("run_folder.id"), primary_key=True)
    lane: Mapped[int] = mapped_column(primary_key=True)
    clusters: Mapped[int | None]
    clusters_pf: Mapped[int | None]
    q30_percent: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    error_percent: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    undetermined_percent: Mapped[Decimal | None] = mapped_column(Numeric(9, 2))
    verdict: Mapped[Verdict] = mapped_column(text_enum(Verdict))


class LibraryYield(Base):
    """What a library got on one lane of a run. ``sample_id`` None: no library of the run is so."""

    __tablename__ = "library_yield"
    __table_args__ = (
        UniqueConstraint("folder_id", "lane", "name"),
        Index("ix_library_yield_sample_id", "sample_id"),
        Index("ix_library_yield_run_id", "run_id"),
        CheckConstraint("reads >= 0", name="reads_counted"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    folder_id: Mapped[UUID] = mapped_column(ForeignKey("run_folder.id"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("sequencing_run.id"))
    lane: Mapped[int]
    name: Mapped[str] = mapped_column(short_text(200))
    """As the demultiplexer wrote it."""
    sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("sample.id"))
    reads: Mapped[int | None]
    """Reads passing filter, pairs for paired runs."""
    wanted: Mapped[int | None]
    """Reads wanted of it from this lane."""
    q30_percent: Mapped[Decimal | None] = mapped_column(Numeric(6, 2))
    verdict: Mapped[Verdict] = mapped_column(text_enum(Verdict))
    sentence: Mapped[str] = mapped_column(short_text(500))


class RunProposal(Base):
    """What could be done for a library that got too little: a person decides."""

    __tablename__ = "run_proposal"
    __table_args__ = (
        UniqueConstraint("folder_id", "sample_id"),
        CheckConstraint("reads_millions > 0", name="reads_positive"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided_has_time"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    folder_id: Mapped[UUID] = mapped_column(ForeignKey("run_folder.id"))
    run_id: Mapped[UUID] = mapped_column(ForeignKey("sequencing_run.id"))
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"))
    kind: Mapped[ProposalKind] = mapped_column(text_enum(ProposalKind))
    reads_millions: Mapped[Decimal]
    """Reads that are missing, millions."""
    reason: Mapped[str] = mapped_column(short_text(500))
    state: Mapped[ProposalState] = mapped_column(
        text_enum(ProposalState), default=ProposalState.PENDING
    )
    request_code: Mapped[str] = mapped_column(short_text(20), default="")
    """The request that accepting it made, for a library that is sequenced again."""
    pool_codes: Mapped[list[Any]] = mapped_column(default_factory=list)
    """The pools whose top-up accepting it opened or joined."""
    decided_by: Mapped[UUID | None] = mapped_column(default=None)
    decided_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)


class RunLimitSet(Base):
    """One version of the limits that runs are held to; the newest holds."""

    __tablename__ = "run_limit_set"

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    version: Mapped[int] = mapped_column(unique=True)
    limits: Mapped[list[Any]]
    """`RunLimit` each."""
    source: Mapped[str] = mapped_column(short_text(300))
    reason: Mapped[str] = mapped_column(short_text(500))
    published_by: Mapped[UUID | None]
    published_by_name: Mapped[str] = mapped_column(short_text())
    published_at: Mapped[datetime]


class RunRoot(Base):
    """A watched root, and how the last pass over it went."""

    __tablename__ = "run_root"

    root: Mapped[str] = mapped_column(short_text(500), primary_key=True)
    passed_at: Mapped[datetime]
    folders: Mapped[int]
    read: Mapped[int]
    """Folders that something had changed in, in that pass."""
    findings: Mapped[list[Any]]
    """Pairs of a name and a sentence."""
    copies: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    """Second copies of runs by name: stamp, sentence, and the folder that was read ("" whichever).

    They are not opened again while nothing changes in them and that folder is there.
    """
