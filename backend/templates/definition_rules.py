"""Checking cells by a template's definition, and its rules in words. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import assert_never

from backend.templates.definition import (
    AtLeastOne,
    ColumnKind,
    Definition,
    EmptyIf,
    InOrder,
    RequiredIf,
    Rule,
    TemplateColumn,
    headings_of,
    pattern_of,
)
from backend.templates.reading.units import find_unit, split_unit
from backend.templates.reading.values import Problem, Severity

_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
_IF = re.compile(r"if (?P<column>.+?) is (?P<values>.+), (?P<then>.+?) is (?P<what>required|empty)")
_ORDER = re.compile(r"(?P<first>.+?) is not (?:after|above) (?P<second>.+)")
_ONE_OF = re.compile(r"at least one of (?P<columns>.+)")


@dataclass(frozen=True, slots=True)
class Found:
    """A problem of a row, at a column."""

    index: int
    column: TemplateColumn
    problem: Problem


class RuleUnreadable(ValueError):
    """A rule's text is none that is known; the message says what to write."""


def check_rows(
    definition: Definition, cells: Mapping[str, Sequence[str]], count: int
) -> Iterator[Found]:
    """Yield what is wrong with rows of texts by heading (as the definition spells it).

    A heading that is missing counts as empty cells. Order: by column, then by rule.
    """
    for column in definition.columns:
        yield from _check_column(column, cells.get(column.heading) or [""] * count)
    for rule in definition.rules:
        yield from _check_rule(definition, rule, cells, count)


def rule_in_words(rule: Rule) -> str:
    """Return a rule as `rule_of` reads it."""
    match rule:
        case RequiredIf() | EmptyIf():
            what = "required" if isinstance(rule, RequiredIf) else "empty"
            return f"if {rule.column} is {' or '.join(rule.values)}, {rule.then} is {what}"
        case InOrder():
            return f"{rule.first} is not after {rule.second}"
        case AtLeastOne():
            return f"at least one of {', '.join(rule.columns)}"
    assert_never(rule)


def rule_of(text: str) -> Rule:
    """Return the rule that a line says.

    Raises:
        RuleUnreadable: it is none of the known forms.
    """
    line = " ".join(text.split())
    if found := _IF.fullmatch(line):
        values = tuple(value.strip() for value in found["values"].split(" or "))
        made = RequiredIf if found["what"] == "required" else EmptyIf
        return made(column=found["column"], values=values, then=found["then"])
    if found := _ORDER.fullmatch(line):
        return InOrder(first=found["first"], second=found["second"])
    if found := _ONE_OF.fullmatch(line):
        columns = tuple(name.strip() for name in found["columns"].split(",") if name.strip())
        if len(columns) > 1:
            return AtLeastOne(columns=columns)
    raise RuleUnreadable(
        f"“{line}” is no rule that is known. Write one of: if Type is RNA or cfRNA, RIN is "
        "required · if Type is blood, RIN is empty · Collected is not after Processed · at least "
        "one of Barcode, Sample ID."
    )


def _check_column(column: TemplateColumn, cells: Sequence[str]) -> Iterator[Found]:
    ask = _asker(column)
    known: dict[str, Problem | None] = {}
    first: set[str] = set()
    for index, text in enumerate(cells):
        if text not in known:
            known[text] = ask(text)
        problem = known[text]
        if problem is not None:
            yield Found(index, column, problem)
        elif column.unique and text:
            if text.casefold() in first:
                yield Found(index, column, _repeated(column, text))
            first.add(text.casefold())


def _asker(column: TemplateColumn) -> Callable[[str], Problem | None]:
    pattern = pattern_of(column.pattern) if column.pattern else None
    choices = {choice.casefold(): choice for choice in column.choices}

    def ask(text: str) -> Problem | None:
        if not text:
            return _error("required_empty", f"Fill {column.heading}.") if column.required else None
        if pattern is not None and not pattern.fullmatch(text):
            form = f" Example: {column.example}." if column.example else ""
            return _error(
                "pattern_missed",
                f"{column.heading} has the form {column.pattern}; “{text}” has not.{form}",
            )
        return _value_problem(column, text, choices)

    return ask


def _value_problem(column: TemplateColumn, text: str, choices: Mapping[str, str]) -> Problem | None:
    match column.kind:
        case ColumnKind.CHOICE if text not in column.choices:
            meant = choices.get(text.casefold())
            listed = ", ".join(column.choices[:12])
            more = " …" if len(column.choices) > 12 else ""  # noqa: PLR2004 -- a readable list
            return _error(
                "not_in_list",
                f"{column.heading} is one of {listed}{more}; “{text}” is not.",
                fix=meant,
            )
        case ColumnKind.NUMBER:
            return _number_problem(column, text)
        case ColumnKind.DATE if column.field is None and _date_of(text) is None:
            return _error(
                "date_unreadable",
                f"{column.heading} is a date such as 2026-11-28; “{text}” is not.",
            )
        case ColumnKind.YES_NO if text.casefold() not in _YES | _NO:
            return _error("not_yes_or_no", f"{column.heading} is yes or no; “{text}” is neither.")
        case _:
            return None


