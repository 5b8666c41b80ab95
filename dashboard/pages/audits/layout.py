"""Physical audits: starting one, the latest, and the page of one."""

from uuid import UUID

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.storage import inventory_queries, queries
from backend.storage.errors import InventoryNotFound
from backend.storage.ids import (
    InventoryAuditId,
    InventoryCheckId,
    InventoryPurpose,
    InventoryState,
    UnitStatus,
)
from backend.storage.inventory_views import InventorySummary
from backend.storage.scanning.reading import LARGEST_SCAN_BYTES
from backend.storage.views import UnitOccupancy
from dashboard import format as fmt
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import confirm, dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.components.scan_target import scan_target
from dashboard.laboratory import lab_zone
from dashboard.pages.audits import drawing, ids
from dashboard.pages.audits.words import PURPOSES, accuracy_words, share_words
from dashboard.pages.custody import parcel_parts
from dashboard.pages.custody.acting import answers
from dashboard.session import current_principal

PATH = "/storage/audits"
_UP = Crumb("Storage", "/storage")
At = dict[str, str]


def layout() -> Page:
    """Draw the form, for who may start an audit, and the latest audits."""
    principal = current_principal()
    with reading() as session:
        found = inventory_queries.list_audits(session, principal)
        units = queries.occupancy_by_unit(session, principal)
    may_start = principal.may(Permission.STORAGE_PLAN)
    return page(
        title="Audits",
        breadcrumb=[_UP],
        class_name="audits",
        children=[
            *([panel("Start an audit", *_form(units))] if may_start else []),
            panel("Latest audits", _list(found)),
        ],
    )


def audit_layout(*, audit_id: str, **_: str) -> Page:
    """Draw one audit: how far it is, the box at hand, what was found.

    Raises:
        InventoryNotFound: no such audit.
    """
    key = audit_id_of(audit_id)
    principal = current_principal()
    with reading() as session:
        view = inventory_queries.get_audit(session, principal, key)
    drawn = draw(audit_id, None)
    return page(
        title=view.title,
        breadcrumb=[_UP, Crumb("Audits", PATH)],
        class_name="audits",
        children=[
            scan_target(),
            dcc.Store(id=ids.WHICH, data=audit_id),
            dcc.Store(id=ids.AT),
            *(dcc.Store(id=each) for each in ids.STORES),
            html.Div(drawn.progress, id=ids.BODY),
            _bench(drawn),
            html.Div(drawn.found, id=ids.FOUND),
            _absent(),
            _closing(),
        ],
    )


def draw(audit_id: str, at: At | None) -> drawing.Drawn:
    """Return an audit as it is now, with the box that is at hand. Raises InventoryNotFound."""
    principal, key = current_principal(), audit_id_of(audit_id)
    check_id = InventoryCheckId(UUID(at["check"])) if at else None
    with reading() as session:
        view = inventory_queries.get_audit(session, principal, key)
        is_open = view.state is InventoryState.OPEN
        hand = inventory_queries.at_hand(session, principal, key, check_id) if is_open else None
        wrong = inventory_queries.checks(
            session, principal, key, with_errors=True, limit=drawing.MOST_SHOWN
        )
        every = inventory_queries.checks(session, principal, key, limit=drawing.MOST_SHOWN)
    may_close = is_open and principal.may(Permission.STORAGE_PLAN)
    return drawing.Drawn(
        progress=drawing.progress(view, lab_zone(), may_close=may_close),
        hand=drawing.hand(view, hand, at["position"] if at else ""),
        has_hand=hand is not None,
        found=drawing.found(view, wrong, every, lab_zone()),
    )


def audit_id_of(audit_id: str) -> InventoryAuditId:
    """Return the key in an address. Raises InventoryNotFound: no key, so no audit has it."""
    try:
        return InventoryAuditId(UUID(audit_id))
    except ValueError as error:
        raise InventoryNotFound("There is no such audit. Choose one in the list.") from error


