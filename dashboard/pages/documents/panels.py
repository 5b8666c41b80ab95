"""The list of documents, the open one with its marks, and what was read from it."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from backend.documents.ids import FileId
from backend.templates.ids import ImportState
from backend.templates.reading.fields import BY_KEY
from backend.templates.reading.headings import ColumnMatch
from backend.templates.reading.values import Finding, Severity
from backend.templates.views import ImportedFile, WhatWasRead
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.icon import icon
from dashboard.components.tones import Tone

_FORM = "form"
_TONES = {Severity.ERROR: Tone.CRIT, Severity.WARNING: Tone.WARN, Severity.INFO: Tone.INFO}


def nothing(*, may_import: bool) -> html.Div:
    """Draw the page of a laboratory to which no file was sent yet."""
    actions = [button("Import a file", href="/register/import", kind="primary")]
    return empty_state(
        "No document yet",
        "Sample lists and submission forms that are imported are kept here, as they were sent.",
        *(actions if may_import else []),
        icon="file-earmark-text",
    )


def file_list(
    listed: Sequence[ImportedFile], *, open_id: FileId | None, may_import: bool
) -> list[Component]:
    """Draw the documents, the newest first, each with how far it has come."""
    parts: list[Component] = []
    if may_import:
        parts.append(
            html.Div(
                button("Import a file", href="/register/import", icon="upload"), className="dl-b"
            )
        )
    entries = [html.Li(_entry(each, is_open=each.file.id == open_id)) for each in listed]
    parts.append(html.Nav(html.Ul(entries), className="dl", **aria(label="Documents")))
    return parts


def viewer(
    shown: ImportedFile, text: Sequence[str] | None, read: WhatWasRead, *, most: int
) -> html.Section:
    """Draw the document's lines, those that were read marked, and those to check."""
    if text is None:
        body: Component = empty_state(
            "A workbook",
            "Its rows stand in the review grid as they were read. Download it to see it whole.",
            icon="file-earmark-text",
        )
    else:
        lines = [_line(number, each, read) for number, each in enumerate(text, start=1)]
        # Reached by keyboard, so that what runs over it, below or to the right, can be read.
        body = html.Div(
            html.Ol(lines, className="paper-l"),
            className="paper",
            tabIndex="0",
            role="group",
            **aria(label="Its lines"),
        )
    note = (
        html.P(f"The first {fmt.count(most)} lines are shown.", className="sm t3 vw-n")
        if text is not None and len(text) >= most
        else None
    )
    return html.Section(
        [
            _bar(shown, has_text=text is not None),
            html.Div([body, note], className="vw-b"),
        ],
        className="vw",
        **aria(label="The document"),
    )


def unreadable(shown: ImportedFile, why: str) -> html.Section:
    """Draw a document whose bytes are gone or were changed: said, never guessed."""
    return html.Section(
        [
            _bar(shown, has_text=False),
            empty_state("The file cannot be shown", why, icon="x-octagon-fill"),
        ],
        className="vw",
        **aria(label="The document"),
    )


def read_from(
    shown: ImportedFile, read: WhatWasRead, *, may_open: bool, now: datetime, zone: ZoneInfo
) -> list[Component]:
    """Draw what was read: facts of the file, labelled values or columns, doubts, and the rows."""
    form = shown.dialect == _FORM
    found = len(read.notes) if form else len(read.columns)
    what = ("field", "fields") if form else ("column", "columns")
    counted = f"{fmt.plural(found, *what)}, {fmt.plural(shown.rows, 'sample', 'samples')}"
    head = html.Div(
        [html.H2("Read from it"), html.Span(counted, className="m")], className="ph dr-h"
    )
    values = (
        [_row(note.label, note.value, f"line {note.line}") for note in read.notes]
        if form
        else [_column(column) for column in read.columns]
    )
    return [
        html.Section(
            [
                head,
                html.Dl(values, className="fr-l"),
                _rows(shown, may_open=may_open),
                *_doubts(read.findings),
            ],
            **aria(label="Read from it"),
        ),
        _facts(shown, now=now, zone=zone),
    ]


def _entry(each: ImportedFile, *, is_open: bool) -> html.A:
    return html.A(
        [
            _mark(each),
            html.Span(
                [
                    html.Span(each.file.file_name, className="el md" if is_open else "el"),
                    html.Span(_standing(each), className="s el"),
                ],
                className="dl-x",
            ),
        ],
        href=f"/documents?file={each.file.id}",
        className="on" if is_open else "",
        **aria(current="page" if is_open else None),
    )


