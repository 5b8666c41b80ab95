"""A draft as a page shows it: counted and grouped where its rows stand, and a page of them.

What is read into memory is the page, however long the list is. The primary key leads to a draft's
rows in their order; an index by state would have to be written anew for every row registered.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Row,
    Select,
    Text,
    any_,
    cast,
    column,
    distinct,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.sql.selectable import LateralFromClause

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.templates import queries
from backend.templates.ids import ImportId
from backend.templates.models import ImportRow
from backend.templates.plain import finding_in
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import BY_KEY
from backend.templates.reading.headings import USED, ColumnMatch, Match
from backend.templates.reading.values import Finding, Severity
from backend.templates.rules import ROWS_NAMED, Cause, gravest_first, title_of
from backend.templates.views import CellEdit, DraftView, DraftWindow, FormDraft, Marked, RowView

_OPEN = frozenset(RowState) - {RowState.REGISTERED}
_ROW = ImportRow.__table__.c


@dataclass(frozen=True, slots=True)
class _Tally:
    counts: Mapping[RowState, int]
    next_scan: int | None


def get_draft(session: ReadSession, principal: Principal, import_id: ImportId) -> DraftView:
    """Return a draft without its rows.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    head = queries.get_head(session, principal, import_id)
    tally = _tally(session, import_id)
    return DraftView(
        **queries.parts_of(head),
        counts=tally.counts,
        causes=_causes(session, import_id),
        filled=_filled(session, import_id, head.columns),
        headings=_headings(session, import_id),
        next_scan=tally.next_scan,
    )


def next_scan_row(session: ReadSession, principal: Principal, import_id: ImportId) -> int | None:
    """Return the row whose empty barcode the next scan fills; None when a row is to be added.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    queries.get_head(session, principal, import_id)
    return _tally(session, import_id).next_scan


def get_window(
    session: ReadSession,
    draft: DraftView,
    *,
    size: int,
    state: str = "",
    page: int = 0,
    row: int | None = None,
    fields: Sequence[str] = (),
) -> DraftWindow:
    """Return the open rows of a draft that was just read: all of a short one, a page of a long one.

    ``row`` asks for the page that holds it. ``fields`` are the grid's columns in their order, by
    which the marked cells nearest to the page are found.
    """
    total = draft.count(*_OPEN)
    if total <= size:
        return DraftWindow(rows=_page(session, draft, _OPEN, 0, size), size=size, of=total)
    states = {each for each in _OPEN if not state or each.value == state}
    of = draft.count(*states)
    if row is not None:
        page = _place(session, draft, states, row) // size
    page = min(max(page, 0), max(of - 1, 0) // size)
    rows = _page(session, draft, states, page, size) if of else []
    return DraftWindow(
        rows=rows,
        size=size,
        state=state,
        page=page,
        of=of,
        is_paged=True,
        before=_marked(session, draft, states, fields, before=rows[0].number) if rows else None,
        after=_marked(session, draft, states, fields, after=rows[-1].number) if rows else None,
    )


def get_form_draft(
    session: ReadSession, principal: Principal, import_id: ImportId, *, newest: int
) -> FormDraft:
    """Return how many rows a draft has, and the newest of them, the last one first.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    records = queries.row_count(session, principal, import_id)
    last = queries.select_rows().where(_ROW.import_id == import_id)
    rows = queries.row_views(session, last.order_by(_ROW.number.desc()).limit(newest))
    return FormDraft(id=import_id, records=records, newest=rows)


def list_fixes(
    session: ReadSession, principal: Principal, import_id: ImportId, *, code: str, field: str
) -> list[CellEdit]:
    """Return each cell's own fix wherever a field has the same problem, in the order of the rows.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    queries.get_head(session, principal, import_id)
    same = [{"code": code, "field": field}]
    query = select(_ROW.number, _ROW.findings).where(
        _ROW.import_id == import_id, _ROW.findings.contains(same)
    )
    return [
        CellEdit(number=number, field=field, text=finding["fix"])
        for number, findings in session.execute(query.order_by(_ROW.number))
        for finding in findings
        if finding.get("fix") is not None
        and (finding["code"], finding.get("field")) == (code, field)
    ]


def _tally(session: ReadSession, import_id: ImportId) -> _Tally:
    barcode = func.coalesce(_ROW.cells["barcode"].astext, "")
    query = select(
        _ROW.state,
        func.count(),
        func.bool_or(barcode != ""),
        func.min(_ROW.number).filter(barcode == ""),
    )
    found = session.execute(query.where(_ROW.import_id == import_id).group_by(_ROW.state)).all()
    still_open = [row for row in found if row[0] in _OPEN]
    empty = [row[3] for row in still_open if row[3] is not None]
    is_scanned = any(row[2] for row in still_open)
    return _Tally(
        {RowState(state): count for state, count, *_ in found},
        min(empty, default=None) if is_scanned else None,
    )


def _causes(session: ReadSession, import_id: ImportId) -> list[Cause]:
    """Return what `group_by_cause` finds in all rows, with the first rows of each cause."""
    grouped = _select_causes(import_id).subquery("grouped")
    # With its first row, in the same statement: another person may be at work in the draft.
    query = select(grouped, _ROW.findings).join(
        ImportRow.__table__,
        (_ROW.import_id == import_id) & (_ROW.number == grouped.c.rows[1]),
    )
    made: list[tuple[int, int, Cause]] = []
    for group in session.execute(query):
        place, first = _first_of(group)
        cause = Cause(
            code=group.code,
            severity=Severity(group.severity),
            field=group.field,
            title=title_of(group.code, first.message, is_same=group.is_same),
            rows=tuple(group.rows),
            count=group.row_count,
            fixable=group.fixable,
            fix=group.fix if group.is_one_fix else None,
        )
        made.append((group.rows[0], place, cause))
    made.sort(key=lambda each: each[:2])
    return gravest_first([cause for *_, cause in made])


def _select_causes(import_id: ImportId) -> Select[*tuple[Any, ...]]:
    texts = [column(name, Text) for name in ("severity", "code", "field", "message", "fix")]
    found = (
        func.jsonb_to_recordset(_ROW.findings)
        .table_valued(*texts, column("row", Integer))
        .render_derived(with_types=True)
        .lateral("found")
    )
    key = (found.c.severity, found.c.code, func.coalesce(found.c.field, "").label("field"))
    rows = func.array_agg(distinct(_ROW.number), type_=ARRAY(Integer))
    said = func.rtrim(func.split_part(found.c.message, ". ", 1), ".").collate("C")
    fix = found.c.fix.collate("C")
    is_one_fix = (func.count(fix) == func.count()) & (func.min(fix) == func.max(fix))
    return (
        select(
            *key,
            rows[1:ROWS_NAMED].label("rows"),
            func.count(distinct(_ROW.number)).label("row_count"),
            func.count(fix).label("fixable"),
            is_one_fix.label("is_one_fix"),
            func.min(fix).label("fix"),
            (func.min(said) == func.max(said)).label("is_same"),
        )
        .select_from(ImportRow.__table__.join(found, true()))
        .where(_ROW.import_id == import_id, _has_findings())
        .where(found.c.severity != Severity.INFO.value, found.c.row.is_not(None))
        .group_by(*key)
    )


def _first_of(group: Row[*tuple[Any, ...]]) -> tuple[int, Finding]:
    """Return a cause's first finding, and its place among those of its row."""
    cause = (group.severity, group.code, group.field)
    return next(
        (place, finding)
        for place, finding in enumerate(map(finding_in, group.findings))
        if finding.row is not None
        and (finding.severity.value, finding.code, finding.field or "") == cause
    )


