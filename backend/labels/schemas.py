"""What comes in about printers and prints, checked once for every door."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

from backend.core.devices import HOST
from backend.labels import sizes
from backend.labels.ids import PrinterKind

MOST_LABELS = 500
"""Of one print: about a minute of a bench printer's time. More is asked for in parts."""
MOST_COPIES = 50


class PrinterInput(BaseModel):
    """A printer as it is set up."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=80)
    kind: PrinterKind = PrinterKind.ZPL_TCP
    host: str = Field(min_length=1, max_length=253)
    port: int = Field(default=9100, ge=1, le=65535)
    dpi: int = 203
    template: str = sizes.DEFAULT
    is_active: bool = True

    @field_validator("host")
    @classmethod
    def _is_a_host(cls, host: str) -> str:
        if not HOST.fullmatch(host):
            raise ValueError("Write the printer's name or address in the network, without http://.")
        return host

    @field_validator("dpi")
    @classmethod
    def _is_known(cls, dpi: int) -> int:
        if dpi not in sizes.DPIS:
            raise ValueError(f"Choose {', '.join(str(each) for each in sizes.DPIS)} dpi.")
        return dpi

    @field_validator("template")
    @classmethod
    def _is_a_template(cls, template: str) -> str:
        if template not in sizes.TEMPLATES:
            raise ValueError(f"Choose one of {', '.join(sizes.TEMPLATES)}.")
        return template


class ManyInput(BaseModel):
    """How the labels of everything that is selected are to be printed."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    printer_id: UUID
    template: str = sizes.DEFAULT
    copies: int = Field(default=1, ge=1, le=MOST_COPIES)
    only_new: bool = True
    """Samples that have a label are left out."""
    reason: str = Field(default="", max_length=500)


PRINTER_SENTENCES = {
    ("name", "string_too_short"): "Write a name such as Bench 4.",
    ("name", "missing"): "Write a name such as Bench 4.",
    ("host", "string_too_short"): "Write the printer's name or address in the network.",
    ("host", "missing"): "Write the printer's name or address in the network.",
    ("port", "int_parsing"): "The port is a number, usually 9100.",
    ("port", "greater_than_equal"): "The port is a number from 1 to 65535, usually 9100.",
    ("port", "less_than_equal"): "The port is a number from 1 to 65535, usually 9100.",
}


class LabelsInput(BaseModel):
    """How labels are to be printed."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    template: str = sizes.DEFAULT
    copies: int = Field(default=1, ge=1, le=MOST_COPIES)
    reason: str = Field(default="", max_length=500)
    """Needed where one of the labels was printed before."""


class PrintInput(LabelsInput):
    """Labels to print: of samples, in the order given."""

    sample_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_LABELS)]


class SheetsInput(BaseModel):
    """How a file of labels on sheets is to be made; the samples are named beside it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    template: str = sizes.DEFAULT
    sheet: str
    start_at: int = 1
    copies: int = Field(default=1, ge=1, le=MOST_COPIES)
    only_new: bool = True
    """Samples that have a label are left out."""
    reason: str = Field(default="", max_length=500)
