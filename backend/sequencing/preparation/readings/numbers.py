"""Numbers and units as instruments write them. No I/O.

Decimal commas, thousands' commas, units in headings, and words where a number should be. The µ of
a heading is often broken on its way (``ng/?L``, ``ng/�l``), so that a unit is known by its other
letters.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from backend.samples.ids import Metric

_PLAIN = re.compile(r"[+-]?\d{1,12}(\.\d{1,12})?([eE][+-]?\d{1,2})?\Z")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?\Z")
_DOTTED_THOUSANDS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+\Z")
_DECIMAL_COMMA = re.compile(r"[+-]?\d{1,12},\d{1,12}\Z")
_BOUND = re.compile(r"([<>])\s*(.+)\Z")
_LOW = ("too low", "below range", "under range", "low", "< range")
MICRO = re.compile(r"[µμ�?]")
_STEP = Decimal("0.0001")

_UNITS: Mapping[Metric, Mapping[str, Decimal]] = MappingProxyType(
    {
        Metric.CONCENTRATION: {
            "ng/ul": Decimal(1),
            "ug/ml": Decimal(1),
            "mg/l": Decimal(1),
            "pg/ul": Decimal("0.001"),
            "ng/ml": Decimal("0.001"),
            "ug/ul": Decimal(1000),
            "mg/ml": Decimal(1000),
        },
        Metric.MOLARITY: {
            "nmol/l": Decimal(1),
            "nm": Decimal(1),
            "pmol/l": Decimal("0.001"),
            "pm": Decimal("0.001"),
            "umol/l": Decimal(1000),
            "um": Decimal(1000),
        },
        Metric.FRAGMENT_SIZE: {"bp": Decimal(1), "nt": Decimal(1), "kb": Decimal(1000)},
    }
)


@dataclass(frozen=True, slots=True)
class Number:
    """What a cell says: a value, a bound, that it is low, or a fault; else nothing at all."""

    value: Decimal | None = None
    below: Decimal | None = None
    is_low: bool = False
    fault: str = ""


def read_number(text: str, *, decimal_comma: bool) -> Number:
    """Return what a cell says; an empty one is a `Number` of nothing.

    ``decimal_comma`` says that commas part no cells in this file, so that ``1,234`` is a decimal.
    """
    said = text.strip().strip("'\"").replace("\xa0", "").replace("\u202f", "")
    if said in {"", "-", "–", "n/a", "N/A", "NA", "NaN"}:
        return Number()
    bound = _BOUND.match(said)
    if bound is not None:
        return _bounded(bound[1], bound[2], text.strip(), decimal_comma=decimal_comma)
    if said.casefold() in _LOW:
        return Number(is_low=True)
    plain = _unified(said, decimal_comma=decimal_comma)
    if plain is None:
        return Number(fault=_fault(said))
    value = Decimal(plain)
    if value < 0:
        return Number(fault=f"“{said}” is less than nothing.")
    return Number(value=value)


def unit_of(text: str) -> str:
    """Return a unit's name in plain letters: ``ng/µL`` and ``ng/?l`` are ``ng/ul``."""
    return MICRO.sub("u", text.strip().strip("[]()").strip()).casefold()


def factor_of(metric: Metric, unit: str) -> Decimal | None:
    """Return what a value in ``unit`` is multiplied by for the metric's own, None if unknown.

    A metric without a unit takes any.
    """
    units = _UNITS.get(metric)
    return Decimal(1) if units is None else units.get(unit_of(unit))


def in_own_unit(value: Decimal, factor: Decimal) -> Decimal:
    """Return a value times its factor, to the four decimals that measurements are kept to."""
    made = value * factor
    return made if made == made.quantize(_STEP) else made.quantize(_STEP)


def _bounded(sign: str, rest: str, said: str, *, decimal_comma: bool) -> Number:
    number = read_number(rest, decimal_comma=decimal_comma)
    if number.value is None:
        return Number(fault=_fault(said))
    if sign == ">":
        return Number(fault=f"“{said}” is over the range. Dilute and measure again.")
    return Number(below=number.value)


def _fault(said: str) -> str:
    return f"“{said[:40]}” is no number. It is neither kept nor taken for 0."


def _unified(said: str, *, decimal_comma: bool) -> str | None:
    """Return a number with a dot, or None where it is none or could be two."""
    if _PLAIN.match(said):
        return said
    if _DOTTED_THOUSANDS.match(said):
        return said.replace(".", "").replace(",", ".")
    if _DECIMAL_COMMA.match(said) and (decimal_comma or not _THOUSANDS.match(said)):
        return said.replace(",", ".")
    if _THOUSANDS.match(said) and "." in said:
        return said.replace(",", "")
    if _THOUSANDS.match(said) and not decimal_comma and said.count(",") > 1:
        return said.replace(",", "")
    return None
