"""Callbacks of the entry form: take a record or say what is wrong with it, list what is there."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import (
    ALL,
    ClientsideFunction,
    Input,
    Output,
    State,
    clientside_callback,
    no_update,
)

from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Permission
from backend.core.transaction import reading, writing
from backend.templates import definition_queries
from backend.templates.definition import Definition
from backend.templates.service import entering
from dashboard.callbacks import page_callback
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.templates import entry, entry_fields, ids
from dashboard.session import current_principal

Which = Mapping[str, str]
Texts = Mapping[str, str]

clientside_callback(
    ClientsideFunction("entry", "ready"),
    Output(ids.ENTRY_SINK, "data"),
    Input(ids.ENTRY_DONE, "data"),
    prevent_initial_call=True,
)


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.ENTRY_FIELDS, "children"),
    Output(ids.ENTRY_PROBLEMS, "children"),
    Output(ids.ENTRY_DONE, "data"),
    Input(ids.ENTRY_FORM, "n_submit"),
    State(ids.WHICH, "data"),
    State(ids.ENTRY_PROJECT, "value"),
    State(ids.entry_field(ALL), "value"),
    prevent_initial_call=True,
)
def take(
    submits: int | None, which: Which, project: str | None, values: Sequence[str | None]
) -> tuple[Any, Any, Any]:
    """Take the record and begin the next, or say what is wrong; what was typed stays then."""
    if not submits:
        return no_update, no_update, no_update
    with reading() as session:
        version = definition_queries.get_version(session, current_principal(), which["key"])
    definition = version.definition
    texts = {
        column.heading: value or ""
        for column, value in zip(definition.columns, values, strict=False)
    }
    if not project:
        said = "Choose a project: the samples belong to one."
        return no_update, error_summary({ids.ENTRY_PROJECT: said}).children, no_update
    try:
        with writing() as session:
            made = entering.enter_record(
                session, current_principal(), project_code=project, key=which["key"], texts=texts
            )
    except AppError as refusal:
        return _refused(definition, texts, refusal)
    toast(" ".join([f"Record {made.number} is in the draft.", *made.doubts]))
    begun = entry_fields.next_values(definition, texts)
    return _drawn(definition, begun, {}), [], str(new_id())


@page_callback(
    Permission.SAMPLES_REGISTER,
    Output(ids.ENTRY_DRAFT, "children"),
    Input(ids.ENTRY_PROJECT, "value"),
    Input(ids.ENTRY_DONE, "data"),
    State(ids.WHICH, "data"),
)
def show_entered(project: str | None, _done: str | None, which: Which) -> Any:
    """List the records of the draft that the next one goes into."""
    if not project:
        return entry.entered(None)
    with reading() as session:
        view = entering.find_form_draft(
            session, current_principal(), project_code=project, key=which["key"]
        )
    return entry.entered(view)


def _refused(definition: Definition, texts: Texts, refusal: AppError) -> tuple[Any, Any, Any]:
    first = definition.columns[0].heading
    errors = {
        heading: said for heading, said in refusal.fields.items() if definition.column(heading)
    } or {first: refusal.message}
    places = {column.heading: at for at, column in enumerate(definition.columns)}
    links = {
        entry_fields.dom_id(ids.entry_field(places[heading])): said
        for heading, said in errors.items()
    }
    return _drawn(definition, texts, errors), error_summary(links).children, no_update


def _drawn(definition: Definition, values: Texts, errors: Texts) -> Any:
    return entry_fields.fields(definition, ids.ENTRY_FIELD, values=values, errors=errors)
