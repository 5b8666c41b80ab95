"""Figures, with and without their units, to values; the parsers of parsers.py that need units."""

import re
from decimal import Decimal, InvalidOperation

from backend.templates.reading.parsing import Context, Parsed, error, warning
from backend.templates.reading.units import Dimension, Unit, find_unit, split_unit
from backend.templates.reading.values import Problem

_GROUPED = re.compile(r"^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_NUMBER = re.compile(r"^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,2})?$")
_OURS = {Dimension.VOLUME: "µL", Dimension.MASS_CONCENTRATION: "ng/µL"}


def parse_number(text: str, context: Context) -> Parsed:
    """A plain figure without a unit, 0 or more."""
    value, problem = read_decimal(text, context)
    if value is not None and value < 0:
        return None, error(
            "number_negative", f"{context.label} must be 0 or more. You entered “{text}”."
        )
    return value, problem


def parse_percent(text: str, context: Context) -> Parsed:
    """A percentage, its sign written or not, as a cell formatted in percent shows it.

    Between 0 and 1 it may be the share that such a cell holds, so that is asked.
    """
    value, problem = parse_number(text.removesuffix("%").rstrip(), context)
    if not isinstance(value, Decimal) or "%" in text or not 0 < value < 1:
        return value, problem
    hundredfold = f"{(value * 100).normalize():f}"
    return value, warning(
        "percent_or_share",
        f"{context.label}: {text} is read as {text} %. Write {hundredfold} if it is a share of 1.",
        suggestion=hundredfold,
        fix=hundredfold,
    )


def parse_volume(text: str, context: Context) -> Parsed:
    """A volume in µL, more than 0."""
    value, problem = _measured(text, context, Dimension.VOLUME)
    if value is not None and value <= 0:
        return None, error(
            "volume_not_positive", f"{context.label} must be more than 0 µL. You entered “{text}”."
        )
    return value, problem


def parse_concentration(text: str, context: Context) -> Parsed:
    """A concentration in ng/µL, 0 or more."""
    value, problem = _measured(text, context, Dimension.MASS_CONCENTRATION)
    if value is not None and value < 0:
        return None, error(
            "number_negative", f"{context.label} must be 0 or more. You entered “{text}”."
        )
    return value, problem


def read_decimal(text: str, context: Context) -> tuple[Decimal | None, Problem | None]:
    """Return a figure, refusing a comma that could be a decimal sign or a thousands sign."""
    figure = text.replace(" ", "")
    if context.decimal_comma and figure.count(",") == 1 and "." not in figure:
        figure = figure.replace(",", ".")
    if _NUMBER.match(figure):
        try:
            return Decimal(figure), None
        except InvalidOperation:
            return None, _not_a_number(text, context)
    if _GROUPED.match(figure) and (figure.count(",") > 1 or "." in figure):
        return Decimal(figure.replace(",", "")), None
    if _GROUPED.match(figure):
        plain, small = figure.replace(",", ""), figure.replace(",", ".")
        return None, error(
            "number_ambiguous",
            f"“{text}” can mean {plain} or {small}. Write {plain} or {small}.",
            suggestion=f"{plain} or {small}",
        )
    if re.fullmatch(r"[-+]?\d+,\d+", figure):
        dotted = figure.replace(",", ".")
        return None, error(
            "decimal_comma",
            f"{context.label} must be written with a decimal point. "
            f"You entered “{text}”. That is {dotted}.",
            suggestion=dotted,
            fix=dotted,
        )
    return None, _not_a_number(text, context)


def _not_a_number(text: str, context: Context) -> Problem:
    return error("number_unreadable", f"{context.label} must be a number. You entered “{text}”.")


def _measured(
    text: str, context: Context, dimension: Dimension
) -> tuple[Decimal | None, Problem | None]:
    figure, written = split_unit(text)
    ours = _OURS[dimension]
    if not written:
        value, problem = read_decimal(text, context)
        if value is None or context.unit is None:
            return value, problem
        return _convert(value, context.unit, dimension, context)
    value, problem = read_decimal(figure, context)
    if value is None:
        return None, problem
    unit = find_unit(written)
    if unit is None:
        return None, error(
            "unit_unknown",
            f"{context.label} must be a number in {ours}. “{written}” is no unit TracSeq converts.",
        )
    return _with_cell_unit(text, value, unit, dimension, context)


def _with_cell_unit(
    text: str, value: Decimal, unit: Unit, dimension: Dimension, context: Context
) -> tuple[Decimal | None, Problem | None]:
    ours = _OURS[dimension]
    converted, problem = _convert(value, unit, dimension, context)
    same = unit.factor == (context.unit.factor if context.unit else 1)
    if converted is None or same or context.convert_units:
        return converted, problem
    shown = f"{converted:,f}"
    plain = f"{converted / (context.unit.factor if context.unit else 1):f}"
    return None, error(
        "unit_in_cell",
        f"{context.label} must be a number in {context.unit.written if context.unit else ours}. "
        f"You entered “{text}”. That is {shown} {ours}.",
        suggestion=plain,
        fix=plain,
    )


def _convert(
    value: Decimal, unit: Unit, dimension: Dimension, context: Context
) -> tuple[Decimal | None, Problem | None]:
    if unit.dimension is dimension:
        return (value * unit.factor).normalize() + Decimal(0), None
    if unit.dimension is Dimension.MOLARITY:
        return None, error(
            "molarity_without_length",
            f"{context.label} is given in {unit.written}. Without the fragment length it cannot "
            "be turned into ng/µL. Write the ng/µL, or keep the column as a note.",
        )
    return None, error(
        "unit_of_something_else", f"{context.label} cannot be given in {unit.written}."
    )
