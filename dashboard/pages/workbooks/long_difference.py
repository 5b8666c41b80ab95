"""What differs between two very long sheets: asked for, followed while a worker compares, paged."""

from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component
from flask import current_app

from backend.core.blobs import DiskStore
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.work.ids import JobState
from backend.work.views import JobView
from backend.workbooks import comparing
from backend.workbooks.ids import Mark
from backend.workbooks.views import DifferencePage, DifferingRow
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.form_field import field_error
from dashboard.components.job_progress import job_progress
from dashboard.components.panel import panel
from dashboard.pages.workbooks import ids
from dashboard.pages.workbooks.address import Address
from dashboard.pages.workbooks.difference_panel import (
    Side,
    cell_text,
    choices,
    columns,
    counted,
    marking,
)
from dashboard.pages.workbooks.list_panels import scrolling

_TITLES = {
    Mark.CHANGED: "Changed cells",
    Mark.ADDED: "Added rows",
    Mark.REMOVED: "Removed rows",
}


def section(
    session: ReadSession,
    principal: Principal,
    sides: tuple[Side, Side],
    address: Address,
    others: Sequence[Side],
) -> html.Section:
    """Draw the comparison of two long sheets, as far as it has come."""
    old, new = sides
    return panel(
        "What changed",
        choices(old[1], new[1], address, others),
        html.Div(body(session, principal, old, new, address), id=ids.LONG),
        meta=f"From version {old[0].number} to version {new[0].number}",
        aside=html.A(
            "Close the comparison",
            href=replace(address, against=None, key="", page=None).href(),
            className="wb-a",
        ),
        class_name="wb-diff",
    )


def body(
    session: ReadSession, principal: Principal, old: Side, new: Side, address: Address
) -> list[Component]:
    """Draw the offer to compare, the worker at it, or what it has found."""
    job = comparing.find_comparison(
        session, principal, old=old[1].id, new=new[1].id, key=address.key or None
    )
    if job is None:
        return _offer(old, new)
    match job.state:
        case JobState.DONE:
            return _found(session, principal, job, address)
        case JobState.QUEUED | JobState.RUNNING:
            return followed(job.id)
        case _:
            return [html.Div(field_error(_why(job)), role="alert"), *_offer(old, new)]


def followed(job_id: object) -> list[Component]:
    """Draw how far a comparison is, with the place of what it finds."""
    return [
        html.P("A worker compares them. You may leave: the result is kept.", className="t2 wb-p"),
        job_progress(job_id),
        html.Div(id=ids.compared(str(job_id))),
    ]


def _why(job: JobView) -> str:
    return job.error or "The comparison was stopped before it had found anything."


def _offer(old: Side, new: Side) -> list[Component]:
    rows = fmt.plural(old[1].row_count + new[1].row_count, "row", "rows")
    return [
        html.P(
            f"The two sheets have {rows} together. A worker compares them, which may take a "
            "minute.",
            className="t2 wb-p",
        ),
        html.Div(button("Compare", id=ids.LONG_GO, kind="primary"), className="row-x"),
    ]


def _found(
    session: ReadSession, principal: Principal, job: JobView, address: Address
) -> list[Component]:
    files = DiskStore(current_app.config["FILES_DIR"])
    try:
        page = comparing.difference_page(
            session, principal, job.id, files=files, page=address.page or 1
        )
    except AppError as refusal:
        return [html.Div(field_error(refusal.message), role="alert")]
    said = page.summary
    drawn: list[Component] = [
        counted(
            said,
            cells=said.changed_cells,
            changed=said.changed_rows,
            added=said.added_rows,
            removed=said.removed_rows,
        ),
        *columns(said),
    ]
    for mark, title in _TITLES.items():
        rows = [row for row in page.rows if row.mark is mark]
        if rows:
            table = _changed(rows) if mark is Mark.CHANGED else _whole(rows, page)
            drawn.append(html.Div([html.H3(title), scrolling(table, title, "wb-rowsx")]))
    if not page.rows:
        drawn.append(html.P("Every row is the same in both.", className="t2"))
    return [*drawn, *_turning(page, address)]


def _changed(rows: Sequence[DifferingRow]) -> html.Table:
    heads = ("Line", "Mark", "Column", "Before", "After")
    body = [
        html.Tr(
            [
                html.Td(fmt.count(row.line), className="num"),
                html.Td(marking("Changed", "")),
                html.Th(cell.heading, scope="row", className="wb-th"),
                html.Td(cell_text(cell.before, html.Del), className="wb-value"),
                html.Td(["→ ", cell_text(cell.after, html.Ins)], className="wb-value"),
            ]
        )
        for row in rows
        for cell in row.changes
    ]
    return _table(heads, body)


def _whole(rows: Sequence[DifferingRow], page: DifferencePage) -> html.Table:
    mark = rows[0].mark
    headings = page.summary.old_headings if mark is Mark.REMOVED else page.summary.headings
    body = [
        html.Tr(
            [
                html.Td(fmt.count(row.line), className="num"),
                html.Td(marking(mark.value.capitalize(), "")),
                *(html.Td(cell, title=cell, className="wb-cell") for cell in row.cells),
            ]
        )
        for row in rows
    ]
    return _table(("Line", "Mark", *headings), body)


def _table(heads: Sequence[str], body: Sequence[html.Tr]) -> html.Table:
    head = html.Thead(html.Tr([html.Th(word, scope="col") for word in heads]))
    return html.Table([head, html.Tbody(body)], className="tbl flush plain")


def _turning(page: DifferencePage, address: Address) -> list[Component]:
    if page.pages == 1:
        return []
    links: list[Component] = []
    if page.page > 1:
        links.append(button("Before", href=replace(address, page=page.page - 1).href()))
    links.append(html.Span(f"Page {page.page} of {page.pages}", className="t2 num"))
    if page.page < page.pages:
        links.append(button("After", href=replace(address, page=page.page + 1).href()))
    return [html.Div(links, className="row-x wb-turn")]
