"""Facts about printers and prints."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterSet:
    """A printer was added or changed."""

    TYPE: ClassVar[str] = "labels.printer_set"
    AGGREGATE: ClassVar[str] = "printer"

    aggregate_id: UUID
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRequested:
    """Labels were asked for; ``reprint_of`` names the print that they repeat."""

    TYPE: ClassVar[str] = "labels.print_requested"
    AGGREGATE: ClassVar[str] = "print_job"

    aggregate_id: UUID
    kind: str
    template: str
    labels: int
    copies: int
    first_barcode: str
    reprint_of: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyRequested:
    """Labels of everything in a stored query were asked for; each part is a print of its own."""

    TYPE: ClassVar[str] = "labels.many_requested"
    AGGREGATE: ClassVar[str] = "print_batch"

    aggregate_id: UUID
    query_id: UUID
    printer_id: UUID
    template: str
    labels: int
    copies: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintMoved:
    """A print went on: queued, sending, sent, unsure, failed or cancelled."""

    TYPE: ClassVar[str] = "labels.print_moved"
    AGGREGATE: ClassVar[str] = "print_job"

    aggregate_id: UUID
    state: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintSettled:
    """A person looked at the printer and said what had come out."""

    TYPE: ClassVar[str] = "labels.print_settled"
    AGGREGATE: ClassVar[str] = "print_job"

    aggregate_id: UUID
    came_out: bool
