"""Lists that were filled into one of our templates: told by their stamp, read by its definition."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress, repeat

from backend.core.errors import InvalidInput
from backend.core.sessions import ReadSession
from backend.templates import definition_queries
from backend.templates.adapters.template_file import EXAMPLE_MARK, find_stamp
from backend.templates.definition import Definition, TemplateColumn
from backend.templates.definition_rules import Found, check_rows
from backend.templates.definition_views import VersionView
from backend.templates.ids import VersionState
from backend.templates.own_columns import OwnColumn, other_units
from backend.templates.reading.batch import Batch, Checked, RowState, add
from backend.templates.reading.column import Column
from backend.templates.reading.fields import BY_KEY
from backend.templates.reading.headings import (
    KEEP,
    NOTHING_SAID,
    USED,
    ColumnMatch,
    fold,
    match_columns,
)
from backend.templates.reading.values import Finding, RawTable, Severity
from backend.templates.service import naming
from backend.templates.views import TemplateUsed

CHOSEN = "template_chosen"
"""The finding of a list that carries no stamp and is read by a template all the same."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The version whose stamp a file carries, if any, and what is to be said about it."""

    version: VersionView | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def definition(self) -> Definition | None:
        """What the file's columns were asked for."""
        return self.version.definition if self.version else None

    @property
    def used(self) -> TemplateUsed | None:
        """Which version the file is read by, and whether it says so itself."""
        if self.version is None:
            return None
        return TemplateUsed(
            key=self.version.template_key,
            version=self.version.number,
            name=self.version.template_name,
            by_stamp=not any(finding.code == CHOSEN for finding in self.findings),
        )


def recognise(session: ReadSession | None, content: bytes) -> Recognised:
    """Return the version that a file was made of; nothing without a database to ask."""
    stamp = find_stamp(content) if session is not None else None
    if stamp is None or session is None:
        return Recognised()
    version = definition_queries.find_version(session, stamp.key, stamp.number)
    if version is None or version.schema_hash != stamp.schema_hash:
        said = (
            f"The workbook says that it was made of template {stamp.key}, version {stamp.number}, "
            "which this laboratory does not have. It is read as any other list."
        )
        return Recognised(findings=(_finding("template_unknown", Severity.WARNING, said),))
    return Recognised(version, (_about(session, version),))


def chosen(session: ReadSession, named: str) -> Recognised:
    """Return the version that a person chose for a list, as KEY or KEY@VERSION.

    Raises:
        InvalidInput, TemplateNotFound, TemplateNotInUse: as `naming.version_named`.
    """
    version = naming.version_named(session, named)
    said = f"Read by the template “{version.template_name}”, version {version.number}, as chosen."
    return Recognised(version, (_finding(CHOSEN, Severity.INFO, said),))


def read_by(session: ReadSession | None, content: bytes, named: str | None) -> Recognised:
    """Return the version that a file is read by: that of its stamp, else the one that is named.

    Raises:
        InvalidInput: a template is named, and there is no laboratory to ask for it.
        TemplateNotFound, TemplateNotInUse: as `chosen`.
    """
    known = recognise(session, content)
    if not named:
        return known
    if session is None:
        raise InvalidInput(
            f"No laboratory is running, so the template “{named}” cannot be looked up. "
            "Start the laboratory, or leave the template out."
        )
    asked = chosen(session, named)
    if known.version is None:
        return replace(asked, findings=(*known.findings, *asked.findings))
    if asked.version is None or asked.version.id == known.version.id:
        return known
    said = f"The list carries a stamp and is read by it; the template {named} was not used."
    return replace(
        known, findings=(*known.findings, _finding("template_overruled", Severity.INFO, said))
    )


def left_aside(known: Recognised) -> Recognised:
    """Return how a submission form is read: by itself, for a template describes lists.

    The one offered for the project's lists would refuse what a form may well say; a person can
    still choose it for the draft.
    """
    if known.version is None:
        return known
    said = (
        f"This is a form, so it was read by itself and not by the template "
        f"“{known.version.template_name}”. Choose the template above if it should hold."
    )
    return Recognised(findings=(_finding("template_not_for_form", Severity.INFO, said),))


def remembered(definition: Definition | None) -> dict[str, str]:
    """Return what the definition says of headings, as `match_columns` takes it."""
    if definition is None:
        return {}
    return {
        fold(column.title): column.field.value if column.field else KEEP
        for column in definition.columns
    }


def columns_of(definition: Definition | None) -> tuple[ColumnMatch, ...]:
    """Return the columns of rows that are typed or pasted by a template."""
    if definition is None:
        return ()
    titles = tuple(column.title for column in definition.columns)
    return match_columns(titles, remembered(definition))


def filled_in(
    table: RawTable, definition: Definition | None, said: Mapping[str, str] = NOTHING_SAID
) -> RawTable:
    """Return the rows without the template's example, empty cells holding their defaults.

    A column with a default that the list lacks, by what is ``said`` of its headings, is added.
    """
    if definition is None:
        return table
    table = _with_missing(table, definition, said)
    mark = EXAMPLE_MARK.strip()
    kept = [
        not any(text.startswith(mark) for text in row) for row in zip(*table.columns, strict=True)
    ]
    columns = []
    for heading, cells in zip(table.headings, table.columns, strict=True):
        column = definition.column(heading)
        empty = column.default if column else ""
        columns.append(Column(text or empty for text in compress(cells, kept)))
    return replace(
        table,
        columns=columns,
        numbers=list(compress(table.numbers, kept)),
        lines=list(compress(table.lines, kept)),
    )


