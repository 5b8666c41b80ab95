"""A worksheet as it is now: what stands against it, the plate from above, its wells and lots."""

from collections.abc import Sequence
from decimal import Decimal

from dash import html
from dash.development.base_component import Component

from backend.samples import qc_rules
from backend.samples.ids import Metric
from backend.samples.volume_rules import shown
from backend.sequencing.preparation import rules
from backend.sequencing.preparation.ids import GateState, WellKind, WorksheetState
from backend.sequencing.preparation.rules import InputFlag
from backend.sequencing.preparation.views import (
    MadeFor,
    ReadingView,
    WellView,
    WorksheetView,
)
from backend.storage.rules import row_letters
from dashboard import format as fmt
from dashboard import robots
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.status import status, status_pill
from dashboard.components.tones import Tone
from dashboard.laboratory import lab_zone
from dashboard.pages.libraries import words
from dashboard.pages.libraries.curves import curve_parts
from dashboard.pages.libraries.tables import table

_READ = (Metric.CONCENTRATION, Metric.FRAGMENT_SIZE, Metric.MOLARITY)
_CONTROL_MARKS = {WellKind.NO_TEMPLATE: "NTC", WellKind.POSITIVE: "POS"}


def body(sheet: WorksheetView) -> list[Component]:
    """Draw everything of a worksheet that its rows say."""
    return [
        _facts(sheet),
        *_gate(sheet),
        *_obstacles(sheet),
        *_findings(sheet),
        panel("Plate", _plate(sheet), meta=_counted(sheet), class_name="lb-p"),
        panel("Wells", _wells(sheet)),
        panel("Lots", _lots(sheet)),
        *([panel("Kept readings", *_files(sheet))] if sheet.files else []),
        panel("Files", _downloads(sheet)),
    ]


def _facts(sheet: WorksheetView) -> html.Div:
    zone = lab_zone()
    wish = sheet.protocol.wish
    steps = [f"made by {sheet.made_by_name} {fmt.moment(sheet.made_at, zone)}"]
    if sheet.started_at is not None:
        steps.append(f"started by {sheet.started_by_name} {fmt.moment(sheet.started_at, zone)}")
    if sheet.done_at is not None:
        steps.append(f"done by {sheet.done_by_name} {fmt.moment(sheet.done_at, zone)}")
    if sheet.cancel_reason is not None:
        steps.append(f"given up: {sheet.cancel_reason}")
    target = f"{shown(wish.target_ng)} ng in {shown(wish.volume_ul)} µL"
    return html.Div(
        [
            status_pill(words.STATES[sheet.state]),
            html.Span(
                [html.B(sheet.protocol.label), f", {target}, {words.SHAPES[sheet.shape].lower()}"]
            ),
            html.Span("; ".join(steps), className="t2"),
            *([html.Span(_made_for(sheet.made_for), className="t2")] if sheet.made_for else []),
            *([html.Span(sheet.notes, className="t2")] if sheet.notes else []),
        ],
        className="lb-facts",
    )


def _made_for(made_for: MadeFor) -> str:
    """Say which thresholds judge the libraries, and when they are not the assay's own."""
    said = f"for {made_for.assay}, assay version {made_for.version}"
    if made_for.judged_by is None:
        return f"{said}; no thresholds are published, so nothing judges its libraries"
    if made_for.wanted and not made_for.is_own:
        return (
            f"{said}; none are published for {made_for.wanted}, so {made_for.judged_by} judges "
            "its libraries"
        )
    return f"{said}; its libraries are judged by {made_for.judged_by}"


def _gate(sheet: WorksheetView) -> list[Component]:
    if sheet.state is not WorksheetState.DONE or sheet.gate is GateState.NONE:
        return []
    said = [html.Li(reason) for reason in sheet.gate_reasons]
    if sheet.gate_decided_by_name is not None:
        said.append(html.Li(f"{sheet.gate_decided_by_name}: {sheet.gate_decision_reason}"))
    pending = [html.P("The libraries are pending until somebody decides.", className="t2")]
    return [
        panel(
            "Controls",
            html.Ul(said),
            *(pending if sheet.gate is GateState.FAILED else []),
            aside=status(words.GATES[sheet.gate]),
        )
    ]


def _obstacles(sheet: WorksheetView) -> list[Component]:
    if not sheet.obstacles:
        return []
    step = "started" if sheet.state is WorksheetState.DRAFT else "finished"
    items = [html.Li(each) for each in sheet.obstacles]
    head: list[Component | str] = [icon("exclamation-triangle-fill", Tone.WARN)]
    head.append(f" What keeps it from being {step}")
    return [html.Div([html.P(head, className="lb-why"), html.Ul(items)], className="lb-against")]


def _findings(sheet: WorksheetView) -> list[Component]:
    if not sheet.index_findings or sheet.state is WorksheetState.CANCELLED:
        return []
    said = html.Ul([html.Li(each) for each in sheet.index_findings])
    return [panel("Index pairs", said, meta="to know when they are pooled; nothing is refused")]


def _counted(sheet: WorksheetView) -> str:
    samples = sum(well.kind is WellKind.SAMPLE for well in sheet.wells)
    controls = len(sheet.wells) - samples
    parts = (
        fmt.plural(samples, "sample", "samples"),
        fmt.plural(controls, "control", "controls"),
        f"{rules.SHAPES[sheet.shape].capacity - len(sheet.wells)} free",
    )
    return ", ".join(parts)


