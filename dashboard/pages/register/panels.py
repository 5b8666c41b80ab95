"""What stands around the review grid: counts, problems by cause, what was understood, the foot."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.templates.ids import ImportState
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import BY_KEY, FIELDS
from backend.templates.reading.headings import KEEP, ColumnMatch, Match, sureness
from backend.templates.reading.values import Finding, Severity
from backend.templates.rules import ROWS_NAMED, Cause
from backend.templates.views import DraftView, DraftWindow
from backend.work.ids import JobId
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.job_progress import job_progress
from dashboard.components.tones import Tone
from dashboard.pages.labels import ids as label_ids
from dashboard.pages.register.commit import commit_choice, reason_field, register_label
from dashboard.pages.register.grid import column_label
from dashboard.pages.register.own_cells import column_of

_HOW = {
    Match.EXACT: "same name",
    Match.FOLDED: "same name, spelled otherwise",
    Match.SYNONYM: "known synonym",
    Match.REMEMBERED: "as chosen before",
    Match.CHOSEN: "as chosen",
    Match.SUGGESTED: "to be confirmed",
    Match.REPEATED: "second column of a field",
    Match.KEPT: "no field of TracSeq",
    Match.BLANK: "no heading",
    Match.OURS: "written by TracSeq",
}
_SEVERITY = {
    Severity.ERROR: ("x-octagon-fill", Tone.CRIT),
    Severity.WARNING: ("exclamation-triangle-fill", Tone.WARN),
    Severity.INFO: ("info-circle", Tone.INFO),
}


_SEGMENTS = {
    RowState.READY: ("Ready", "check", Tone.OK),
    RowState.ERROR: ("Errors", "x-octagon-fill", Tone.CRIT),
    RowState.WARNING: ("Warnings", "exclamation-triangle-fill", Tone.WARN),
    RowState.UPDATE: ("Changes", "pencil", Tone.INFO),
    RowState.SKIPPED: ("Left out", "dash-circle-dotted", Tone.OFF),
}
_ONLY_WITH_ROWS = frozenset({RowState.UPDATE, RowState.SKIPPED})


def segments(view: DraftView | None, window: DraftWindow) -> list[Component]:
    """Draw the row counts; a press shows only those rows. A long draft comes in pages."""
    counts = {state: view.count(state) if view else 0 for state in RowState}
    total = sum(n for state, n in counts.items() if state is not RowState.REGISTERED)
    parts: list[Component] = [_segment("All", total, "", window)]
    parts += [
        _segment(word, counts[state], state.value, window, icon(name, tone))
        for state, (word, name, tone) in _SEGMENTS.items()
        if counts[state] or state not in _ONLY_WITH_ROWS
    ]
    return [*parts, *_pager(window)]


def _pager(window: DraftWindow) -> list[Component]:
    if not window.is_paged:
        return []
    last = window.first - 1 + len(window.rows)
    shown = f"Rows {window.first:,} to {last:,} of {window.of:,}" if window.rows else "No such rows"

    def turn(by: int, word: str, name: str, *, off: bool) -> Component:
        to = data(act="window", act_state=window.state, act_page=window.page + by)
        return button(word, kind="ghost", size="sm", icon=name, disabled=off, **to)

    beyond = {
        f"{side}_{name}": value
        for side, marked in (("before", window.before), ("after", window.after))
        if marked is not None
        for name, value in (("row", marked.row), ("field", column_of(marked.field)))
    }
    return [
        html.Span(shown, className="t2 sm", **data(windowed=window.state or "all", **beyond)),
        turn(-1, "Rows before", "chevron-left", off=window.page == 0),
        turn(1, "Rows after", "chevron-right", off=not window.has_more),
    ]


def _segment(
    word: str, number: int, state: str, window: DraftWindow, mark: Component | None = None
) -> Component:
    # A short draft is all in the grid, whose script knows what it shows.
    pressed = state == window.state
    inside: list[Component | str] = [] if mark is None else [mark]
    inside.append(f"{word} {fmt.count(number)}")
    return html.Button(
        inside,
        type="button",
        className="on" if pressed else "",
        **data(review_filter=state),
        **aria(pressed=pressed),
    )


def problems(view: DraftView | None) -> list[Component]:
    """Draw the causes, each with one fix for all its cells, and what is doubtful in the file."""
    if view is None:
        return [_no_draft()]
    errors = sum(c.count for c in view.causes if c.severity is Severity.ERROR)
    cells = "cell" if errors == 1 else "cells"
    head = (
        html.H2(f"There is a problem with {fmt.count(errors)} {cells}", className="is-crit")
        if errors
        else html.H2(_all_well(view))
    )
    return [
        html.Section(
            [head], className="esum", role="status", tabIndex="-1", **aria(label="Problems")
        ),
        html.Div([_cause(cause) for cause in view.causes], className="eglist"),
        *_file_doubts(view.findings),
    ]


def _all_well(view: DraftView) -> str:
    if view.writable:
        rows = "row" if view.writable == 1 else "rows"
        return f"Nothing stands in the way of {fmt.count(view.writable)} {rows}"
    return "Nothing is left to register"


def _no_draft() -> Component:
    return html.Div(
        [
            html.H2("Nothing here yet"),
            html.P(
                "Paste rows from a spreadsheet with Ctrl+V, with or without their headings, "
                "or import a file. Problems are listed here, each with its fix.",
                className="t2",
            ),
        ],
        className="esum",
    )


def _cause(cause: Cause) -> Component:
    name, tone = _SEVERITY[cause.severity]
    word = html.Span(f"{cause.severity.value}: ", className="vh")
    return html.Div(
        [
            icon(name, tone),
            html.B([word, cause.title]),
            html.Div([*_actions(cause), html.Span(className="sp"), _rows(cause)], className="act"),
        ],
        className="eg",
        **data(cause_code=cause.code, cause_field=column_of(cause.field)),
    )


def _actions(cause: Cause) -> list[Component]:
    where = {"act_code": cause.code, "act_field": column_of(cause.field)}
    actions: list[Component] = []
    if cause.fixable:
        label = f"Use {cause.fix}" if cause.fix else f"Use the {cause.fixable:,} suggestions"
        if cause.fix and cause.fixable > 1:
            label = f"Set {cause.fixable:,} cells to {cause.fix}"
        if cause.fix == "new":
            label = "New barcode" if cause.fixable == 1 else f"{cause.fixable:,} new barcodes"
        actions.append(button(label, size="sm", **data(act="fix", **where)))
    if cause.severity is Severity.WARNING:
        actions.append(button("Keep", size="sm", kind="outline", **data(act="keep", **where)))
    here = column_of(cause.field)
    first = data(act="go", act_row=cause.rows[0], act_field=here, act_edit="1")
    actions.append(button("Edit", size="sm", kind="ghost", **first))
    return actions


def _rows(cause: Cause) -> Component:
    shown = cause.rows[:ROWS_NAMED]
    links: list[Component | str] = ["Row " if cause.count == 1 else "Rows "]
    for number in shown:
        if number != shown[0]:
            links.append(", ")
        go = data(act="go", act_row=number, act_field=column_of(cause.field))
        links.append(html.Button(str(number), type="button", className="btn-link-x", **go))
    if cause.count > len(shown):
        links.append(f" and {cause.count - len(shown):,} more")
    return html.Span(links, className="cells")


def _file_doubts(findings: Sequence[Finding]) -> list[Component]:
    told = [f for f in findings if f.severity is not Severity.INFO]
    if not told:
        return []
    items = [
        html.Li([icon(*_SEVERITY[f.severity]), html.Span(f.message)], className="doubt")
        for f in told
    ]
    return [
        html.Section(
            [html.H2("About the file"), html.Ul(items)],
            className="bt doubts",
            **aria(label="About the file"),
        )
    ]


def understood(view: DraftView | None) -> list[Component]:
    """Draw what each column was taken for, from where, and a way to say otherwise."""
    if view is None or not view.columns:
        return []
    used = [m for m in view.columns if column_label(m) not in {"kept as written", "left out"}]
    kept = len(view.columns) - len(used)
    said = f"{len(view.columns)} columns: {len(used)} understood"
    said += f", {kept} kept as written or left out" if kept else ""
    told = [f for f in view.findings if f.severity is Severity.INFO]
    return [
        html.Details(
            [
                html.Summary([html.B("What was understood"), html.Span(said, className="t2")]),
                html.Div(
                    [
                        html.P(_source(view), className="t2 sm"),
                        html.Ul([_column(m) for m in view.columns], className="cols"),
                        html.Ul([html.Li(f.message) for f in told], className="told t2 sm"),
                    ],
                    className="under-x",
                ),
            ],
            className="under",
        )
    ]


def _source(view: DraftView) -> str:
    parts = [f"“{view.file_name}”", view.dialect]
    parts += [f"{name} {value}" for name, value in view.details.items() if name != "separator"]
    notes = [f"{note.label}: {note.value} (line {note.line})" for note in view.notes]
    return ", ".join(parts) + ". " + " · ".join(notes)


def _column(match: ColumnMatch) -> Component:
    name = match.heading or f"Column {match.column}"
    unit = f", {match.unit}" if match.unit else ""
    used = match.field is not None and match.match not in {Match.SUGGESTED, Match.REPEATED}
    chosen = match.field.value if used and match.field else KEEP
    choices = [(KEEP, "Keep as written"), *((spec.key.value, spec.label) for spec in FIELDS)]
    control = html.Select(
        [html.Option(label, value=value, selected=value == chosen) for value, label in choices],
        # A select keeps what it showed; with another key the browser draws it anew.
        key=f"{match.column}-{chosen}",
        className="form-select sm",
        disabled=match.match in {Match.BLANK, Match.OURS},
        **data(map_column=match.column),
        **aria(label=f"Meaning of column {name}"),
    )
    confirm: list[Component] = []
    if match.match is Match.SUGGESTED and match.field is not None:
        confirm = [
            button(
                f"Use as {BY_KEY[match.field].label}",
                size="sm",
                **data(act="map", act_column=match.column, act_field=match.field.value),
            )
        ]
    doubtful = " is-doubtful" if match.match in {Match.SUGGESTED, Match.BLANK} else ""
    return html.Li(
        [
            html.Span(name, className="from mono"),
            icon("arrow-right"),
            control,
            html.Span(f"{_how(match)}{unit}", className="how t3"),
            *confirm,
        ],
        className=f"colx{doubtful}",
    )


def _how(match: ColumnMatch) -> str:
    """Return why a column leads where it does, and how sure a resemblance is."""
    if match.match is not Match.SUGGESTED or not match.like:
        return _HOW[match.match]
    return f"similar to “{match.like}”, {match.score}%: {sureness(match.score)}"


def footer(view: DraftView | None) -> list[Component]:
    """Draw where the next scan goes, what stays a draft, and the one thing to do."""
    ready = view.writable if view else 0
    errors = view.count(RowState.ERROR) if view else 0
    warned = view.count(RowState.WARNING) if view else 0
    changed = view.count(RowState.UPDATE) if view else 0
    counted = f"{fmt.count(warned)} with a warning you accept" if warned else ""
    why = counted
    blocked = ready == 0
    return [
        html.Span(
            [
                icon("upc-scan"),
                html.Span([html.Span("Scanner ready.", className="md"), f" {_next_scan(view)}"]),
            ],
            className="scan-ready",
        ),
        html.Span(className="sp"),
        html.Span(why if not blocked else _why_blocked(view), className="t3 sm why"),
        *(
            [
                button(
                    "Result workbook",
                    href=f"/files/imports/{view.id}",
                    download="",
                    size="lg",
                    kind="ghost",
                    icon="file-earmark-spreadsheet",
                ),
                button(
                    "Problem list",
                    href=f"/files/imports/{view.id}/problems",
                    download="",
                    size="lg",
                    icon="download",
                ),
            ]
            if view and view.rows
            else []
        ),
        *([commit_choice(errors)] if errors and ready else []),
        *([reason_field(changed)] if changed else []),
        button(
            register_label(view),
            kind="primary",
            size="lg",
            disabled=blocked,
            **data(act="register"),
        ),
    ]


def _next_scan(view: DraftView | None) -> str:
    if view is None or view.next_scan is None:
        return "Next scan adds a row."
    return f"Next scan fills Barcode, row {view.next_scan}."


def _why_blocked(view: DraftView | None) -> str:
    if view is None or not view.rows:
        return "Paste rows or import a file first"
    if view.state is ImportState.REGISTERED:
        return "Everything is registered"
    return "Fix a marked cell first"


def done(view: DraftView | None, working: JobId | None = None) -> list[Component]:
    """Draw what was registered from this draft, or is being, with the way to the samples."""
    if working is not None:
        return [
            html.Div(
                [
                    html.P("A worker is at these rows. You may leave: the bell tells the end."),
                    job_progress(working),
                ],
                className="pad",
            )
        ]
    if view is None or not view.registered_count + view.updated_count:
        return []
    left = view.count(RowState.ERROR)
    rest = f" {fmt.count(left)} rows with errors are left below." if left else ""
    also = f", {fmt.count(view.updated_count)} changed" if view.updated_count else ""
    word = "sample was" if view.registered_count == 1 else "samples were"
    return [
        html.Div(
            [
                icon("check-circle-fill", Tone.OK),
                html.Span(
                    [
                        html.B(f"{fmt.count(view.registered_count)} {word} registered{also}."),
                        f" “{view.file_name}”, {view.project_code}.{rest}",
                    ]
                ),
                html.Span(className="sp"),
                button("Print labels", size="sm", icon="printer", opens=label_ids.DIALOG),
                html.A("Open the samples", href="/samples", className="md"),
                html.A("Place them in storage", href="/storage", className="md"),
            ],
            className="done",
            role="status",
        )
    ]
