"""Callbacks of the template pages: the columns that are changed, and what becomes of versions."""

from typing import Any

from dash import Input, Output, State, ctx, html, no_update

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.templates import definition_queries
from backend.templates.service import defining
from dashboard.callbacks import page_callback
from dashboard.components.form_field import field_error
from dashboard.components.toast import toast
from dashboard.pages.templates import columns, ids, preview
from dashboard.session import current_principal
from dashboard.shell_ids import URL

Rows = list[dict[str, Any]]
Which = dict[str, str]


@page_callback(
    Permission.TEMPLATES_MANAGE,
    Output(ids.GRID, "rowData"),
    Input(ids.ADD, "n_clicks"),
    Input(ids.REMOVE, "n_clicks"),
    Input(ids.UP, "n_clicks"),
    Input(ids.DOWN, "n_clicks"),
    State(ids.GRID, "virtualRowData"),
    State(ids.GRID, "selectedRows"),
    prevent_initial_call=True,
)
def arrange(*given: Any) -> Any:
    """Add a column below, remove the chosen one, or move it up or down."""
    rows, chosen = given[-2] or [], given[-1] or []
    if not ctx.triggered[0]["value"]:
        return no_update
    return arranged(rows, chosen[0]["id"] if chosen else None, str(ctx.triggered_id))


def arranged(rows: Rows, chosen: str | None, act: str) -> Rows:
    """Return the rows after an act of the bar; without a chosen row only adding does anything."""
    at = next((n for n, row in enumerate(rows) if row["id"] == chosen), None)
    made = list(rows)
    if act == ids.ADD:
        number = max((int(row["id"]) for row in rows), default=0) + 1
        new = {"id": str(number), "heading": f"Column {number}", "field": columns.OWN}
        made.insert(len(made) if at is None else at + 1, {**new, "kind": "text"})
    elif at is not None and act == ids.REMOVE:
        made.pop(at)
    elif at is not None:
        to = at - 1 if act == ids.UP else at + 1
        if 0 <= to < len(made):
            made.insert(to, made.pop(at))
    return made


@page_callback(
    Permission.TEMPLATES_MANAGE,
    Output(ids.SAID, "children"),
    Input(ids.SAVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.GRID, "rowData"),
    State(ids.RULES, "value"),
    prevent_initial_call=True,
)
def save(clicks: int | None, which: Which, rows: Rows, rules: str | None) -> Any:
    """Save the draft, or say what is wrong with it; what was typed stays."""
    if not clicks:
        return no_update
    try:
        definition = defining.definition_of(columns.given(rows, rules or ""))
        with writing() as session:
            defining.save_draft(
                session, current_principal(), key=which["key"], definition=definition
            )
    except AppError as refusal:
        return field_error(refusal.message)
    toast(f"The draft is saved, with {len(rows)} columns.")
    return None


@page_callback(
    Permission.TEMPLATES_MANAGE,
    Output(ids.PREVIEW, "children"),
    Input(ids.GRID, "rowData"),
    Input(ids.GRID, "cellValueChanged"),
    Input(ids.RULES, "value"),
    prevent_initial_call=True,
)
def show_preview(rows: Rows | None, _changed: Any, rules: str | None) -> Any:
    """Draw the workbook and the form as the columns stand now, or why they cannot be."""
    try:
        definition = defining.definition_of(columns.given(rows or [], rules or ""))
    except AppError as refusal:
        return html.P(refusal.message, className="t2")
    return preview.preview(definition)


@page_callback(
    Permission.TEMPLATES_MANAGE,
    Output(URL, "href", allow_duplicate=True),
    Input(ids.NEW_DRAFT, "n_clicks"),
    State(ids.WHICH, "data"),
    prevent_initial_call=True,
)
def change(clicks: int | None, which: Which) -> Any:
    """Begin the next version."""
    if not clicks:
        return no_update
    with writing() as session:
        draft = defining.open_draft(session, current_principal(), key=which["key"])
    return _at(which["key"], draft.number)


@page_callback(
    Permission.TEMPLATES_MANAGE,
    Output(URL, "href", allow_duplicate=True),
    Output(ids.PUBLISH_SAID, "children"),
    Input(ids.PUBLISH, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.NOTE, "value"),
    prevent_initial_call=True,
)
def publish(clicks: int | None, which: Which, note: str | None) -> tuple[Any, Any]:
    """Publish what was saved last."""
    if not clicks:
        return no_update, no_update
    try:
        with writing() as session:
            made = defining.publish(session, current_principal(), key=which["key"], note=note or "")
    except AppError as refusal:
        return no_update, field_error(refusal.message)
    toast(f"Version {made.number} is what senders are given now.")
    return _at(which["key"], f"{made.number}p"), None


@page_callback(
    Permission.TEMPLATES_MANAGE,
    Output(URL, "href", allow_duplicate=True),
    Output(ids.DEPRECATE_SAID, "children"),
    Input(ids.DEPRECATE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.REASON, "value"),
    prevent_initial_call=True,
)
def deprecate(clicks: int | None, which: Which, reason: str | None) -> tuple[Any, Any]:
    """Take the version in use out of use."""
    if not clicks:
        return no_update, no_update
    key = which["key"]
    try:
        with reading() as session:
            used = definition_queries.get_version(session, current_principal(), key)
        with writing() as session:
            defining.deprecate(
                session, current_principal(), key=key, number=used.number, reason=reason or ""
            )
    except AppError as refusal:
        return no_update, field_error(refusal.message)
    toast(f"Version {used.number} is handed out no more.")
    return _at(key, f"{used.number}d"), None


@page_callback(
    Permission.TEMPLATES_MANAGE,
    Output(URL, "href", allow_duplicate=True),
    Output(ids.CLONE_SAID, "children"),
    Input(ids.CLONE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.CLONE_KEY, "value"),
    State(ids.CLONE_NAME, "value"),
    prevent_initial_call=True,
)
def clone(clicks: int | None, which: Which, key: str | None, name: str | None) -> tuple[Any, Any]:
    """Make another template of this one."""
    if not clicks:
        return no_update, no_update
    try:
        with writing() as session:
            made = defining.clone_template(
                session,
                current_principal(),
                key=which["key"],
                new_key=(key or "").strip(),
                name=name or "",
            )
    except AppError as refusal:
        return no_update, field_error(refusal.message)
    return _at(made.template_key, made.number), None


def _at(key: str, seen: object) -> str:
    """Return the page's address; ``seen`` makes it another one, so that the page is drawn anew."""
    return f"/register/templates/{key}?v={seen}"