def _filled(
    session: ReadSession, import_id: ImportId, columns: Sequence[ColumnMatch]
) -> frozenset[str]:
    led_to = {m.field.value for m in columns if m.field and m.match in USED - {Match.REPEATED}}
    others = array([name for name in BY_KEY if name not in led_to], type_=Text)
    names = _names_in(_ROW.cells)
    query = (
        select(names.c.name)
        .distinct()
        .select_from(ImportRow.__table__.join(names, true()))
        .where(_ROW.import_id == import_id, _ROW.cells.has_any(others))
        .where(names.c.name == any_(others))
    )
    return frozenset(session.scalars(query))


def _headings(session: ReadSession, import_id: ImportId) -> list[str]:
    names = _names_in(_ROW.extras)
    heading = names.c.name
    query = (
        select(heading)
        .select_from(ImportRow.__table__.join(names, true()))
        .where(_ROW.import_id == import_id)
        .group_by(heading)
        # Within a row PostgreSQL keeps an object's names by length, then by their bytes.
        .order_by(func.min(_ROW.number), func.octet_length(heading), heading.collate("C"))
    )
    return list(session.scalars(query))


def _names_in(texts: ColumnElement[Any]) -> LateralFromClause:
    names = func.jsonb_object_keys(texts).table_valued(column("name", Text))
    return names.render_derived().lateral("names")


def _page(
    session: ReadSession, draft: DraftView, states: Collection[RowState], page: int, size: int
) -> list[RowView]:
    query = queries.select_rows().where(*_of(draft, states)).order_by(_ROW.number)
    return queries.row_views(session, query.offset(page * size).limit(size))


def _place(
    session: ReadSession, draft: DraftView, states: Collection[RowState], number: int
) -> int:
    """Return how many rows of the states stand before a row."""
    before = select(func.count()).where(*_of(draft, states), _ROW.number < number)
    return session.scalar(before) or 0


def _marked(
    session: ReadSession,
    draft: DraftView,
    states: Collection[RowState],
    fields: Sequence[str],
    *,
    before: int | None = None,
    after: int | None = None,
) -> Marked | None:
    """Return the marked cell that is nearest to a row, before or after it."""
    found = func.jsonb_array_elements(_ROW.findings).table_valued(column("value", JSONB))
    named = cast(array([name for name in fields if name], type_=Text), ARRAY(Text))
    is_marked = exists(
        select(true())
        .select_from(found)
        .where(found.c.value["severity"].astext != Severity.INFO.value)
        .where(found.c.value["field"].astext == any_(named))
    )
    query = select(_ROW.number, _ROW.findings).where(
        *_of(draft, states), _has_findings(), is_marked
    )
    if before is not None:
        query = query.where(_ROW.number < before).order_by(_ROW.number.desc())
    else:
        query = query.where(_ROW.number > after).order_by(_ROW.number)
    nearest = session.execute(query.limit(1)).one_or_none()
    if nearest is None:
        return None
    marked = {f.get("field") for f in nearest.findings if f["severity"] != Severity.INFO}
    order = [name for name in fields if name in marked]
    return Marked(nearest.number, order[-1] if before is not None else order[0])


def _of(draft: DraftView, states: Collection[RowState]) -> tuple[ColumnElement[bool], ...]:
    return _ROW.import_id == draft.id, _ROW.state.in_(states)


def _has_findings() -> ColumnElement[bool]:
    """Tell rows that anything is said of, before it is looked at one by one."""
    return func.jsonb_array_length(_ROW.findings) > 0
