"""Instruments, their runs, and what people ask to have sequenced."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.sequencing.ids import I5Orientation, RequestState, RunState
from backend.sequencing.reference.models import ReferenceVersion


class Instrument(Base):
    """A sequencer that can be booked."""

    __tablename__ = "instrument"
    __table_args__ = (CheckConstraint("lanes BETWEEN 1 AND 96", name="lanes_counted"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(short_text(60), unique=True)
    model: Mapped[str] = mapped_column(short_text(60))
    """Key of the flow cell that it is booked with (sequencing.reference).

    Lanes, reads and orientation are copied from it when the instrument is put into service: a
    later version of the reference data does not change what runs that are booked were reckoned by.
    """
    run_prefix: Mapped[str] = mapped_column(short_text(8))
    lanes: Mapped[int]
    lane_reads_millions: Mapped[Decimal]
    """Reads passing filter that one lane yields, millions, before the safety share."""
    i5_orientation: Mapped[I5Orientation] = mapped_column(text_enum(I5Orientation))
    flow_cells: Mapped[list[str] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """Keys of the flow cells that the laboratory keeps for it; None is every one of its make."""
    sort_order: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)


class SequencingRun(Base):
    """A booking of an instrument and what came of it.

    The exclusion constraint is the promise that no instrument runs twice at once. A range of one
    key stands for equality, so it needs no extension (RELIABILITY section 4).
    """

    __tablename__ = "sequencing_run"
    __table_args__ = (
        CheckConstraint("planned_end_at > planned_start_at", name="ends_after_start"),
        CheckConstraint("q30_percent BETWEEN 0 AND 100", name="q30_is_percent"),
        CheckConstraint("lanes BETWEEN 1 AND 96", name="run_lanes_counted"),
        CheckConstraint(
            "num_nulls(flow_cell, lanes, lane_reads_millions) IN (0, 3)", name="flow_cell_whole"
        ),
        ExcludeConstraint(
            (text("uuid_range(instrument_id, instrument_id, '[]')"), "&&"),
            (text("tstzrange(planned_start_at, planned_end_at)"), "&&"),
            name="ex_sequencing_run_one_at_a_time",
            using="gist",
            where=text("state IN ('planned', 'running')"),
        ),
        Index("ix_sequencing_run_period", "planned_start_at", "planned_end_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=False), init=False, unique=True)
    instrument_id: Mapped[UUID] = mapped_column(ForeignKey("instrument.id"))
    planned_start_at: Mapped[datetime]
    planned_end_at: Mapped[datetime]
    state: Mapped[RunState] = mapped_column(text_enum(RunState), default=RunState.PLANNED)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    q30_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2), default=None)
    """Share of bases with a quality of at least 30, as the instrument reported it."""
    created_by: Mapped[UUID | None]
    recipe_version_id: Mapped[UUID | None] = mapped_column(
        ForeignKey(ReferenceVersion.id), default=None
    )
    """How it is run, as the recipe stood when it was planned; None follows from the libraries."""
    flow_cell: Mapped[str | None] = mapped_column(short_text(60), default=None)
    """Key of what it is loaded with; None is the instrument's own, with its lanes and reads."""
    lanes: Mapped[int | None] = mapped_column(default=None)
    lane_reads_millions: Mapped[Decimal | None] = mapped_column(default=None)
    """Reads passing filter that one lane yields, millions, as known when it was planned."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class SequencingRequest(Base):
    """A wish to have libraries sequenced; one card of the queue board."""

    __tablename__ = "sequencing_request"
    __table_args__ = (
        CheckConstraint("reads_millions > 0", name="reads_positive"),
        CheckConstraint("read_length BETWEEN 25 AND 600", name="read_length_known"),
        Index("ix_sequencing_request_state", "state", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=False), init=False, unique=True)
    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    state: Mapped[RequestState] = mapped_column(
        text_enum(RequestState), default=RequestState.WAITING
    )
    read_length: Mapped[int]
    """Cycles of each read, both ends."""
    reads_millions: Mapped[Decimal]
    """Reads wanted for each library, millions."""
    coverage: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """The wish that the reads follow from (coverage.Coverage, numbers as text); None for reads."""
    due_on: Mapped[date]
    notes: Mapped[str] = mapped_column(short_text(1000), default="")
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(short_text())
    state_since: Mapped[datetime]
    assay: Mapped[str] = mapped_column(short_text(60), default="", server_default=text("''"))
    """Assay of the reference data that is asked for; "" for none."""
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class RequestSample(Base):
    """A library of a request with the index pair it carries."""

    __tablename__ = "request_sample"
    __table_args__ = (
        CheckConstraint("index_i7 ~ '^[ACGT]{4,24}$'", name="i7_is_dna"),
        CheckConstraint("index_i5 ~ '^[ACGT]{4,24}$'", name="i5_is_dna"),
        Index("ix_request_sample_sample_id", "sample_id"),
    )

    request_id: Mapped[UUID] = mapped_column(ForeignKey("sequencing_request.id"), primary_key=True)
    sample_id: Mapped[UUID] = mapped_column(ForeignKey("sample.id"), primary_key=True)
    place: Mapped[int]
    """Order in which the requester listed it, from 1."""
    index_i7: Mapped[str] = mapped_column(short_text(24))
    index_i5: Mapped[str | None] = mapped_column(short_text(24), default=None)