def _plate(sheet: WorksheetView) -> Component:
    shape = rules.SHAPES[sheet.shape]
    by_place = {well.place: well for well in sheet.wells}
    head = [html.Th("", scope="col")] + [
        html.Th(str(column), scope="col") for column in range(1, shape.columns + 1)
    ]
    lines = []
    for row in range(1, shape.rows + 1):
        places = range(row, shape.capacity + 1, shape.rows)
        cells = [_cell(by_place.get(place)) for place in places]
        lines.append(html.Tr([html.Th(row_letters(row), scope="row"), *cells]))
    drawn = html.Table([html.Thead(html.Tr(head)), html.Tbody(lines)], className="lb-plate")
    return html.Div(drawn, className="tbl-x", tabIndex="0", role="region", **aria(label="Plate"))


def _cell(well: WellView | None) -> html.Td:
    if well is None:
        return html.Td("", className="lb-w")
    # What tells tubes of a plate apart is the end of their codes.
    mark = well.barcode.rpartition("-")[2] if well.barcode else _CONTROL_MARKS[well.kind]
    is_short = well.flag not in {InputFlag.ON_TARGET, InputFlag.UNKNOWN}
    look = "is-short" if is_short else ("is-control" if well.barcode is None else "is-in")
    amount = "" if well.volume_ul is None else f"{shown(well.volume_ul)} µL"
    parts = [html.B(mark), html.Span(amount), html.Span(well.index_name or "", className="t3")]
    return html.Td(parts, className=f"lb-w {look}", title=f"{well.well}: {_named(well)}")


def _named(well: WellView) -> str:
    return words.KINDS[well.kind] if well.barcode is None else f"{well.barcode}, {well.name}"


def _wells(sheet: WorksheetView) -> Component:
    if not sheet.wells:
        return html.P("Nothing is on the plate yet.", className="t2")
    done = sheet.state is WorksheetState.DONE
    read = [f"#{qc_rules.NAMES[metric]} ({qc_rules.UNITS[metric]})" for metric in _READ]
    heads = [
        "Well",
        "What",
        "#ng/µL",
        "#Sample, µL",
        "#Diluent, µL",
        "#ng",
        "Input",
        "Index",
        "i7, i5",
    ]
    heads += ["Library", "Quality", *read] if done else []
    rows = [[*_before(well), *(_after(well, sheet.gate) if done else [])] for well in sheet.wells]
    return table("Wells", heads, rows)


def _before(well: WellView) -> list[Component | str | None]:
    what: Component | str = words.KINDS[well.kind]
    if well.barcode is not None:
        link = html.A(well.barcode, href=f"/samples/{well.barcode}", className="mono")
        what = html.Span([link, html.Span(f" {well.name}", className="t2")])
    return [
        well.well,
        what,
        _number(well.concentration_ng_per_ul),
        _number(well.volume_ul),
        _number(well.diluent_ul),
        _number(well.mass_ng),
        status(words.FLAGS[well.flag]) if well.kind is WellKind.SAMPLE else None,
        well.index_name,
        html.Span(", ".join(i for i in (well.index_i7, well.index_i5) if i), className="mono"),
    ]


def _after(well: WellView, gate: GateState) -> list[Component | str | None]:
    read = {each.metric: each for each in well.readings}
    link = None
    if well.library_barcode is not None:
        at = f"/samples/{well.library_barcode}"
        link = html.A(well.library_barcode, href=at, className="mono")
    return [link, _quality(well, gate), *(_read(read.get(metric)) for metric in _READ)]


def _quality(well: WellView, gate: GateState) -> str:
    """Say what quality control says; nothing counts while failed controls have no answer."""
    if well.library_verdict is None:
        return ""
    if gate is GateState.FAILED:
        return "Pending"
    verdict = well.library_verdict.replace("_", " ").capitalize()
    said = "Not judged" if verdict == "None" else verdict
    return f"{said} ({well.library_judged_by})" if well.library_judged_by else said


def _read(reading: ReadingView | None) -> str:
    if reading is None:
        return ""
    return reading.said if reading.value is None else shown(reading.value)


def _number(value: Decimal | None) -> str:
    return "" if value is None else shown(value)


def _lots(sheet: WorksheetView) -> Component:
    if not sheet.lots:
        return html.P("No lot is chosen yet.", className="t2")
    rows: list[list[Component | str | None]] = [
        [
            lot.kit,
            lot.catalogue_number,
            html.Span(lot.lot, className="mono"),
            fmt.calendar_day(lot.expires_on, with_year=True),
            f"{lot.reactions_left} of {lot.reactions_total}",
        ]
        for lot in sheet.lots
    ]
    return table("Lots", ("Kit", "Catalogue", "Lot", "Expires", "#Reactions left"), rows)


def _files(sheet: WorksheetView) -> list[Component]:
    rows = [
        [
            each.file_name,
            words.INSTRUMENTS[each.instrument],
            fmt.count(each.readings),
            f"{each.kept_by_name}, {fmt.moment(each.kept_at, lab_zone())}",
        ]
        for each in sheet.files
    ]
    drawn = [table("Kept readings", ("File", "Instrument", "#Readings", "Kept"), rows)]
    for each in sheet.files:
        if each.curve is not None:
            drawn += curve_parts(each.curve, f"Standard curve of {each.file_name}")
    return drawn


def _downloads(sheet: WorksheetView) -> Component:
    papers: Sequence[tuple[str, str, str]] = (
        ("pdf", "Worksheet, PDF", "printer"),
        ("xlsx", "Worksheet, XLSX", "download"),
        *((robot.ending, name, "download") for robot, name in robots.NAMES.items()),
    )
    links = [
        button(label, href=f"/files/libraries/{sheet.code}.{kind}", icon=mark, download="")
        for kind, label, mark in papers
    ]
    return html.Div(links, className="row-x g6 lb-files")
