"""Libraries at the bench: worksheets, lots of reagents and protocols, and one worksheet."""

from uuid import UUID

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import ReadSession
from backend.core.transaction import reading
from backend.sequencing.preparation import queries, worksheet_queries
from backend.sequencing.preparation.errors import ProtocolNotFound
from backend.sequencing.preparation.ids import GateState, ProtocolId, WorksheetState
from backend.sequencing.preparation.views import WorksheetRow, WorksheetView
from backend.sequencing.reference import queries as reference_queries
from dashboard import format as fmt
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.status import status
from dashboard.laboratory import lab_zone
from dashboard.pages.libraries import (
    bench_forms,
    ids,
    lots_page,
    plate,
    protocols_page,
    readings_panel,
    words,
)
from dashboard.pages.libraries.tables import table
from dashboard.pages.sequencing.tabs import tabs
from dashboard.session import current_principal

_UP = Crumb("Libraries", words.PATH)


def layout(show: str = "", protocol: str = "", samples: str = "") -> Page:
    """Draw the worksheets, or with ``show`` lots, protocols or the form of a new worksheet.

    ``samples`` are barcodes, comma between, that the form begins with.
    """
    match show:
        case "lots":
            return page(
                title="Reagent lots", breadcrumb=[_UP], class_name="libs", children=lots_page.draw()
            )
        case "protocols":
            return _protocols_page(protocol)
        case "new":
            return _new_page(samples)
        case _:
            return _list_page()


def worksheet_layout(*, code: str) -> Page:
    """Draw one worksheet. Raises WorksheetNotFound."""
    principal = current_principal()
    with reading() as session:
        sheet = worksheet_queries.get_worksheet(session, principal, code)
        lots = queries.list_lots(session, principal)
        platforms = reference_queries.platforms(session)
    may = principal.may(Permission.SEQUENCING_PREPARE)
    return page(
        title=sheet.code,
        breadcrumb=[Crumb("Sequencing", "/sequencing"), _UP],
        class_name="libs",
        actions=_steps(sheet, may=may),
        children=[
            dcc.Store(id=ids.WHICH, data=sheet.code),
            error_summary({}, id=ids.PROBLEMS),
            html.Div(plate.body(sheet), id=ids.BODY),
            html.Div(
                bench_forms.gate(),
                id=ids.GATE,
                hidden=not (may and sheet.gate is GateState.FAILED),
            ),
            html.Div(
                readings_panel.draw(),
                id=ids.READINGS,
                hidden=not (may and takes_readings(sheet.state)),
            ),
            html.Div(
                bench_forms.draft(sheet, lots, platforms),
                id=ids.DRAFT,
                hidden=not (may and sheet.state is WorksheetState.DRAFT),
            ),
            _cancel_dialog(sheet),
        ],
    )


def takes_readings(state: WorksheetState) -> bool:
    """Say whether an instrument's file can be kept in this state."""
    return state in {WorksheetState.DRAFT, WorksheetState.DONE}


def worksheets_table(session: ReadSession) -> Component:
    """Draw the worksheets as they are now."""
    rows = worksheet_queries.list_worksheets(session, current_principal())
    if not rows:
        why = "A worksheet takes samples through a protocol to libraries."
        return empty_state("There is no worksheet yet", why, icon="clipboard-check")
    heads = ("Worksheet", "State", "Protocol", "#Samples", "#Controls", "Controls say", "Made")
    return table("Worksheets", heads, [_row(each) for each in rows])


def _list_page() -> Page:
    with reading() as session:
        drawn = worksheets_table(session)
    actions = []
    if current_principal().may(Permission.SEQUENCING_PREPARE):
        label, at = "Plan worksheet", f"{words.PATH}?show=new"
        actions.append(button(label, href=at, kind="primary", icon="plus-lg"))
    return page(
        title="Libraries",
        breadcrumb=[Crumb("Sequencing", "/sequencing")],
        tabs=tabs(words.PATH),
        class_name="libs",
        actions=actions,
        # Beside the title of the panel: three buttons leave a phone no room for the page's own.
        children=[panel("Worksheets", html.Div(drawn, id=ids.LIST), aside=_elsewhere())],
    )