def with_defaults(texts: Mapping[str, str], definition: Definition | None) -> dict[str, str]:
    """Return a typed row's texts by field or own title, those left empty as their defaults."""
    if not any(texts.values()):
        return dict(texts)
    return defaults_of(definition) | {name: text for name, text in texts.items() if text}


def defaults_of(definition: Definition | None) -> dict[str, str]:
    """Return what an empty cell takes, by the field it fills or its column's own title."""
    columns = definition.columns if definition else ()
    return {place_of(column): column.default for column in columns if column.default}


def titled(
    rows: Sequence[Mapping[str, str]], names: Sequence[OwnColumn]
) -> tuple[dict[str, str], ...]:
    """Return rows whose own columns go by the list's names of them, however they were spelled."""
    own = {fold(column.name): column.name for column in names}
    if not own:
        return tuple(map(dict, rows))
    return tuple(
        {name if name in BY_KEY else own.get(fold(name), name): text for name, text in row.items()}
        for row in rows
    )


def place_of(column: TemplateColumn) -> str:
    """Return where a row keeps a column's text: the field it fills, or its own title."""
    return column.field.value if column.field else column.title


def check_definition(batch: Batch, checked: Checked, definition: Definition | None) -> None:
    """Add what the definition finds wrong; a cell that is wrong already is not told off twice."""
    if definition is None:
        return
    cells = {column.heading: _cells_of(batch, column) for column in definition.columns}
    checked.column_findings += other_units(definition, batch.matches)
    count = len(batch.numbers)
    # A mark a row for each column that something is wrong in, however many rows it is wrong in.
    wrong: defaultdict[str, bytearray] = defaultdict(lambda: bytearray(count))
    for index, findings in checked.findings.rows():
        for finding in findings:
            if finding.severity is Severity.ERROR:
                wrong[finding.field or finding.header or ""][index] = True
    for found in check_rows(definition, cells, count):
        told = wrong[place_of(found.column)]
        if checked.states[found.index] is RowState.SKIPPED or told[found.index]:
            continue
        told[found.index] = True
        _add(batch, checked, found, cells)
        checked.states[found.index] = RowState.ERROR


def _with_missing(table: RawTable, definition: Definition, said: Mapping[str, str]) -> RawTable:
    if not table.numbers:
        return table
    matches = match_columns(table.headings, said)
    there = {fold(match.heading) for match in matches}
    fields = {match.field for match in matches if match.match in USED}
    missing = [
        column.title
        for column in definition.columns
        if column.default
        and fold(column.heading) not in there
        and (column.field is None or column.field not in fields)
    ]
    return replace(
        table,
        headings=(*table.headings, *missing),
        columns=[*table.columns, *(Column(repeat("", len(table.numbers))) for _ in missing)],
        lines=[[*row, *[None] * len(missing)] for row in table.lines],
    )


def _cells_of(batch: Batch, column: TemplateColumn) -> Sequence[str]:
    if column.field is not None:
        return batch.texts.get(column.field, ())
    wanted = fold(column.title)
    return next((cells for name, cells in batch.extras.items() if fold(name) == wanted), ())


def _add(batch: Batch, checked: Checked, found: Found, cells: Mapping[str, Sequence[str]]) -> None:
    column, texts = found.column, cells[found.column.heading]
    text = texts[found.index] if texts else None
    if column.field is not None:
        add(checked, batch, found.index, column.field, found.problem, text)
        return
    folded = fold(column.title)
    match = next((m for m in batch.matches if fold(m.heading) == folded), None)
    name = match.heading if match else column.title
    finding = Finding(
        code=found.problem.code,
        severity=found.problem.severity,
        message=found.problem.message,
        row=batch.numbers[found.index],
        column=match.column if match else None,
        header=name,
        field=name,
        value_seen=text,
        suggestion=found.problem.suggestion,
        fix=found.problem.fix,
    )
    checked.findings.add(found.index, finding)


def _about(session: ReadSession, version: VersionView) -> Finding:
    said = f"Made of the template “{version.template_name}”, version {version.number}."
    newest = definition_queries.newest_published(session, version.template_key)
    if newest is not None and newest.number > version.number:
        said += f" Version {newest.number} is in use now{_what_changed(version, newest)}."
        return _finding("template_older", Severity.INFO, said)
    if version.state is VersionState.DEPRECATED:
        return _finding(
            "template_deprecated", Severity.WARNING, f"{said} It is not in use any more."
        )
    return _finding("template_known", Severity.INFO, said)


def _what_changed(old: VersionView, new: VersionView) -> str:
    before = {fold(column.heading): column.title for column in old.definition.columns}
    after = {fold(column.heading): column.title for column in new.definition.columns}
    added = [after[heading] for heading in after if heading not in before]
    gone = [before[heading] for heading in before if heading not in after]
    parts = [
        f"{word} {', '.join(names)}"
        for word, names in (("with", added), ("without", gone))
        if names
    ]
    return f", {' and '.join(parts)}" if parts else ""


def _finding(code: str, severity: Severity, message: str) -> Finding:
    return Finding(code=code, severity=severity, message=message)
