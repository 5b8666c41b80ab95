"""Units of volume and concentration as people write them, and their factor to ours.

Ours are µL and ng/µL. A unit that is not in these tables is an error, never a guess.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Dimension(StrEnum):
    VOLUME = "volume"
    MASS_CONCENTRATION = "mass concentration"
    MOLARITY = "molarity"


@dataclass(frozen=True, slots=True)
class Unit:
    """``factor`` turns a figure in this unit into µL, ng/µL or nM."""

    written: str
    dimension: Dimension
    factor: Decimal


def _unit(written: str, dimension: Dimension, factor: str) -> Unit:
    return Unit(written, dimension, Decimal(factor))


_UNITS: dict[str, Unit] = {
    "ul": _unit("µL", Dimension.VOLUME, "1"),
    "ml": _unit("mL", Dimension.VOLUME, "1000"),
    "nl": _unit("nL", Dimension.VOLUME, "0.001"),
    "l": _unit("L", Dimension.VOLUME, "1000000"),
    "ng/ul": _unit("ng/µL", Dimension.MASS_CONCENTRATION, "1"),
    "ug/ml": _unit("µg/mL", Dimension.MASS_CONCENTRATION, "1"),
    "ng/ml": _unit("ng/mL", Dimension.MASS_CONCENTRATION, "0.001"),
    "pg/ul": _unit("pg/µL", Dimension.MASS_CONCENTRATION, "0.001"),
    "ug/ul": _unit("µg/µL", Dimension.MASS_CONCENTRATION, "1000"),
    "mg/ml": _unit("mg/mL", Dimension.MASS_CONCENTRATION, "1000"),
    "mg/l": _unit("mg/L", Dimension.MASS_CONCENTRATION, "1"),
    "nm": _unit("nM", Dimension.MOLARITY, "1"),
    "pm": _unit("pM", Dimension.MOLARITY, "0.001"),
    "um": _unit("µM", Dimension.MOLARITY, "1000"),
    "nmol/l": _unit("nM", Dimension.MOLARITY, "1"),
}
_WORDS = {"microliter": "ul", "microlitre": "ul", "milliliter": "ml", "millilitre": "ml"}
_MICRO = str.maketrans({"µ": "u", "μ": "u"})  # the sign for micro and the Greek letter mu
_SPLIT = re.compile(r"^\s*([-+]?[\d.,]+(?:[eE][-+]?\d+)?)\s*([^\d\s.,].*)$")


def find_unit(text: str) -> Unit | None:
    """Return the unit a text names (``ng/uL``, ``ng_uL``, ``µl``), or None."""
    folded = text.strip().translate(_MICRO).lower().strip(".")
    folded = re.sub(r"\s*(?:/|\bper\b|_)\s*", "/", folded).replace(" ", "")
    folded = re.sub(r"/?(?:\^-1|-1)$", "", folded)
    folded = _WORDS.get(folded.rstrip("s"), folded)
    return _UNITS.get(folded)


def split_unit(text: str) -> tuple[str, str]:
    """Return the figure and what follows it: ``1.2 ml`` gives (``1.2``, ``ml``)."""
    match = _SPLIT.match(text)
    return (match.group(1), match.group(2).strip()) if match else (text, "")
