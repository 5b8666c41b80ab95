"""The columns that a template has of its own, and where a list keeps their texts. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.templates.definition import ColumnKind, Definition, TemplateColumn
from backend.templates.reading.headings import ColumnMatch, Match, fold, heading_unit
from backend.templates.reading.units import find_unit
from backend.templates.reading.values import Finding, Severity

UNIT_DIFFERS = "unit_differs"
"""The finding of a column whose heading names another unit than its template asks for."""


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column that fills no field of ours. Its texts stand in a row's extras under ``name``."""

    name: str
    asked: TemplateColumn


def own_columns(
    definition: Definition | None, matches: Sequence[ColumnMatch]
) -> tuple[OwnColumn, ...]:
    """Return a template's own columns in its order, by the list's spelling where it has them."""
    if definition is None:
        return ()
    spelled: dict[str, str] = {}
    for match in matches:
        if match.match is Match.KEPT:
            spelled.setdefault(fold(match.heading), match.heading)
    return tuple(
        OwnColumn(spelled.get(fold(column.title), column.title), column)
        for column in definition.columns
        if column.field is None
    )


def other_units(definition: Definition | None, matches: Sequence[ColumnMatch]) -> Iterator[Finding]:
    """Yield a warning for each own column whose heading names a unit that was not asked for."""
    asked = {own.name: own.asked for own in own_columns(definition, matches)}
    for match in matches:
        column = asked.get(match.heading) if match.match is Match.KEPT else None
        named = heading_unit(match.heading)
        if column is None or column.kind is not ColumnKind.NUMBER or not named:
            continue
        if not _is_same(named, column.unit):
            wanted = f"in {column.unit}" if column.unit else "without a unit"
            yield Finding(
                code=UNIT_DIFFERS,
                severity=Severity.WARNING,
                message=(
                    f"“{match.heading}” is given in {named}; the template asks for it {wanted}. "
                    "Its figures are read as written."
                ),
                column=match.column,
                header=match.heading,
            )


def _is_same(named: str, asked: str) -> bool:
    one, other = find_unit(named), find_unit(asked)
    if one is not None and other is not None:
        return one is other
    return named.casefold() == asked.casefold()
