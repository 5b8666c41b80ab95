"""What is attached to a sample: its list, and the dialogs that add and remove a file."""

from datetime import datetime
from zoneinfo import ZoneInfo

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.core.principal import Permission, Principal
from backend.samples import attachment_rules
from backend.samples.attachment_views import KIND_NAME, AttachmentView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.pages.samples import detail_attachment_ids as ids
from dashboard.pages.samples.detail_dialogs import answers, reason
from dashboard.pages.samples.detail_facts import SampleFacts


def attachments(
    facts: SampleFacts, principal: Principal, *, zone: ZoneInfo, now: datetime
) -> html.Section:
    """Draw the files, the newest first, with what may be done with each."""
    found = facts.attachments
    acts: list[Component] = []
    if principal.may(Permission.SAMPLES_EDIT):
        acts.append(
            html.Div(
                button("Attach a file", size="sm", icon="upload", opens=ids.ATTACH_DIALOG),
                className="row-x",
            )
        )
    said: Component = html.P("No file is attached to it.", className="t3")
    if found:
        rows = [html.Li(_row(each, principal, zone=zone, now=now)) for each in found]
        said = html.Ul(rows, className="sd-files")
    meta = fmt.plural(len(found), "file", "files") if found else None
    return panel("Attachments", said, *acts, meta=meta, class_name="bt")


def dialogs() -> list[Component]:
    """Draw the dialogs; both always stand there for callbacks."""
    return [
        dcc.Store(id=ids.REMOVE_WHICH),
        dcc.Store(id=ids.ATTACH_MOST, data=attachment_rules.MOST_BYTES),
        _attach(),
        _remove(),
    ]


def _row(
    each: AttachmentView, principal: Principal, *, zone: ZoneInfo, now: datetime
) -> list[Component]:
    name: Component = html.Span(each.file_name, className="md said")
    if principal.may(Permission.DOCUMENTS_VIEW):
        name = html.A(
            [icon("download"), each.file_name],
            href=f"/files/attachments/{each.id}",
            download=each.file_name,
            className="md said",
            **aria(label=f"Download {each.file_name}"),
        )
    about = f"{KIND_NAME[each.kind]}, {each.format}, {fmt.size(each.size_bytes)}"
    parts: list[Component] = [
        name,
        html.Span(about, className="sm t2"),
        html.Span(
            f"{each.attached_by_name}, {fmt.moment(each.attached_at, zone, now=now)}",
            className="sm t3",
        ),
    ]
    if each.note:
        parts.insert(2, html.Span(f"“{each.note}”", className="sm t2 said"))
    if principal.may(Permission.SAMPLES_EDIT):
        parts.append(
            button(
                "Remove",
                id=ids.remove(str(each.id)),
                size="sm",
                kind="ghost",
                opens=ids.REMOVE_DIALOG,
                **aria(label=f"Remove {each.file_name}"),
            )
        )
    return parts


def _attach() -> html.Dialog:
    options = [{"value": kind.value, "label": words} for kind, words in KIND_NAME.items()]
    limit = f"{attachment_rules.MOST_BYTES // 1_000_000} MB"
    return dialog(
        ids.ATTACH_DIALOG,
        "Attach a file",
        error_summary({}, id=ids.ATTACH_PROBLEMS),
        dcc.Upload(
            [
                icon("file-earmark-arrow-up"),
                html.P([html.B("Drop a file here"), " or press to choose one"]),
                html.P(f"{attachment_rules.ALLOWED}. Up to {limit}.", className="t3 sm"),
            ],
            id=ids.ATTACH_FILE,
            className="drop",
            className_active="drop is-over",
            multiple=False,
        ),
        html.P(id=ids.ATTACH_CHOSEN, className="t2 sd-chosen", **aria(live="polite")),
        form_field("What it is", dbc.Select(id=ids.ATTACH_KIND, options=options)),
        form_field("Note", dbc.Input(id=ids.ATTACH_NOTE, value="", maxlength=500), optional=True),
        answers("Attach nothing", "Attach", ids.ATTACH_SEND),
    )


def _remove() -> html.Dialog:
    return dialog(
        ids.REMOVE_DIALOG,
        "Remove an attachment",
        error_summary({}, id=ids.REMOVE_PROBLEMS),
        html.P(id=ids.REMOVE_SAID, className="t2", **aria(live="polite")),
        reason(ids.REMOVE_REASON),
        answers("Keep it", "Remove", ids.REMOVE_SEND),
    )