def _mark(each: ImportedFile) -> html.I:
    match each.state:
        case ImportState.DISCARDED:
            return icon("slash-circle", Tone.OFF)
        case ImportState.REGISTERED:
            return icon("check-circle-fill", Tone.OK)
        case ImportState.DRAFT | ImportState.PARTLY:
            doubtful = each.to_check > 0
            return (
                icon("exclamation-triangle-fill", Tone.WARN)
                if doubtful
                else icon("dash-circle-dotted", Tone.OFF)
            )


def _standing(each: ImportedFile) -> str:
    rows = fmt.plural(each.rows, "row", "rows")
    match each.state:
        case ImportState.DISCARDED:
            return f"{rows}, draft discarded"
        case ImportState.REGISTERED:
            return f"{fmt.plural(each.registered, 'sample', 'samples')} registered"
        case ImportState.PARTLY:
            return f"{fmt.count(each.registered)} of {rows} registered, {_to_check(each)}"
        case ImportState.DRAFT:
            return f"{rows}, {_to_check(each)}"


def _to_check(each: ImportedFile) -> str:
    return f"{fmt.count(each.to_check)} to check" if each.to_check else "nothing to check"


def _bar(shown: ImportedFile, *, has_text: bool) -> html.Div:
    file = shown.file
    key: list[Component] = [
        html.Span([html.I(className="hl-k"), "read"], className="sm t2"),
        html.Span([html.I(className="hl-k w"), "check"], className="sm t2"),
    ]
    return html.Div(
        [
            html.Span(fmt.size(file.size_bytes), className="sm t2"),
            html.Span(className="sp"),
            *(key if has_text else []),
            html.Span(className="sp"),
            html.A(
                [icon("download"), "Download"],
                href=f"/files/documents/{file.id}",
                download=file.file_name,
                className="btn btn-outline btn-sm",
                **aria(label=f"Download {file.file_name} as it was sent"),
            ),
        ],
        className="vb",
    )


def _line(number: int, text: str, read: WhatWasRead) -> html.Li:
    if number in read.check_lines:
        word, kind = "to check: ", "hl w"
    elif number in read.read_lines:
        word, kind = "read: ", "hl"
    else:
        return html.Li(text or " ")
    return html.Li(html.Span([html.Span(word, className="vh"), text], className=kind))


def _row(name: str, value: str, where: str) -> html.Div:
    return html.Div(
        [
            html.Dt(name),
            html.Dd(value, className="v"),
            html.Dd(where, className="sm t3 num"),
        ],
        className="fr",
    )


def _column(column: ColumnMatch) -> html.Div:
    unit = f", {column.unit}" if column.unit else ""
    field = f"{BY_KEY[column.field].label}{unit}" if column.field else "Kept as written"
    return _row(column.heading or "No heading", field, f"column {column.column}")


def _rows(shown: ImportedFile, *, may_open: bool) -> html.Div:
    left = shown.rows - shown.registered
    words = (
        f"{fmt.count(shown.registered)} of {fmt.plural(shown.rows, 'sample', 'samples')} registered"
    )
    parts: list[Component] = [html.P(words, className="md")]
    if shown.to_check:
        parts.append(html.P(f"{_to_check(shown)} in the review grid", className="t2"))
    is_open = shown.state in {ImportState.DRAFT, ImportState.PARTLY}
    if is_open and left and may_open:
        parts.append(
            button(
                f"Open {fmt.plural(left, 'row', 'rows')} in Register",
                href=f"/register?draft={shown.import_id}",
                kind="primary",
            )
        )
    elif may_open:
        parts.append(html.A("Open its import", href=f"/register?draft={shown.import_id}"))
    return html.Div(parts, className="dr-r")


def _doubts(findings: Sequence[Finding]) -> list[Component]:
    if not findings:
        return []
    items = [
        html.Li([icon("exclamation-triangle-fill", _TONES[each.severity]), html.Span(each.message)])
        for each in findings
    ]
    return [
        html.Div(
            [html.H3("Said about the whole file"), html.Ul(items, className="dr-d")],
            className="dr-f",
        )
    ]


def _facts(shown: ImportedFile, *, now: datetime, zone: ZoneInfo) -> html.Section:
    file = shown.file
    return html.Section(
        [
            html.H2("The file"),
            html.Dl(
                [
                    html.Div([html.Dt("Sent in by"), html.Dd(file.uploaded_by_name)]),
                    html.Div([html.Dt("On"), html.Dd(fmt.moment(file.uploaded_at, zone, now=now))]),
                    html.Div([html.Dt("Project"), html.Dd(shown.project_code)]),
                    html.Div(
                        [
                            html.Dt("Content"),
                            html.Dd(
                                f"SHA-256 {file.sha256[:16]}…",
                                title=file.sha256,
                                className="mono sm",
                            ),
                        ]
                    ),
                ],
                className="kv",
            ),
        ],
        className="dr-k",
        **aria(label="The file"),
    )
