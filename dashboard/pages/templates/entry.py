"""Fill in a template's form, one record at a time; what was entered stands beside it."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.transaction import reading
from backend.templates import definition_queries, queries
from backend.templates.definition_views import VersionView
from backend.templates.views import FormDraft, RowView
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.kbd import kbd
from dashboard.components.page import Crumb, Page, page
from dashboard.pages.templates import entry_fields, ids
from dashboard.session import current_principal


def entry_layout(*, key: str, **_: str) -> Page:
    """Draw the form of the version that senders are given now."""
    with reading() as session:
        version = definition_queries.get_version(session, current_principal(), key)
    return page(
        title=f"Fill in {version.template_name}",
        breadcrumb=[
            Crumb("Register", "/register"),
            Crumb("Templates", "/register/templates"),
            Crumb(version.template_name, f"/register/templates/{key}"),
        ],
        class_name="entry",
        children=[
            dcc.Store(id=ids.WHICH, data={"key": key}),
            dcc.Store(id=ids.ENTRY_DONE),
            dcc.Store(id=ids.ENTRY_SINK),
            dbc.Form(
                [
                    html.Div([_fields(version), _aside()], className="en-cols"),
                    _footer(),
                ],
                id=ids.ENTRY_FORM,
                class_name="en-form",
            ),
        ],
    )


def entered(view: FormDraft | None) -> list[Component]:
    """Draw the records of the draft, the newest first, and the way on."""
    if view is None or not view.records:
        said = "Each record is checked when it is saved and waits here as a draft."
        return [html.H2("Entered"), html.P(said, className="t2")]
    noun = "record" if view.records == 1 else "records"
    return [
        html.H2(["Entered", html.Span(fmt.count(view.records), className="m num")]),
        html.Ol([html.Li(_line(row)) for row in view.newest], className="en-list"),
        button(f"Review {view.records} {noun}", href=f"/register?draft={view.id}"),
    ]


def _line(row: RowView) -> list[Component | str]:
    texts = [*row.cells.values(), *row.extras.values()]
    return [
        html.Span(str(row.number), className="num t3"),
        html.Span(" · ".join(texts[:4]), className="el"),
    ]


def _fields(version: VersionView) -> html.Div:
    definition = version.definition
    drawn = entry_fields.fields(
        definition,
        ids.ENTRY_FIELD,
        values=entry_fields.fresh_values(definition),
        errors={},
    )
    return html.Div(
        [
            error_summary({}, id=ids.ENTRY_PROBLEMS),
            html.P(
                f"Version {version.number}. Enter moves on; after the last field it saves.",
                className="t2",
            ),
            _project(),
            *entry_fields.rules(definition),
            html.Div(drawn, id=ids.ENTRY_FIELDS, className="en-fields", **data(enter_moves="")),
        ],
        className="en-main",
    )


def _project() -> html.Div:
    with reading() as session:
        choices = queries.list_projects(session, current_principal())
    control = dbc.Select(
        id=ids.ENTRY_PROJECT,
        options=[
            {"label": f"{choice.code} · {choice.name}", "value": choice.code} for choice in choices
        ],
        value=choices[0].code if len(choices) == 1 else None,
        placeholder="Choose a project",
        required=True,
        persistence=True,
        persistence_type="local",
    )
    return form_field("Project", control, help_text="Kept for the next", class_name="en-project")


def _aside() -> html.Aside:
    return html.Aside(
        html.Div(id=ids.ENTRY_DRAFT, **aria(live="polite")),
        className="en-side",
        **aria(label="Entered records"),
    )


def _footer() -> html.Div:
    return html.Div(
        [
            html.Span(className="sp"),
            html.Button(
                ["Save and next", kbd("Ctrl Enter")],
                type="submit",
                # Our own sentences stand beside the fields; the browser's bubble would come first.
                formNoValidate=True,
                className="btn btn-primary",
            ),
        ],
        className="en-foot",
    )