def _form(units: list[UnitOccupancy]) -> list[Component]:
    filled = [unit for unit in units if unit.used and unit.status is not UnitStatus.RETIRED]
    choices = [
        {"value": str(unit.unit_id), "label": f"{unit.label}, {fmt.count(unit.used)} tubes"}
        for unit in filled
    ]
    purposes = [{"value": each.value, "label": name} for each, name in PURPOSES.items()]
    number = {"type": "number", "autocomplete": "off", "inputmode": "numeric"}
    return [
        error_summary({}, id=ids.PROBLEMS),
        html.Div(
            [
                form_field(
                    "Title",
                    dbc.Input(id=ids.TITLE, value="", maxlength=120, autocomplete="off"),
                    help_text="As it is called in your quality system.",
                ),
                form_field(
                    "Purpose",
                    dbc.Select(
                        id=ids.PURPOSE, options=purposes, value=InventoryPurpose.PERIODIC.value
                    ),
                ),
                form_field(
                    "Share of boxes",
                    dbc.Input(id=ids.SHARE, value=None, min=1, max=100, **number),
                    unit="%",
                    help_text=share_words(),
                    optional=True,
                ),
                form_field(
                    "Tubes of each box",
                    dbc.Input(id=ids.TUBES, value=None, min=1, max=400, **number),
                    help_text="Empty: every tube. Errors lead to the whole box anyway.",
                    optional=True,
                ),
            ],
            className="grid2 au-form",
        ),
        html.Fieldset(
            [
                html.Legend("Units"),
                dbc.Checklist(id=ids.UNITS, options=choices, value=[], className="au-units"),
            ]
        ),
        html.Div(button("Draw the boxes", id=ids.START, kind="primary"), className="row-x"),
    ]


def _list(found: list[InventorySummary]) -> Component:
    if not found:
        return empty_state(
            "No audit has been held yet", "An audit that is started here stands in this list."
        )
    rows = [
        html.Tr(
            [
                html.Td(html.A(each.title, href=f"{PATH}/{each.id}")),
                html.Td(PURPOSES[each.purpose], className="t2"),
                html.Td(f"{fmt.count(each.done)} of {fmt.count(each.boxes)}", className="num"),
                html.Td(accuracy_words(each.tally)),
                html.Td("Open" if each.state is InventoryState.OPEN else "Closed"),
                html.Td(
                    f"{each.started_by_name}, {fmt.moment(each.created_at, lab_zone())}",
                    className="t2",
                ),
            ]
        )
        for each in found
    ]
    heads = ["Audit", "Purpose", "Boxes", "Accuracy", "State", "Started"]
    return parcel_parts.listing(heads, rows, "Latest audits")


def _bench(drawn: drawing.Drawn) -> html.Section:
    """Draw the box at hand; the field stays where it is while the rest is drawn anew."""
    field = html.Div(
        [
            icon("upc-scan"),
            html.Label("Tube or position", htmlFor=ids.CODE, className="vh"),
            dbc.Input(
                id=ids.CODE,
                placeholder="Scan the tube, or type another position",
                autocomplete="off",
                n_submit=0,
            ),
        ],
        className="scan au-code",
        **data(scan=""),
    )
    drop = dcc.Upload(
        [icon("file-earmark-arrow-up"), html.P("Or drop a rack scan of this box")],
        id=ids.FILE,
        className="drop au-drop",
        className_active="drop au-drop is-over",
        max_size=LARGEST_SCAN_BYTES,
        multiple=False,
    )
    return html.Section(
        [
            error_summary({}, id=ids.HAND_PROBLEMS),
            html.Div(drawn.hand, id=ids.HAND),
            field,
            html.Div(drop, **data(drop_zone="")),
        ],
        id=ids.BENCH,
        hidden=not drawn.has_hand,
        className="panel au-bench",
    )


def _absent() -> html.Dialog:
    return confirm(
        ids.ABSENT_DIALOG,
        title="Is the box not there?",
        body="Every tube of it that the audit asks for counts as missing. Records stay as they "
        "are until somebody puts them right.",
        act="The box is not there",
        act_id=ids.act(ids.ABSENT),
        keep="Look again",
    )


def _closing() -> html.Dialog:
    return dialog(
        ids.CLOSE_DIALOG,
        "Close the audit",
        error_summary({}, id=ids.CLOSE_PROBLEMS),
        form_field(
            "Note",
            dcc.Textarea(id=ids.NOTE, value="", rows=3, maxLength=500, className="form-control"),
            help_text="Say why, if boxes have not been looked at.",
            optional=True,
        ),
        answers("Go on", "Close the audit", ids.CLOSE),
    )
