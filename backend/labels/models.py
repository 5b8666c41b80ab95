"""Printers, prints and the labels of each print."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.ids import new_id
from backend.core.orm import Base, short_text, text_enum
from backend.labels.ids import PrinterKind, PrintKind, PrintState


class Printer(Base):
    """A label printer in the laboratory's network."""

    __tablename__ = "printer"
    __table_args__ = (
        CheckConstraint("port BETWEEN 1 AND 65535", name="port_possible"),
        CheckConstraint("dpi IN (203, 300, 600)", name="dpi_known"),
        Index("uq_printer_name", text("lower(name)"), unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    name: Mapped[str] = mapped_column(short_text(80))
    kind: Mapped[PrinterKind] = mapped_column(text_enum(PrinterKind), default=PrinterKind.ZPL_TCP)
    host: Mapped[str] = mapped_column(short_text(253))
    port: Mapped[int] = mapped_column(default=9100)
    dpi: Mapped[int]
    template: Mapped[str] = mapped_column(short_text(40))
    """Key of the labels that are in it (sizes.TEMPLATES)."""
    is_active: Mapped[bool] = mapped_column(default=True)
    has_answered: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """It answers ~HS, so its silence means that it cannot print; some never answer."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)


class PrintJob(Base):
    """Labels on their way to a printer, or on a sheet. ``state`` says what is known of them."""

    __tablename__ = "print_job"
    __table_args__ = (
        CheckConstraint("copies BETWEEN 1 AND 50", name="copies_in_range"),
        CheckConstraint("(printer_id IS NULL) = (kind = 'sheet')", name="printer_or_sheet"),
        CheckConstraint("reprint_of IS NULL OR reason <> ''", name="reprint_has_reason"),
        Index("ix_print_job_created_at", "created_at", "id"),
        Index(
            "ix_print_job_open",
            "state",
            postgresql_where=text("state IN ('queued', 'sending', 'unsure', 'failed')"),
        ),
        Index("ix_print_job_printer_id", "printer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=new_id)
    kind: Mapped[PrintKind] = mapped_column(text_enum(PrintKind))
    state: Mapped[PrintState] = mapped_column(text_enum(PrintState), default=PrintState.QUEUED)
    printer_id: Mapped[UUID | None] = mapped_column(ForeignKey("printer.id"))
    template: Mapped[str] = mapped_column(short_text(40))
    copies: Mapped[int] = mapped_column(default=1)
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker took it up."""
    turn: Mapped[int] = mapped_column(default=0)
    """Raised whenever a person has it sent again, so that the worker's job gets a new key."""
    detail: Mapped[str] = mapped_column(short_text(500), default="")
    reason: Mapped[str] = mapped_column(short_text(500), default="")
    reprint_of: Mapped[UUID | None] = mapped_column(ForeignKey("print_job.id"), default=None)
    requested_by: Mapped[UUID | None]
    requested_by_name: Mapped[str] = mapped_column(short_text())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    moved_at: Mapped[datetime] = mapped_column(server_default=func.now(), init=False)
    """When ``state`` was set."""
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by_name: Mapped[str] = mapped_column(short_text(), default="")
    """Who looked at the printer when the program could not be sure."""


class PrintLabel(Base):
    """One label of a print, as it was when the print was asked for."""

    __tablename__ = "print_label"
    __table_args__ = (Index("ix_print_label_barcode", "barcode"),)

    print_id: Mapped[UUID] = mapped_column(
        ForeignKey("print_job.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    barcode: Mapped[str] = mapped_column(short_text(300))
    """A place without a barcode is named by its address."""
    words: Mapped[dict[str, Any]]
