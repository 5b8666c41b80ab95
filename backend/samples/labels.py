"""What a tube's label says, and the Data Matrix that scanners read from it. Pure.

The code is ECC 200 (ISO/IEC 16022): it can be read from a 2D tube's curved side and, unlike
Code 128, still with a corner scratched off in the freezer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ppf.datamatrix import DataMatrix

from backend.samples import rules
from backend.samples.ids import MaterialType, TemperatureClass

QUIET_MODULES = 1
"""Light modules that the standard asks for around the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label as it is printed; ``lines`` stand below the code in words, most needed first."""

    barcode: str
    serial: str
    """What people read aloud: the last part of one of our codes, otherwise its end."""
    lines: tuple[str, ...]
    modules: tuple[tuple[bool, ...], ...]
    """Dark modules of the code by row, without the quiet zone."""


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


def label_of(text: LabelText) -> Label:
    """Return the label of a tube; what is not known leaves no line."""
    kept_at = _kept_at(text.material_type, text.temperature_class)
    collected = f"{text.on:%d %b %Y}".lstrip("0") if text.on else ""
    found = (text.name, text.subject_code or "", kept_at, collected)
    return Label(
        barcode=text.barcode,
        serial=serial_of(text.barcode),
        lines=tuple(line for line in found if line),
        modules=modules_of(text.barcode),
    )


def serial_of(barcode: str) -> str:
    """Return the part of a code that tells tubes of one day apart: ``8T2W``."""
    return barcode.rpartition("-")[2][-_SERIAL_LENGTH:] or barcode[-_SERIAL_LENGTH:]


def modules_of(code: str) -> tuple[tuple[bool, ...], ...]:
    """Return the Data Matrix of a code, True where a module is dark."""
    rows: Sequence[Sequence[int]] = DataMatrix(code).matrix
    return tuple(tuple(bool(module) for module in row) for row in rows)


def _kept_at(material: MaterialType | None, zone: TemperatureClass | None) -> str:
    words = (
        rules.MATERIAL_NAME[material] if material else "",
        rules.ZONE_NAME[zone] if zone else "",
    )
    return ", ".join(word for word in words if word)
