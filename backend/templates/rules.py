"""Problems grouped by their cause, so that one fix serves all cells of a kind. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backend.templates.reading.values import Finding, Severity

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
# What cells of one cause have in common, where their own sentences differ.
_TITLES = {
    "already_registered": "These samples are registered already",
    "above_maximum": "These figures are above the most that is allowed",
    "barcode_taken": "These barcodes belong to other samples",
    "below_minimum": "These figures are below the least that is allowed",
    "columns_disagree": "Two columns disagree",
    "date_ambiguous": "These dates can be two different days",
    "date_in_future": "These dates must be today or earlier",
    "date_is_serial": "These dates are a spreadsheet's day numbers",
    "date_not_in_calendar": "These dates are no days of the calendar",
    "date_unreadable": "These dates cannot be read",
    "decimal_comma": "These figures must have a decimal point",
    "digits_lost": "The spreadsheet dropped digits of these codes",
    "excel_error": "These cells hold a spreadsheet error",
    "figure_unusual": "These figures are unusual",
    "letter_o": "These codes have a letter O",
    "not_in_list": "These cells hold none of the values that are offered",
    "not_yes_or_no": "These cells are neither yes nor no",
    "number_ambiguous": "These figures can be read in two ways",
    "number_unreadable": "These cells must be numbers",
    "pattern_missed": "These codes do not have the form asked for",
    "required_empty": "These cells must be filled",
    "stands_twice": "These codes stand more than once",
    "taxon_disagrees": "Organism and taxon disagree",
    "type_unknown": "These types are not known",
    "unit_in_cell": "These figures carry another unit",
    "zone_spoils_sample": "These samples would spoil in this zone",
    "zone_unknown": "These are no storage zones",
    "zone_unusual": "These zones are unusual for the type",
}


ROWS_NAMED = 6
"""Rows of a cause that a page names; of the others it tells how many there are."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause and its cells. ``fix`` is set when all cells are offered the same text.

    ``rows`` are the first rows it stands in; ``count`` is how many there are.
    """

    code: str
    severity: Severity
    field: str
    title: str
    rows: tuple[int, ...]
    count: int
    fixable: int
    fix: str | None


def group_by_cause(findings: Iterable[Finding]) -> list[Cause]:
    """Return the causes of cells' problems: errors first, then by the first row they stand in.

    The findings come in the order of their rows and are not kept.
    """
    groups: dict[tuple[Severity, str, str], _Group] = {}
    for finding in findings:
        if finding.row is not None and finding.severity is not Severity.INFO:
            key = (finding.severity, finding.code, finding.field or "")
            groups.setdefault(key, _Group(finding)).take(finding, finding.row)
    causes = [group.cause(*key) for key, group in groups.items()]
    return gravest_first(causes)


def gravest_first(causes: Sequence[Cause]) -> list[Cause]:
    """Return causes by severity, then by their first row; of one row as they came."""
    return sorted(causes, key=lambda cause: (_ORDER[cause.severity], cause.rows[0]))


def worst(findings: Sequence[Finding]) -> Finding | None:
    """Return the gravest finding of a cell."""
    return min(findings, key=lambda finding: _ORDER[finding.severity], default=None)


def title_of(code: str, message: str, *, is_same: bool) -> str:
    """Return what a cause's cells have in common; ``is_same`` when all begin as this message."""
    said = _first_sentence(message)
    return said if is_same else _TITLES.get(code, said)


@dataclass(slots=True)
class _Group:
    """What the findings of one cause have in common, as they come."""

    first: Finding
    is_same: bool = True
    is_one_fix: bool = True
    fixable: int = 0
    rows: list[int] = field(default_factory=list)
    count: int = 0
    last_row: int | None = None

    def take(self, finding: Finding, row: int) -> None:
        self.is_same &= _first_sentence(finding.message) == _first_sentence(self.first.message)
        self.is_one_fix &= finding.fix == self.first.fix
        self.fixable += finding.fix is not None
        if row != self.last_row:
            self.last_row = row
            self.count += 1
            if len(self.rows) < ROWS_NAMED:
                self.rows.append(row)

    def cause(self, severity: Severity, code: str, where: str) -> Cause:
        return Cause(
            code=code,
            severity=severity,
            field=where,
            title=title_of(code, self.first.message, is_same=self.is_same),
            rows=tuple(self.rows),
            count=self.count,
            fixable=self.fixable,
            fix=self.first.fix if self.is_one_fix else None,
        )


def _first_sentence(message: str) -> str:
    return message.split(". ", 1)[0].rstrip(".")
