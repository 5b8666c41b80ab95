"""What is known of a tube for its label, and the Data Matrix of its code. Pure; see labels/.

The code is ECC 200 (ISO/IEC 16022): it can be read from a 2D tube's curved side and, unlike
Code 128, still with a corner scratched off in the freezer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ppf.datamatrix import DataMatrix

from backend.samples.ids import MaterialType, TemperatureClass

QUIET_MODULES = 1
"""Light modules that the standard asks for around the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelText:
    """What is known of a tube when its label is drawn; a registration may still be incomplete."""

    barcode: str
    name: str = ""
    subject_code: str | None = None
    material_type: MaterialType | None = None
    temperature_class: TemperatureClass | None = None
    on: date | None = None
    """When it was collected."""


_SERIAL_LENGTH = 8


def serial_of(barcode: str) -> str:
    """Return the part of a code that tells tubes of one day apart: ``8T2W``."""
    return barcode.rpartition("-")[2][-_SERIAL_LENGTH:] or barcode[-_SERIAL_LENGTH:]


def modules_of(code: str) -> tuple[tuple[bool, ...], ...]:
    """Return the Data Matrix of a code, True where a module is dark."""
    rows: Sequence[Sequence[int]] = DataMatrix(code).matrix
    return tuple(tuple(bool(module) for module in row) for row in rows)
