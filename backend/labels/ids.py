"""Keys and closed vocabularies of labels and printers."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

PrinterId = NewType("PrinterId", UUID)
PrintId = NewType("PrintId", UUID)


class Symbology(StrEnum):
    """What a scanner reads."""

    DATA_MATRIX = "data_matrix"
    """ECC 200 (ISO/IEC 16022): also from a tube's curved side, or with a corner scratched off."""
    CODE_128 = "code_128"
    """ISO/IEC 15417: for long narrow labels, and for scanners that read lines only."""


class Field(StrEnum):
    """What may stand on a label in words."""

    SERIAL = "serial"
    BARCODE = "barcode"
    NAME = "name"
    SUBJECT = "subject"
    PROJECT = "project"
    KEPT_AT = "kept_at"
    DATE = "date"
    NUMBERING = "numbering"
    """How a box counts its positions."""


class PrinterKind(StrEnum):
    """How a printer is spoken to."""

    ZPL_TCP = "zpl_tcp"


class PrintState(StrEnum):
    """Where a print stands.

    A printer cannot take part in a transaction, so exactly once cannot be had. A print whose
    connection broke after its first byte is UNSURE: a person looks at the printer and says.
    """

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNSURE = "unsure"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PrintKind(StrEnum):
    """Why something is printed."""

    LABELS = "labels"
    TEST = "test"
    SHEET = "sheet"
    """A PDF sheet, which the person prints on an office printer."""