def _number_problem(column: TemplateColumn, text: str) -> Problem | None:
    value = _number_of(text)
    if value is None:
        # Of a field of ours the reader of that field has said so already.
        if column.field is not None:
            return None
        return _with_its_unit(column, text) or _error(
            "number_unreadable", f"{column.heading} is a number; “{text}” is not."
        )
    unit = f" {column.unit}" if column.unit else ""
    if column.minimum is not None and value < column.minimum:
        return _error(
            "below_minimum",
            f"{column.heading} is at least {column.minimum:f}{unit}; this is {text}.",
        )
    if column.maximum is not None and value > column.maximum:
        return _error(
            "above_maximum",
            f"{column.heading} is at most {column.maximum:f}{unit}; this is {text}.",
        )
    return None


def _with_its_unit(column: TemplateColumn, text: str) -> Problem | None:
    """Return what is said of a figure that carries a unit, with the figure in the column's own."""
    figure, written = split_unit(text)
    value = _number_of(figure)
    if value is None or not written:
        return None
    given, asked = find_unit(written), find_unit(column.unit)
    if written.casefold() == column.unit.casefold() or (given is asked and given is not None):
        said = f"{column.heading} is a figure alone; its unit {column.unit} stands in the heading."
        return _error("unit_in_cell", said, fix=figure)
    wanted = f"in {column.unit}" if column.unit else "a number without a unit"
    said = f"{column.heading} is {wanted}; “{text}” is in {written}."
    if given is None or asked is None or given.dimension is not asked.dimension:
        return _error("unit_in_cell", said)
    return _error("unit_in_cell", said, fix=_plain(value * given.factor / asked.factor))


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check_rule(
    definition: Definition, rule: Rule, cells: Mapping[str, Sequence[str]], count: int
) -> Iterator[Found]:
    named = {heading: _named(definition, heading) for heading in headings_of(rule)}
    texts = {
        heading: cells.get(column.heading) or [""] * count for heading, column in named.items()
    }
    match rule:
        case RequiredIf() | EmptyIf():
            yield from _conditional(rule, named[rule.then], texts[rule.column], texts[rule.then])
        case InOrder():
            yield from _in_order(rule, named[rule.first], texts[rule.first], texts[rule.second])
        case AtLeastOne():
            first = named[rule.columns[0]]
            said = f"Fill at least one of {', '.join(rule.columns)}."
            for index, row in enumerate(zip(*texts.values(), strict=True)):
                if not any(row):
                    yield Found(index, first, _error("none_filled", said))


def _named(definition: Definition, heading: str) -> TemplateColumn:
    column = definition.column(heading)
    assert column is not None  # noqa: S101 -- a definition is checked for it
    return column


def _conditional(
    rule: RequiredIf | EmptyIf,
    target: TemplateColumn,
    when: Sequence[str],
    then: Sequence[str],
) -> Iterator[Found]:
    wanted = {value.casefold() for value in rule.values}
    must_fill = isinstance(rule, RequiredIf)
    for index, (deciding, text) in enumerate(zip(when, then, strict=True)):
        if deciding.casefold() not in wanted or bool(text) == must_fill:
            continue
        so = f"{rule.column} is {deciding}, so"
        if must_fill:
            problem = _error("required_empty", f"{so} fill {target.heading}.")
        else:
            problem = _error("must_be_empty", f"{so} leave {target.heading} empty.", fix="")
        yield Found(index, target, problem)


def _in_order(
    rule: InOrder, target: TemplateColumn, first: Sequence[str], second: Sequence[str]
) -> Iterator[Found]:
    for index, (one, other) in enumerate(zip(first, second, strict=True)):
        if _is_after(one, other):
            said = f"{rule.first} ({one}) must not be after {rule.second} ({other})."
            yield Found(index, target, _error("out_of_order", said))


def _is_after(first: str, second: str) -> bool:
    day, other_day = _date_of(first), _date_of(second)
    if day is not None and other_day is not None:
        return day > other_day
    number, other = _number_of(first), _number_of(second)
    return number is not None and other is not None and number > other


def _date_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number_of(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _repeated(column: TemplateColumn, text: str) -> Problem:
    return _error(
        "stands_twice",
        f"{column.heading} “{text}” stands further up in this list already. Write each once.",
    )


def _error(code: str, message: str, *, fix: str | None = None) -> Problem:
    return Problem(code, Severity.ERROR, message, fix, fix)
