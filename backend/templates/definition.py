"""What a template says: its columns, what each may hold, and rules between them.

A published definition never changes, so everything that reads one may keep it.
"""

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

import orjson
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.headings import OUR_HEADINGS, fold
from backend.templates.reading.units import find_unit

MOST_COLUMNS = 60
MOST_CHOICES = 200
# A cell of n signs takes n to the power of this many steps at the worst.
MOST_REPEATS = 2
_UNITS_OF = {FieldKey.VOLUME: "µL", FieldKey.CONCENTRATION: "ng/µL"}
_FORBIDDEN = re.compile(r"[,()\[\]{}\t\n\r]")


class ColumnKind(StrEnum):
    """How a cell of a column is read and offered for typing."""

    TEXT = "text"
    CODE = "code"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes/no"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class TemplateColumn(_Frozen):
    """A column. Without ``field`` its cells are kept with the sample under the heading.

    ``pattern`` is of signs: ``A`` a letter, ``9`` a digit, ``X`` either, ``+`` after one of them
    for one or more, a backslash before a sign that means itself; all else means itself.
    """

    heading: str = Field(min_length=1, max_length=60)
    field: FieldKey | None = None
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = Field(default="", max_length=10)
    required: bool = False
    unique: bool = False
    default: str = Field(default="", max_length=200)
    choices: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = Field(
        default=(), max_length=MOST_CHOICES
    )
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str = Field(default="", max_length=40)
    help: str = Field(default="", max_length=200)
    example: str = Field(default="", max_length=200)

    @property
    def title(self) -> str:
        """The heading as the spreadsheet has it, with its unit."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading

    @field_validator("heading")
    @classmethod
    def _plain(cls, heading: str) -> str:
        if _FORBIDDEN.search(heading) or heading in OUR_HEADINGS:
            raise ValueError("Write a heading without commas and brackets; units stand apart.")
        return heading

    @model_validator(mode="after")
    def _sound(self) -> Self:
        fault = _fault_of(self)
        if fault:
            raise ValueError(f"{self.heading}: {fault}")
        return self


class RequiredIf(_Frozen):
    """A column must be filled where another holds one of some values."""

    kind: Literal["required_if"] = "required_if"
    column: str
    values: tuple[str, ...] = Field(min_length=1, max_length=20)
    then: str


class EmptyIf(_Frozen):
    """A column must be empty where another holds one of some values."""

    kind: Literal["empty_if"] = "empty_if"
    column: str
    values: tuple[str, ...] = Field(min_length=1, max_length=20)
    then: str


class InOrder(_Frozen):
    """A date or number is not after, or above, another."""

    kind: Literal["in_order"] = "in_order"
    first: str
    second: str


class AtLeastOne(_Frozen):
    """One of some columns must be filled."""

    kind: Literal["at_least_one"] = "at_least_one"
    columns: tuple[str, ...] = Field(min_length=2, max_length=10)


Rule = Annotated[RequiredIf | EmptyIf | InOrder | AtLeastOne, Field(discriminator="kind")]


class Definition(_Frozen):
    """Columns in their order, and the rules between them."""

    columns: tuple[TemplateColumn, ...] = Field(min_length=1, max_length=MOST_COLUMNS)
    rules: tuple[Rule, ...] = Field(default=(), max_length=40)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        folded = [fold(column.heading) for column in self.columns]
        for heading in folded:
            if folded.count(heading) > 1:
                raise ValueError(f"Two columns are headed “{heading}”. Name each once.")
        fields = [column.field for column in self.columns if column.field is not None]
        for key in fields:
            if fields.count(key) > 1:
                raise ValueError(f"Two columns fill {BY_KEY[key].label}. Keep one of them.")
        for rule in self.rules:
            for heading in headings_of(rule):
                if self.column(heading) is None:
                    raise ValueError(f"A rule names “{heading}”, and no column is headed so.")
        return self

    def column(self, heading: str) -> TemplateColumn | None:
        """Return the column with a heading, however it is spelled."""
        return self._by_heading.get(fold(heading))

    @cached_property
    def _by_heading(self) -> dict[str, TemplateColumn]:
        return {fold(column.heading): column for column in self.columns}

    @cached_property
    def schema_hash(self) -> str:
        """SHA-256 of the definition as canonical JSON, the first 16 hex digits."""
        told = orjson.dumps(self.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(told).hexdigest()[:16]


def headings_of(rule: Rule) -> Iterator[str]:
    """Yield the headings that a rule names."""
    match rule:
        case RequiredIf() | EmptyIf():
            yield from (rule.column, rule.then)
        case InOrder():
            yield from (rule.first, rule.second)
        case AtLeastOne():
            yield from rule.columns


def pattern_of(signs: str) -> re.Pattern[str]:
    """Return what a column's pattern matches; made of single signs, so that no text is slow.

    Raises:
        ValueError: a ``+`` after nothing or a third one, or a backslash at the end.
    """
    parts: list[str] = []
    repeating = 0
    at = 0
    while at < len(signs):
        sign = signs[at]
        if sign == "+":
            if not parts or parts[-1].endswith("+"):
                raise ValueError("A + stands after the sign that may repeat.")
            repeating += 1
            if repeating > MOST_REPEATS:
                raise ValueError(f"At most {MOST_REPEATS} signs may repeat with +.")
            parts[-1] += "+"
        elif sign == "\\":
            at += 1
            if at == len(signs):
                raise ValueError("A backslash stands before a sign.")
            parts.append(re.escape(signs[at]))
        else:
            parts.append(_SIGNS.get(sign, re.escape(sign)))
        at += 1
    return re.compile("".join(parts), re.ASCII)


_SIGNS = {"A": "[A-Za-z]", "9": "[0-9]", "X": "[A-Za-z0-9]"}


def _fault_of(column: TemplateColumn) -> str:
    return _kind_fault(column) or _form_fault(column) or _unit_fault(column)


def _kind_fault(column: TemplateColumn) -> str:
    low, high = column.minimum, column.maximum
    if (column.kind is ColumnKind.CHOICE) != bool(column.choices):
        return "a choice needs its list of values, and only a choice has one."
    if column.kind is not ColumnKind.NUMBER and (low is not None or high is not None):
        return "only a number has a minimum and a maximum."
    if low is not None and high is not None and low > high:
        return "the minimum is above the maximum."
    if column.default and column.choices and column.default not in column.choices:
        return f"the default “{column.default}” is none of its values."
    return ""


def _form_fault(column: TemplateColumn) -> str:
    try:
        pattern = pattern_of(column.pattern)
    except ValueError as error:
        return f"{error}"
    for name, text in (("default", column.default), ("example", column.example)):
        if text and column.pattern and not pattern.fullmatch(text):
            return f"the {name} “{text}” does not have the form {column.pattern}."
    return ""


def _unit_fault(column: TemplateColumn) -> str:
    if column.field in _UNITS_OF and find_unit(column.unit) is None:
        return f"give its unit, such as {_UNITS_OF[column.field]}."
    return ""
