"""The forms over the list: filters, columns, saving the view, export, status and hold."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Principal
from backend.samples import finding, rules
from backend.samples.exporting import MOST_XLSX_ROWS, ExportFormat
from backend.samples.views import SavedView
from backend.storage.ids import PickPurpose
from dashboard.components.attributes import data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import form_field
from dashboard.components.witness_fields import witness_fields
from dashboard.pages.picks.words import PURPOSES
from dashboard.pages.samples import filter_rows, ids
from dashboard.pages.samples.address import ListAddress
from dashboard.pages.samples.arrival_fields import arrival_fields
from dashboard.pages.samples.columns import COLUMNS, chosen_columns
from dashboard.pages.samples.words import HOLD_NAMES, ZONES


def filter_dialog(address: ListAddress, project_codes: Sequence[str]) -> html.Dialog:
    """Draw the filter builder with what the address says filled in."""
    rows = filter_rows.rows_of(address.pairs)
    typed = finding.write(address.pairs) or "type:rna volume < 20 uL created:7d"
    return dialog(
        ids.FILTER_DIALOG,
        "Filter samples",
        html.Div(id=ids.FILTER_PROBLEMS),
        html.Div(filter_rows.draw(rows, project_codes), id=ids.FILTER_ROWS, className="fb"),
        button("Add filter", id=ids.FILTER_ADD, icon="plus-lg", size="sm"),
        html.P(
            ["The search field understands the same, typed: ", html.Code(typed)],
            className="t2 fb-typed",
        ),
        dcc.Store(id=ids.FILTER_DRAWN, data=filter_rows.drawn_for(rows)),
        _answers("Show samples", ids.FILTER_APPLY),
        wide=True,
    )


def columns_dialog(address: ListAddress) -> html.Dialog:
    """Draw the choice of columns."""
    options = [
        {"value": key, "label": shown.name, "disabled": key == "barcode"}
        for key, shown in COLUMNS.items()
    ]
    boxes = dbc.Checklist(
        id=ids.COLUMNS, options=options, value=list(chosen_columns(address.columns))
    )
    return dialog(
        ids.COLUMNS_DIALOG,
        "Columns",
        boxes,
        _answers("Show columns", ids.COLUMNS_APPLY, close=True),
    )


def view_dialog(project_codes: Sequence[str], own: SavedView | None) -> html.Dialog:
    """Draw the form that keeps the view that is shown."""
    projects = [{"value": "", "label": "Nobody, only me"}] + [
        {"value": code, "label": f"Members of {code}"} for code in project_codes
    ]
    others: list[Component] = [
        html.Button(id=ids.VIEW_REMOVE, hidden=True, n_clicks=0),
        html.Button(id=ids.VIEW_RENAME, hidden=True, n_clicks=0),
    ]
    if own is not None:
        here = {"view": str(own.id)}
        others = [
            button(
                f"Remove “{own.name}”",
                id=ids.VIEW_REMOVE,
                kind="danger-o",
                **data(close="", **here),
            ),
            button(f"Rename “{own.name}”", id=ids.VIEW_RENAME, **data(**here)),
        ]
    return dialog(
        ids.VIEW_DIALOG,
        "Save this view",
        html.P("Filters, sort and columns are kept under a name.", className="t2"),
        html.Div(id=ids.VIEW_PROBLEMS),
        form_field(
            "Name", dbc.Input(id=ids.VIEW_NAME, value=own.name if own else "", maxLength=60)
        ),
        form_field(
            "Share with",
            dbc.Select(
                id=ids.VIEW_PROJECT,
                options=projects,
                value=(own.project_code or "") if own else "",
            ),
            help_text="They see their own samples through it.",
        ),
        _answers("Save view", ids.VIEW_SAVE, others=others),
    )


def export_dialog() -> html.Dialog:
    """Draw the choice of file, and the progress of the worker that writes it."""
    formats = [
        {"value": ExportFormat.XLSX.value, "label": f"XLSX, up to {MOST_XLSX_ROWS:,} samples"},
        {"value": ExportFormat.CSV.value, "label": "CSV"},
    ]
    which = [
        {"value": "view", "label": "Every sample of this view"},
        {"value": "selected", "label": "Selected samples only"},
    ]
    return dialog(
        ids.EXPORT_DIALOG,
        "Export samples",
        form_field("Samples", dbc.RadioItems(id=ids.EXPORT_WHICH, options=which, value="view")),
        form_field(
            "File",
            dbc.RadioItems(id=ids.EXPORT_FORMAT, options=formats, value=ExportFormat.XLSX.value),
        ),
        html.Div(id=ids.EXPORT_JOB),
        html.Div(id=ids.EXPORT_FILE, role="status"),
        dcc.Store(id=ids.EXPORT_ID),
        _answers("Write file", ids.EXPORT_START),
    )


def status_dialog(principal: Principal) -> html.Dialog:
    """Draw the steps that a person may take; which samples can take one, its guards decide."""
    steps = [
        {"value": step.action, "label": step.label}
        for step in rules.TRANSITIONS
        if principal.may(step.permission)
    ]
    return dialog(
        ids.STATUS_DIALOG,
        "Change status",
        form_field("Step", dbc.Select(id=ids.STATUS_ACTION, options=steps, value="")),
        arrival_fields("many"),
        form_field(
            "Reason",
            dbc.Input(id=ids.STATUS_REASON, maxLength=500),
            help_text="Some steps need one; the audit trail keeps it.",
            optional=True,
        ),
        witness_fields(ids.STATUS_DIALOG, hidden=True),
        html.Div(id=ids.STATUS_OUTCOME, role="status"),
        _answers("Change status", ids.STATUS_APPLY),
    )


def hold_dialog() -> html.Dialog:
    """Draw the form that sets or releases a hold."""
    ways = [{"value": "set", "label": "Put on hold"}, {"value": "release", "label": "Release"}]
    kinds = [{"value": kind, "label": name} for kind, name in HOLD_NAMES.items()]
    return dialog(
        ids.HOLD_DIALOG,
        "Hold samples",
        form_field("What", dbc.RadioItems(id=ids.HOLD_WAY, options=ways, value="set")),
        form_field("Hold", dbc.Select(id=ids.HOLD_KIND, options=kinds, value="quarantine")),
        form_field("Reason", dbc.Input(id=ids.HOLD_REASON, maxLength=500)),
        form_field(
            "Evidence",
            dbc.Input(id=ids.HOLD_EVIDENCE, maxLength=300),
            help_text="Releasing legal holds, consent and exposure asks for it.",
            optional=True,
        ),
        html.Div(id=ids.HOLD_OUTCOME, role="status"),
        _answers("Apply", ids.HOLD_APPLY),
    )


def pool_dialog() -> html.Dialog:
    """Draw the form that puts one volume of each selected sample into a new tube."""
    zones = [{"value": zone, "label": name} for zone, name in ZONES.items()]
    return dialog(
        ids.POOL_DIALOG,
        "Pool samples",
        form_field("Name", dbc.Input(id=ids.POOL_NAME, maxLength=200)),
        form_field(
            "Volume of each",
            dbc.Input(id=ids.POOL_VOLUME, inputMode="decimal", autocomplete="off"),
            unit="µL",
        ),
        form_field("Kept at", dbc.Select(id=ids.POOL_ZONE, options=zones, value="-20")),
        form_field(
            "Project",
            dbc.Input(id=ids.POOL_PROJECT, maxLength=40),
            help_text="Its code; needed where the samples are of several.",
            optional=True,
        ),
        html.Div(id=ids.POOL_OUTCOME, role="status"),
        _answers("Make pool", ids.POOL_APPLY),
    )


def pick_dialog() -> html.Dialog:
    """Draw the form that makes a pick list of the selected samples."""
    purposes = [
        {"value": purpose.value, "label": PURPOSES[purpose]}
        for purpose in (PickPurpose.TAKE_OUT, PickPurpose.MOVE, PickPurpose.WORKLIST)
    ]
    return dialog(
        ids.PICK_DIALOG,
        "Make a pick list",
        html.P("Its lines follow the way through storage. Nothing moves.", className="t2"),
        form_field("Title", dbc.Input(id=ids.PICK_TITLE, maxLength=200)),
        form_field("Purpose", dbc.Select(id=ids.PICK_PURPOSE, options=purposes, value="take_out")),
        html.Div(id=ids.PICK_OUTCOME, role="status"),
        _answers("Make the list", ids.PICK_APPLY),
    )


def _answers(
    act: str, act_id: str, *, close: bool = False, others: Sequence[Component] = ()
) -> html.Div:
    closing = data(close="") if close else {}
    return html.Div(
        [
            button("Close", **data(close="")),
            *others,
            html.Span(className="sp"),
            button(act, id=act_id, kind="primary", **closing),
        ],
        className="row-x dlg-a",
    )
