"""Worksheets of library preparation: wells, lots, and the readings that were kept of them."""

from datetime import datetime
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
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.samples.ids import Metric
from backend.sequencing.preparation.ids import (
    GateState,
    InstrumentFile,
    PlateShape,
    WellKind,
    WorksheetState,
)
from backend.sequencing.preparation.lot_models import ReagentLot


class LibraryWorksheet(Base):
    """One plate on which libraries are made."""

    __tablename__ = "library_worksheet"
    __table_args__ = (
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_with_time"),
        CheckConstraint(
            "(gate IN ('held', 'waived')) = (gate_decided_at IS NOT NULL)", name="gate_decided"
        ),
        Index("ix_library_worksheet_state", "state", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=False), init=False, unique=True)
    protocol_id: Mapped[UUID] = mapped_column(ForeignKey("library_protocol.id"))
    shape: Mapped[PlateShape] = mapped_column(text_enum(PlateShape))
    state: Mapped[WorksheetState] = mapped_column(
        text_enum(WorksheetState), default=WorksheetState.DRAFT
    )
    notes: Mapped[str] = mapped_column(short_text(1000), default="")
    made_by: Mapped[UUID | None]
    made_by_name: Mapped[str] = mapped_column(short_text())
    made_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    started_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    done_at: Mapped[datetime | None] = mapped_column(default=None)
    done_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    cancel_reason: Mapped[str | None] = mapped_column(short_text(500), default=None)
    gate: Mapped[GateState] = mapped_column(text_enum(GateState), default=GateState.NONE)
    gate_reasons: Mapped[list[Any]] = mapped_column(
        default_factory=list, server_default=text("'[]'::jsonb")
    )
    """What the controls were found to be, in words."""
    gate_decided_by_name: Mapped[str | None] = mapped_column(short_text(), default=None)
    gate_decided_at: Mapped[datetime | None] = mapped_column(default=None)
    gate_decision_reason: Mapped[str | None] = mapped_column(short_text(500), default=None)
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))


class WorksheetWell(Base):
    """What goes into one well. Volumes stand in it from the start on; before, they are reckoned."""

    __tablename__ = "worksheet_well"
    __table_args__ = (
        CheckConstraint("place BETWEEN 1 AND 96", name="place_on_plate"),
        CheckConstraint("(kind = 'sample') = (sample_id IS NOT NULL)", name="sample_with_key"),
        CheckConstraint("index_i7 ~ '^[ACGT]{4,24}$'", name="i7_is_dna"),
        CheckConstraint("index_i5 ~ '^[ACGT]{4,24}$'", name="i5_is_dna"),
        # A sample gives one library of a worksheet, and a pair of indexes names one.
        UniqueConstraint("worksheet_id", "sample_id"),
        Index("ix_worksheet_well_sample", "sample_id"),
        Index("ix_worksheet_well_library", "library_id"),
    )

    worksheet_id: Mapped[UUID] = mapped_column(ForeignKey("library_worksheet.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    """Number of the well, counted down the columns from 1."""
    kind: Mapped[WellKind] = mapped_column(text_enum(WellKind))
    sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("sample.id"), default=None)
    concentration_ng_per_ul: Mapped[Decimal | None] = mapped_column(default=None)
    """Of the sample when the plate was started."""
    volume_ul: Mapped[Decimal | None] = mapped_column(default=None)
    diluent_ul: Mapped[Decimal | None] = mapped_column(default=None)
    index_well: Mapped[str | None] = mapped_column(short_text(4), default=None)
    index_name: Mapped[str | None] = mapped_column(short_text(60), default=None)
    index_i7: Mapped[str | None] = mapped_column(short_text(24), default=None)
    index_i5: Mapped[str | None] = mapped_column(short_text(24), default=None)
    library_id: Mapped[UUID | None] = mapped_column(ForeignKey("sample.id"), default=None)
    """What came out."""


class WorksheetLot(Base):
    """A lot of reagents that a worksheet uses."""

    __tablename__ = "worksheet_lot"
    __table_args__ = (Index("ix_worksheet_lot_lot", "lot_id"),)

    worksheet_id: Mapped[UUID] = mapped_column(ForeignKey("library_worksheet.id"), primary_key=True)
    lot_id: Mapped[UUID] = mapped_column(ForeignKey(ReagentLot.id), primary_key=True)
    reactions: Mapped[int | None] = mapped_column(default=None)
    """Taken when the worksheet was started; None before."""


class ReadingsFile(Base):
    """An instrument's file whose readings were kept."""

    __tablename__ = "readings_file"
    __table_args__ = (UniqueConstraint("worksheet_id", "digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    worksheet_id: Mapped[UUID] = mapped_column(ForeignKey("library_worksheet.id"))
    file_name: Mapped[str] = mapped_column(short_text())
    digest: Mapped[str] = mapped_column(short_text(64))
    """SHA-256 of its bytes, hexadecimal."""
    instrument: Mapped[InstrumentFile] = mapped_column(text_enum(InstrumentFile))
    readings: Mapped[int]
    kept_by_name: Mapped[str] = mapped_column(short_text())
    kept_at: Mapped[datetime]
    curve: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), default=None)
    """The `Curve` that the concentrations were read off; None where the instrument reckoned."""


class WellReading(Base):
    """What a file says of a well; of a sample's the number is its measurement, too."""

    __tablename__ = "well_reading"
    __table_args__ = (
        UniqueConstraint("file_id", "place", "metric"),
        Index("ix_well_reading_worksheet", "worksheet_id", "place", "metric"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("readings_file.id"))
    worksheet_id: Mapped[UUID] = mapped_column(ForeignKey("library_worksheet.id"))
    place: Mapped[int]
    metric: Mapped[Metric] = mapped_column(text_enum(Metric))
    value: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    """None where the instrument gave no number."""
    below: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    """What it was said to be less than."""
    said: Mapped[str] = mapped_column(short_text(60))
    """As the file has it."""
