"""Templates of sample lists: which there are, and one with its columns, rules and versions."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.core.transaction import reading
from backend.templates import definition_queries
from backend.templates.definition_views import TemplateView, VersionLine, VersionView
from backend.templates.ids import VersionState
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.data_grid import data_grid
from dashboard.components.dialog import dialog
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.page import Crumb, Page, page
from dashboard.components.panel import panel
from dashboard.laboratory import lab_zone
from dashboard.pages.register.layout import tabs
from dashboard.pages.templates import columns, ids, preview, words
from dashboard.session import current_principal

_HEADS = ("Template", "For", "In use", "Columns", "Lists", "Being changed", "")


def layout(**_: str) -> Page:
    """Draw the templates, each with the workbook to hand out."""
    with reading() as session:
        found = definition_queries.list_templates(session, current_principal())
    return page(
        title="Templates",
        tabs=tabs("/register/templates"),
        class_name="templates",
        children=[html.Div(listed(found), id=ids.LIST, className="pad")],
    )


def listed(found: Sequence[TemplateView]) -> list[Component]:
    """Draw the list."""
    if not found:
        return [
            empty_state(
                "There is no template yet",
                "A template says which columns the laboratory asks its senders for.",
                icon="file-earmark-spreadsheet",
            )
        ]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(head, scope="col") for head in _HEADS])),
            html.Tbody([_listed_row(template) for template in found]),
        ],
        className="tbl plain flush",
    )
    return [
        html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label="Templates"))
    ]


def template_layout(*, key: str, **_: str) -> Page:
    """Draw a template: the draft to change, or the version in use to read."""
    principal = current_principal()
    with reading() as session:
        template = definition_queries.get_template(session, principal, key)
        shown = definition_queries.get_version(session, principal, key, template.versions[0].number)
    may_edit = principal.may(Permission.TEMPLATES_MANAGE) and shown.state is VersionState.DRAFT
    return page(
        title=template.name,
        breadcrumb=[Crumb("Register", "/register"), Crumb("Templates", "/register/templates")],
        class_name="template",
        children=[
            dcc.Store(id=ids.WHICH, data={"key": key}),
            html.Div(
                [
                    html.Div(_actions(template, principal), className="row-x tpl-in tpl-acts"),
                    html.P(_about(shown), className="t2 tpl-in"),
                    _columns(shown, may_edit=may_edit),
                    _rules(shown, may_edit=may_edit),
                    html.Div(id=ids.SAID, className="err-x tpl-in", role="alert"),
                    *([_saving(), _preview(shown)] if may_edit else []),
                    _versions(template, lab_zone()),
                ],
                className="tpl",
            ),
            *(_dialogs(template) if principal.may(Permission.TEMPLATES_MANAGE) else []),
        ],
    )


def _listed_row(template: TemplateView) -> html.Tr:
    used, draft = template.published, template.draft
    workbook = (
        html.A("Download", href=words.download_of(template.key, used.number), download="")
        if used
        else ""
    )
    return html.Tr(
        [
            html.Td(html.A(template.name, href=f"/register/templates/{template.key}")),
            html.Td(words.KINDS[template.kind]),
            html.Td(words.version_words(used, absent="Nothing published")),
            html.Td(fmt.count(used.columns) if used else "", className="num"),
            html.Td(fmt.count(template.imports), className="num"),
            html.Td(words.version_words(draft, absent="")),
            html.Td(workbook),
        ]
    )


def _about(shown: VersionView) -> str:
    state = words.STATES[shown.state].lower()
    note = f" {shown.note}" if shown.note else ""
    return f"Version {shown.number}, {state}.{note}"


def _columns(shown: VersionView, *, may_edit: bool) -> html.Section:
    options: dict[str, Any] = {"stopEditingWhenCellsLoseFocus": True}
    if may_edit:
        options["rowSelection"] = {
            "mode": "singleRow",
            "checkboxes": False,
            "enableClickSelection": True,
        }
    grid = data_grid(
        ids.GRID,
        columns.definitions(may_edit=may_edit),
        label="Columns of the template",
        rows=columns.rows_of(shown.definition),
        options=options,
        class_name="ag-host tpl-grid",
    )
    bar = [
        button("Add column", id=ids.ADD, size="sm", icon="plus-lg"),
        button("Move up", id=ids.UP, size="sm", icon="arrow-up"),
        button("Move down", id=ids.DOWN, size="sm", icon="arrow-down"),
        button("Remove", id=ids.REMOVE, size="sm", icon="trash3"),
    ]
    shown_bar = [html.Div(bar, className="row-x tpl-bar")] if may_edit else []
    return panel("Columns", *shown_bar, html.Div(grid, className="tpl-gridw"))


def _rules(shown: VersionView, *, may_edit: bool) -> html.Section:
    text = columns.rules_text(shown.definition)
    if not may_edit:
        lines = [html.Li(line) for line in text.splitlines()]
        drawn: Component = html.Ul(lines) if lines else html.P("None.", className="t2")
        return panel("Rules between columns", drawn)
    field = form_field(
        "One rule a line",
        dbc.Textarea(id=ids.RULES, value=text, rows=4),
        help_text="if Type is RNA or cfRNA, RIN is required · if Type is blood, RIN is empty · "
        "Collected is not after Processed · at least one of Barcode, Sample ID",
        optional=True,
    )
    return panel("Rules between columns", field)


def _saving() -> html.Div:
    return html.Div(
        [
            button("Save draft", id=ids.SAVE, kind="primary"),
            button("Publish", opens=ids.PUBLISH_DIALOG),
        ],
        className="row-x tpl-in",
    )


def _preview(shown: VersionView) -> html.Section:
    drawn = html.Div(preview.preview(shown.definition), id=ids.PREVIEW, className="tpl-pv")
    return panel("Preview", drawn, meta="as the columns stand now, saved or not")


def _actions(template: TemplateView, principal: Principal) -> list[Component]:
    used = template.published
    shown: list[Component] = []
    if used is not None:
        if principal.may(Permission.SAMPLES_REGISTER):
            shown.append(button("Fill in", href=f"/register/templates/{template.key}/form"))
        shown.append(
            button(
                f"Download version {used.number}",
                href=words.download_of(template.key, used.number),
                icon="download",
                download="",
            )
        )
    if principal.may(Permission.TEMPLATES_MANAGE):
        shown.append(button("Clone", opens=ids.CLONE_DIALOG))
        if used is not None:
            shown.append(button("Deprecate", kind="danger-o", opens=ids.DEPRECATE_DIALOG))
        if template.draft is None:
            shown.append(button("Change", id=ids.NEW_DRAFT, kind="primary"))
    return shown


def _versions(template: TemplateView, zone: ZoneInfo) -> html.Section:
    heads = ("Version", "State", "Columns", "Lists", "Published", "By", "What is new, or why not")
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
            html.Tbody([_version_row(version, zone) for version in template.versions]),
        ],
        className="tbl plain flush",
    )
    return panel(
        "Versions",
        html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label="Versions")),
    )


def _version_row(version: VersionLine, zone: ZoneInfo) -> html.Tr:
    published = fmt.moment(version.published_at, zone) if version.published_at else ""
    return html.Tr(
        [
            html.Td(str(version.number), className="num"),
            html.Td(words.STATES[version.state]),
            html.Td(fmt.count(version.columns), className="num"),
            html.Td(fmt.count(version.imports), className="num"),
            html.Td(published, className="num"),
            html.Td(version.published_by_name or version.changed_by_name),
            html.Td(version.deprecation_reason or version.note),
        ],
        className="is-off" if version.state is VersionState.DEPRECATED else "",
    )


def _dialogs(template: TemplateView) -> list[Component]:
    made: list[Component] = [
        dialog(
            ids.CLONE_DIALOG,
            f"Clone {template.name}",
            form_field("Name", dbc.Input(id=ids.CLONE_NAME, value=f"{template.name} 2")),
            form_field(
                "Key",
                dbc.Input(id=ids.CLONE_KEY, value=f"{template.key}-2"),
                help_text="Small letters, digits, hyphens. It stands in addresses and workbooks.",
            ),
            _answer(ids.CLONE_SAID, "Clone", ids.CLONE),
        )
    ]
    if template.draft is not None:
        made.append(
            dialog(
                ids.PUBLISH_DIALOG,
                f"Publish version {template.draft.number}?",
                html.P("It never changes again. What was saved last is published.", className="t2"),
                form_field("What is new", dbc.Input(id=ids.NOTE)),
                _answer(ids.PUBLISH_SAID, "Publish", ids.PUBLISH),
            )
        )
    if template.published is not None:
        made.append(
            dialog(
                ids.DEPRECATE_DIALOG,
                f"Take version {template.published.number} out of use?",
                html.P("It is handed out no more. Lists made of it still import.", className="t2"),
                form_field("Why", dbc.Input(id=ids.REASON)),
                _answer(ids.DEPRECATE_SAID, "Deprecate", ids.DEPRECATE),
            )
        )
    return made


def _answer(said_id: str, act: str, act_id: str) -> html.Div:
    return html.Div(
        [
            html.Div(id=said_id, className="err-x", role="alert"),
            html.Div(
                [
                    button("Keep as it is", **data(close="")),
                    button(act, id=act_id, kind="primary"),
                ],
                className="row-x",
            ),
        ],
        **aria(live="polite"),
    )