def _elsewhere() -> html.Span:
    return html.Span(
        [
            html.A("Reagent lots", href=f"{words.PATH}?show=lots"),
            html.A("Protocols", href=f"{words.PATH}?show=protocols"),
        ],
        className="row-x g12",
    )


def _row(each: WorksheetRow) -> list[Component | str | None]:
    is_done = each.state is WorksheetState.DONE
    return [
        html.A(each.code, href=words.href_of(each.code), className="mono"),
        status(words.STATES[each.state]),
        each.protocol,
        fmt.count(each.samples),
        fmt.count(each.controls),
        status(words.GATES[each.gate]) if is_done else None,
        f"{each.made_by_name}, {fmt.moment(each.made_at, lab_zone())}",
    ]


def _new_page(samples: str) -> Page:
    _require(Permission.SEQUENCING_PREPARE)
    principal = current_principal()
    with reading() as session:
        protocols = queries.protocols_in_force(session, principal)
        lots = queries.list_lots(session, principal)
    return page(
        title="Plan worksheet",
        breadcrumb=[_UP],
        class_name="libs",
        children=[bench_forms.new(protocols, lots, samples=samples.split(","))],
    )


def _protocols_page(key: str) -> Page:
    principal = current_principal()
    with reading() as session:
        found = queries.list_protocols(session, principal)
        opened = None
        if key not in {"", "new"}:
            opened = queries.get_protocol(session, principal, ProtocolId(_uuid(key)))
        kits = reference_queries.index_kits(session)
        assays = reference_queries.assays(session)
    children = (
        [protocols_page.form(opened, kits, assays)]
        if key
        else [panel("Protocols", protocols_page.list_of(found))]
    )
    actions = []
    if not key and principal.may(Permission.SEQUENCING_PREPARE):
        at = f"{words.PATH}?show=protocols&protocol=new"
        actions.append(button("Write a protocol", href=at, kind="primary", icon="plus-lg"))
    title = "Protocols" if not key else (opened.label if opened else "New protocol")
    return page(
        title=title, breadcrumb=[_UP], class_name="libs", actions=actions, children=children
    )


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        raise ProtocolNotFound from None


def _steps(sheet: WorksheetView, *, may: bool) -> list[Component]:
    state = sheet.state
    is_open = state in {WorksheetState.DRAFT, WorksheetState.STARTED}
    return [
        html.Span(
            button("Give up", opens=ids.CANCEL_DIALOG, kind="ghost"),
            id=ids.CANCEL_OPEN,
            hidden=not (may and is_open),
        ),
        button(
            "Start at the bench",
            id=ids.START,
            kind="primary",
            hidden=not (may and state is WorksheetState.DRAFT),
        ),
        button(
            "Finish, register libraries",
            id=ids.FINISH,
            kind="primary",
            hidden=not (may and state is WorksheetState.STARTED),
        ),
    ]


def _cancel_dialog(sheet: WorksheetView) -> html.Dialog:
    return dialog(
        ids.CANCEL_DIALOG,
        f"Give up {sheet.code}?",
        html.P("Its wells stay on record. Reactions that were taken stay taken.", className="t2"),
        form_field("Reason", dbc.Input(id=ids.CANCEL_REASON, value="", maxlength=500)),
        html.Div(
            [
                button("Keep it", autoFocus=True, **data(close="")),
                button("Give it up", id=ids.CANCEL, kind="danger-o", **data(close="")),
            ],
            className="row-x",
        ),
    )


def _require(permission: Permission) -> None:
    """Refuse before a form is filled in that could not be sent."""
    if not current_principal().may(permission):
        raise PermissionDenied(
            f"Your role does not include “{permission.value}”. Ask an administrator for it."
        )
