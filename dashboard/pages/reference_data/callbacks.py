"""Putting versions in force, and retiring entries."""

from collections.abc import Mapping
from typing import Any

from dash import ALL, Input, Output, State, no_update, set_props

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.sequencing.reference import queries, service
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.views import ReferenceView
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary, field_error
from dashboard.components.toast import toast
from dashboard.laboratory import lab_zone
from dashboard.pages.reference_data import form, ids, listing, typed
from dashboard.pages.reference_data.address import PATH, search
from dashboard.session import current_principal

_CONFIGURE = Permission.SEQUENCING_CONFIGURE


@page_callback(
    Permission.SEQUENCING_VIEW,
    Output(ids.LIST, "children"),
    Input(ids.FIND, "value"),
    State(ids.KIND, "data"),
    prevent_initial_call=True,
)
def find(text: str | None, kind: str) -> Any:
    """Draw the entries that fit what was typed."""
    chosen = ReferenceKind(kind)
    with reading() as session:
        found = queries.list_entries(session, current_principal(), chosen)
    return listing.rows(chosen, listing.fitting(found, text or ""), zone=lab_zone())


@page_callback(
    _CONFIGURE,
    Output(ids.PROBLEMS, "children"),
    Input(ids.SAVE, "n_clicks"),
    State(ids.WHICH, "data"),
    State(ids.NAME, "value"),
    State(ids.SOURCE, "value"),
    State(ids.REASON, "value"),
    State(ids.field(ALL), "value"),
    State(ids.field(ALL), "id"),
    prevent_initial_call=True,
    running=[(Output(ids.SAVE, "disabled"), True, False)],
)
def save(
    presses: int | None,
    which: Mapping[str, Any],
    *typed_in: Any,
) -> Any:
    """Put the form's version in force and show it, or say at each field what to correct."""
    if not presses:
        return no_update
    name, source, reason, values, fields = typed_in
    texts = {each["name"]: value for each, value in zip(fields, values, strict=True)}
    try:
        made = _kept(which, texts, name=name or "", source=source or "", reason=reason or "")
    except AppError as refusal:
        said = form.links(refusal.fields) or {ids.REASON: refusal.message}
        return error_summary(said).children
    toast(f"Version {made.number} of {made.name} is in force")
    show(made)
    return []


@page_callback(
    _CONFIGURE,
    Output(ids.RETIRE_SAID, "children"),
    Input(ids.RETIRE, "n_clicks"),
    State(ids.RETIRE_WHICH, "data"),
    State(ids.RETIRE_REASON, "value"),
    prevent_initial_call=True,
)
def retire(presses: int | None, which: Mapping[str, Any], reason: str | None) -> Any:
    """Offer the entry no more, or again, and show the entries of its kind."""
    if not presses:
        return no_update
    kind, is_active = ReferenceKind(which["kind"]), which["is_active"]
    act = service.retire_entry if is_active else service.restore_entry
    try:
        with writing() as session:
            act(session, current_principal(), kind=kind, key=which["key"], reason=reason or "")
    except AppError as refusal:
        return field_error(refusal.message)
    toast(f"{which['name']} is {'retired' if is_active else 'offered again'}")
    set_props(shell_ids.URL, {"pathname": PATH, "search": search(kind)})
    return []


def show(made: ReferenceView) -> None:
    """Go to an entry's own address."""
    set_props(shell_ids.URL, {"pathname": PATH, "search": search(made.kind, made.key)})


def _kept(
    which: Mapping[str, Any],
    texts: Mapping[str, str | None],
    *,
    name: str,
    source: str,
    reason: str,
) -> ReferenceView:
    kind, content = ReferenceKind(which["kind"]), typed.given(texts)
    with writing() as session:
        if not which["key"]:
            return service.add_entry(
                session,
                current_principal(),
                kind=kind,
                name=name,
                content=content,
                source=source,
                reason=reason,
            )
        return service.revise_entry(
            session,
            current_principal(),
            kind=kind,
            key=which["key"],
            based_on=which["version"],
            content=content,
            name=name,
            source=source,
            reason=reason,
        )
