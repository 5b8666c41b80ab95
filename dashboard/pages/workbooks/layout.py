"""Workbooks: the list with the search through all of them, and one with its versions and sheets."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from dash import dcc, html
from dash.development.base_component import Component

from backend.core.errors import AppError
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.templates import queries as templates_queries
from backend.workbooks import comparing, queries
from backend.workbooks import listed as workbooks_listed
from backend.workbooks.ids import ReadState, VersionId
from backend.workbooks.views import RowView, SheetView, VersionView, WorkbookView
from dashboard.components.button import button
from dashboard.components.page import Crumb, Page, page
from dashboard.laboratory import lab_zone
from dashboard.pages.documents.layout import tabs
from dashboard.pages.workbooks import (
    columns_panel,
    difference_panel,
    forms,
    ids,
    list_panels,
    long_difference,
    panels,
)
from dashboard.pages.workbooks.address import PATH, Address, address_of
from dashboard.pages.workbooks.difference_panel import Compared, Side
from dashboard.session import current_principal

_DOCUMENTS = Crumb("Documents", "/documents")


@dataclass(frozen=True, slots=True)
class Shown:
    """What an address leads to: a version, and the sheet of it if it has any."""

    view: WorkbookView
    version: VersionView
    sheet: SheetView | None
    address: Address


def layout(*, find: str = "", older: str = "", named: str = "", after: str = "") -> Page:
    """Draw the list; with ``find`` what the cells of all workbooks hold of it stands above."""
    principal, text = current_principal(), find.strip()
    may_add = principal.may(Permission.SAMPLES_REGISTER)
    with reading() as session:
        projects = templates_queries.list_projects(session, principal) if may_add else []
        drawn = listed(session, principal, named=named, after=after)
        found = [_found(session, principal, text, older=bool(older))] if text else []
    add = button("Add a workbook", kind="primary", icon="upload", opens=ids.NEW_DIALOG)
    return page(
        title="Workbooks",
        breadcrumb=[_DOCUMENTS],
        tabs=tabs(PATH),
        actions=[add] if may_add else [],
        class_name="workbooks",
        children=[
            list_panels.search_bar(text, older=bool(older)),
            *found,
            list_panels.name_bar(named),
            html.Div(drawn, id=ids.LIST),
            *([forms.new_dialog(projects)] if may_add else []),
        ],
    )


def listed(session: ReadSession, principal: Principal, *, named: str, after: str) -> Component:
    """Draw a page of the list as it stands now.

    Raises:
        InvalidInput: the page's cursor is mistyped.
    """
    named = named.strip()
    return list_panels.listed(
        workbooks_listed.list_workbooks(session, principal, named=named, cursor=after or None),
        named=named,
        after=after,
        may_add=principal.may(Permission.SAMPLES_REGISTER),
        zone=lab_zone(),
    )


def workbook_layout(*, workbook_id: str, **query: str) -> Page:
    """Draw a workbook as its address says.

    Raises:
        WorkbookNotFound: no such workbook, or not one of the person's projects.
    """
    principal, address = current_principal(), address_of(workbook_id, query)
    may_add = principal.may(Permission.SAMPLES_REGISTER)
    with reading() as session:
        shown = shown_at(session, principal, address)
        left, right = rail(shown), main(session, principal, shown)
    name = shown.view.name
    acts = [
        button("Rename", opens=ids.NAME_DIALOG),
        button("Add a version", kind="primary", icon="upload", opens=ids.VERSION_DIALOG),
    ]
    return page(
        title=name,
        breadcrumb=[_DOCUMENTS, Crumb("Workbooks", PATH)],
        actions=acts if may_add else [],
        class_name="workbook",
        children=[
            dcc.Store(id=ids.WHICH, data=str(shown.view.id)),
            dcc.Store(id=ids.SHOWN, data=facts_of(shown)),
            dcc.Store(id=ids.CLOSE),
            dcc.Store(id=ids.CLOSE_SINK),
            html.Div(
                [
                    html.Div(left, id=ids.RAIL, className="wb-rail"),
                    html.Div(right, id=ids.MAIN, className="wb-main"),
                ],
                className="wb",
            ),
            *([forms.version_dialog(name), forms.name_dialog(name)] if may_add else []),
        ],
    )


def shown_at(
    session: ReadSession,
    principal: Principal,
    address: Address,
    *,
    version_id: VersionId | None = None,
) -> Shown:
    """Return what an address leads to; a version or sheet that is not there gives the newest.

    ``version_id`` keeps to the version that is open already, whatever has been added since.

    Raises:
        WorkbookNotFound: no such workbook, or not one of the principal's projects.
    """
    view = queries.workbook(session, principal, address.workbook_id)
    version = next(
        (
            each
            for each in view.versions
            if each.id == version_id
            or any(sheet.id == address.sheet for sheet in each.sheets)
            or (address.sheet is None and each.number == address.version)
        ),
        view.versions[0],
    )
    wanted = [sheet for sheet in version.sheets if sheet.id == address.sheet]
    sheet = next(iter([*wanted, *version.sheets]), None)
    return Shown(view, version, sheet, address)


def facts_of(shown: Shown) -> dict[str, str]:
    """Return what decides whether the version that is shown must be drawn anew."""
    return {"version": str(shown.version.id), "state": shown.version.state.value}


def rail(shown: Shown) -> list[Component]:
    """Draw the versions."""
    return panels.rail(
        shown.view.versions, shown.version, shown.sheet, shown.address, zone=lab_zone()
    )


def main(session: ReadSession, principal: Principal, shown: Shown) -> list[Component]:
    """Draw the version that is shown."""
    version, sheet = shown.version, shown.sheet
    head = panels.facts(version)
    match version.state:
        case ReadState.WAITING:
            return [head, panels.being_read(version)]
        case ReadState.REFUSED:
            may_add = principal.may(Permission.SAMPLES_REGISTER)
            return [head, panels.refused(version, may_add=may_add)]
        case ReadState.READ:
            if sheet is None:
                return [head, panels.without_sheets(version)]
            return [head, *_sheet(session, principal, shown, sheet)]


def _found(session: ReadSession, principal: Principal, text: str, *, older: bool) -> Component:
    found = queries.search_rows(session, principal, text, all_versions=older)
    return list_panels.found(text, found, older=older)


def _sheet(
    session: ReadSession, principal: Principal, shown: Shown, sheet: SheetView
) -> list[Component]:
    address = shown.address
    may_send = principal.may(Permission.SAMPLES_REGISTER)
    first = queries.sheet_rows(session, principal, sheet.id, limit=1, containing=address.find)
    place = None
    if address.row is not None and not address.find:
        place = _place(session, principal, sheet, address.row, among=first.matching)
    rows = panels.rows(
        sheet,
        address,
        matching=first.matching,
        place=place,
        may_send=may_send,
    )
    parts = [
        panels.sheet_tabs(shown.version, sheet, address),
        dcc.Store(id=ids.SHEET, data=str(sheet.id)),
        *_difference(session, principal, shown, sheet),
    ]
    # Who comes for one line finds it first.
    parts += (
        [rows, columns_panel.columns(sheet)]
        if address.row or address.find
        else [columns_panel.columns(sheet), rows]
    )
    if may_send:
        projects = templates_queries.list_projects(session, principal)
        parts.append(forms.send_dialog(sheet, projects, shown.view.project_code))
    return parts


def _place(
    session: ReadSession, principal: Principal, sheet: SheetView, row: int, *, among: int
) -> int | None:
    """Return where the sought line stands among all rows, from 0; None if there is no such line.

    Empty lines of the file are no rows, so the place is searched for by halves.
    """

    def number_at(place: int) -> int:
        return queries.sheet_rows(session, principal, sheet.id, start=place, limit=1).rows[0].number

    place = bisect_left(range(among), row, key=number_at)
    return place if place < among and number_at(place) == row else None


def _difference(
    session: ReadSession, principal: Principal, shown: Shown, sheet: SheetView
) -> Sequence[Component]:
    """Draw the comparison that the address asks for, from the older version to the newer one."""
    address, sides = shown.address, sides_of(shown, sheet)
    if sides is None:
        return []
    old, new = sides
    others = others_of(shown)
    if comparing.is_long(old[1].row_count, new[1].row_count):
        return [long_difference.section(session, principal, sides, address, others)]
    told = _compared(session, principal, old[1], new[1], address.key)
    return [difference_panel.difference(old, new, told, address, others)]


def others_of(shown: Shown) -> list[Side]:
    """Return the sheets of the other versions."""
    return [
        (version, each)
        for version in shown.view.versions
        if version.id != shown.version.id
        for each in version.sheets
    ]


def sides_of(shown: Shown, sheet: SheetView) -> tuple[Side, Side] | None:
    """Return the older and the newer sheet of the comparison that is asked for, if one is."""
    against = shown.address.against
    other = next((side for side in others_of(shown) if side[1].id == against), None)
    if other is None:
        return None
    old, new = sorted([(shown.version, sheet), other], key=lambda side: side[0].number)
    return old, new


def _rows_at(
    session: ReadSession, principal: Principal, sheet: SheetView, places: Sequence[int]
) -> dict[int, RowView]:
    """Return the rows at least at these places, by place: a comparison knows no lines of the file.

    They are read in one stretch, which is at most what comparing has read.
    """
    found: dict[int, RowView] = {}
    start, last = min(places, default=0), max(places, default=-1)
    while start <= last:
        page = queries.sheet_rows(session, principal, sheet.id, start=start, limit=last - start + 1)
        if not page.rows:
            break
        found |= dict(enumerate(page.rows, start=start))
        start += len(page.rows)
    return found


def _compared(
    session: ReadSession, principal: Principal, old: SheetView, new: SheetView, key: str
) -> Compared | str:
    """Return what differs, or the sentence that says why it cannot be told."""
    try:
        found = queries.difference(session, principal, old=old.id, new=new.id, key=key or None)
    except AppError as refusal:
        return refusal.message
    befores, afters = difference_panel.drawn_places(found)
    return Compared(
        found,
        _rows_at(session, principal, old, befores),
        _rows_at(session, principal, new, afters),
    )
