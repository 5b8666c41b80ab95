"""A sheet that was looked at: what it is, what is to be said of it, what was understood."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from backend.sequencing.sheets.checking import Examined
from backend.sequencing.sheets.difference import Difference
from backend.sequencing.sheets.model import Cycles, Entry, SampleSheet, SheetSample
from backend.sequencing.sheets.run_info import RunInfo
from backend.sequencing.sheets.values import Dialect, Finding
from backend.templates.reading.values import Severity
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.panel import panel
from dashboard.components.status import Look, status, status_pill
from dashboard.components.tones import Tone
from dashboard.pages.sheets import ids
from dashboard.pages.sheets.words import shown

DIALECTS = {
    Dialect.ILLUMINA_V1: "Illumina, first format",
    Dialect.ILLUMINA_V2: "Illumina, second format",
    Dialect.AVITI: "Element run manifest",
    Dialect.ONT: "Oxford Nanopore",
    Dialect.TABLE: "Bare table",
}
_LOOKS = {
    Severity.ERROR: Look("Error", "x-octagon-fill", Tone.CRIT),
    Severity.WARNING: Look("Warning", "exclamation-triangle-fill", Tone.WARN),
    Severity.INFO: Look("Note", "info-circle", Tone.INFO),
}
_NO_SHEET = Look("No sample sheet", "x-octagon-fill", Tone.CRIT)
_FINE = Look("Nothing to refuse", "check-circle-fill", Tone.OK)
MOST_FINDINGS, MOST_ROWS, MOST_ENTRIES, MOST_DIFFERENCES = 200, 200, 60, 200


def result(name: str, mark: str, seen: Examined, info: RunInfo | None) -> list[Component]:
    """Draw all there is to say of a sheet; ``mark`` names its text for the buttons."""
    parts: list[Component] = [_head(name, seen, info), _findings(seen.findings, mark)]
    if seen.sheet is not None:
        parts += _understood(seen.sheet)
    return parts


def findings_table(findings: Sequence[Finding], *, mark: str = "") -> Component:
    """Draw findings with their place; ``mark`` gives those that can be mended their button."""
    heads = ["", "Line", "Column", "Code", "What is to be said"] + (["Fix"] if mark else [])
    rows = [
        html.Tr(
            [
                html.Td(status(_LOOKS[each.severity])),
                html.Td(_number(each.line), className="n num"),
                html.Td(_number(each.column), className="n num"),
                html.Td(html.Code(each.code, className="sm")),
                html.Td(_sentence(each), className="sck-said"),
                *([html.Td(_fix(each, place, mark))] if mark else []),
            ]
        )
        for place, each in enumerate(findings[:MOST_FINDINGS])
    ]
    return _table("Findings", heads, rows, len(findings) - MOST_FINDINGS, numbers=(1, 2))


def differences(found: Sequence[Difference], against: str, *, to: str = "this sheet") -> Component:
    """Draw what differs, from another sheet to this one."""
    if not found:
        body: Component = html.P("Both sheets say the same.", className="lf")
    else:
        lines = [html.Li(shown(each.sentence, longest=300)) for each in found[:MOST_DIFFERENCES]]
        body = html.Div([html.Ul(lines, className="sck-list"), *_more(len(found) - len(lines))])
    meta = f"from {shown(against)} to {to}, {fmt.count(len(found))}"
    return panel("Difference", body, meta=meta, class_name="bt")


def _head(name: str, seen: Examined, info: RunInfo | None) -> Component:
    errors, warnings = seen.count(Severity.ERROR), seen.count(Severity.WARNING)
    look = _FINE
    if seen.sheet is None:
        look = _NO_SHEET
    elif errors:
        look = Look(fmt.plural(errors, "error", "errors"), "x-octagon-fill", Tone.CRIT)
    elif warnings:
        words = fmt.plural(warnings, "warning", "warnings")
        look = Look(words, "exclamation-triangle-fill", Tone.WARN)
    facts = [("File", shown(name))]
    if seen.sheet is not None:
        facts += _facts(seen.sheet)
    if info is not None:
        facts.append(("Run", f"{shown(info.run)}: {_cycles(info.cycles)}"))
    return html.Div(
        [
            status_pill(look),
            *(
                html.Div([html.Span(word, className="t3 sm"), html.B(value)], className="sck-fact")
                for word, value in facts
            ),
        ],
        className="sck-head",
    )


def _facts(sheet: SampleSheet) -> list[tuple[str, str]]:
    lanes = sorted({lane for each in sheet.samples for lane in each.lanes})
    samples = len({each.sample_id for each in sheet.samples})
    return [
        ("Dialect", DIALECTS[sheet.dialect]),
        ("Rows", f"{fmt.count(len(sheet.samples))}, of {fmt.plural(samples, 'sample', 'samples')}"),
        ("Lanes", ", ".join(map(str, lanes)) or "not said"),
        ("Reads", _cycles(sheet.cycles)),
    ]


def _cycles(cycles: Cycles | None) -> str:
    if cycles is None or not cycles.in_order:
        return "not said"
    return ", ".join(f"{name} {count}" for name, count in cycles.in_order)


def _findings(findings: Sequence[Finding], mark: str) -> Component:
    if not findings:
        return panel("Findings", html.P("Nothing is to be said of it.", className="lf t2"))
    mendable = sum(each.fix is not None for each in findings)
    meta = f"{fmt.count(len(findings))}, of which {fmt.count(mendable)} can be fixed at once"
    return panel("Findings", findings_table(findings, mark=mark), meta=meta)


def _sentence(finding: Finding) -> list[Component | str]:
    said: list[Component | str] = [shown(finding.message, longest=400)]
    if finding.value:
        said += [" ", html.Code(shown(finding.value), className="sm t2")]
    return said


def _fix(finding: Finding, place: int, mark: str) -> Component | None:
    if finding.fix is None:
        return None
    label = shown(finding.fix.label, longest=40)
    where = f", line {finding.line}" if finding.line else ""
    return button(label, id=ids.fix(place, mark), size="sm", **aria(label=f"{label}{where}"))


def _understood(sheet: SampleSheet) -> list[Component]:
    parts: list[Component] = []
    for title, entries in (("Header", sheet.header), ("Settings", sheet.settings)):
        if entries:
            meta = fmt.count(len(entries))
            parts.append(panel(title, _entries(entries), meta=meta, class_name="bt"))
    if sheet.samples:
        meta = fmt.plural(len(sheet.samples), "row", "rows")
        parts.append(panel("Rows", _rows(sheet.samples), meta=meta, class_name="bt"))
    if sheet.others:
        words = ", ".join(
            f"[{shown(each.name)}] {fmt.plural(len(each.rows), 'line', 'lines')}"
            for each in sheet.others[:MOST_ENTRIES]
        )
        body = html.P(f"Kept as they are: {words}.", className="lf t2")
        parts.append(panel("Other sections", body, class_name="bt"))
    return parts


def _entries(entries: Sequence[Entry]) -> Component:
    shown_ones = [
        html.Div(
            [
                html.Dt(shown(each.key + (f", lane {each.lane}" if each.lane else ""))),
                html.Dd(shown(each.value) or "empty", className="" if each.value else "t3"),
            ]
        )
        for each in entries[:MOST_ENTRIES]
    ]
    return html.Div([html.Dl(shown_ones, className="sck-dl"), *_more(len(entries) - MOST_ENTRIES)])


def _rows(samples: Sequence[SheetSample]) -> Component:
    extras = sorted({name for each in samples for name, _ in each.extra})[:12]
    rows = [
        html.Tr(
            [
                html.Td(_number(each.line), className="n num t3"),
                html.Td("+".join(map(str, each.lanes)) or "all", className="num"),
                html.Td(html.B(shown(each.sample_id))),
                html.Td(_index(each, "index1", each.index1), className="mono"),
                html.Td(_index(each, "index2", each.index2), className="mono"),
                html.Td(shown(each.project)),
                *(html.Td(shown(each.own(name))) for name in extras),
            ]
        )
        for each in samples[:MOST_ROWS]
    ]
    heads = ["Line", "Lane", "Sample", "i7", "i5", "Project", *map(shown, extras)]
    return _table("Rows", heads, rows, len(samples) - MOST_ROWS, numbers=(0,))


def _index(sample: SheetSample, field: str, bases: Sequence[str]) -> Component | str:
    unreadable = dict(sample.unreadable).get(field)
    if unreadable:
        return html.Span(f"{shown(unreadable, longest=40)}, not read", className="c-crit")
    return shown("+".join(bases))


def _table(
    name: str,
    heads: Sequence[str],
    rows: Sequence[Component],
    hidden: int,
    *,
    numbers: Sequence[int],
) -> Component:
    head = html.Thead(
        html.Tr(
            [
                html.Th(word or "Severity", scope="col", className="n" if at in numbers else "")
                for at, word in enumerate(heads)
            ]
        )
    )
    table = html.Table([head, html.Tbody(rows)], className="tbl flush plain")
    box = html.Div(table, className="tbl-x", tabIndex="0", role="region", **aria(label=name))
    return html.Div([box, *_more(hidden)])


def _more(hidden: int) -> list[Component]:
    if hidden <= 0:
        return []
    return [html.P(f"And {fmt.count(hidden)} more that are not shown.", className="lf t3 sm")]


def _number(value: int | None) -> str:
    return "–" if value is None else fmt.count(value)
