"""What stands in each column of a sheet: how full it is, its kinds, its ends, what is common."""

from dash import html
from dash.development.base_component import Component

from backend.workbooks.planning.statistics import ColumnStatistics, Kind
from backend.workbooks.views import SheetView
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.workbooks.list_panels import scrolling

_HEADS = (
    ("Column", ""),
    ("Filled", ""),
    ("Distinct", "n"),
    ("Repeats", ""),
    ("Kinds", ""),
    ("Smallest to largest", ""),
    ("Commonest", ""),
)
_KINDS: dict[Kind, tuple[str, str]] = {
    Kind.NUMBER: ("number", "numbers"),
    Kind.DATE: ("date", "dates"),
    Kind.BOOLEAN: ("yes or no", "yes or no"),
    Kind.BARCODE: ("code", "codes"),
    Kind.ERROR: ("error value", "error values"),
    Kind.TEXT: ("text", "texts"),
}
_SHOWN_VALUES = 3


def columns(sheet: SheetView) -> html.Section:
    """Draw the statistics, a row per column in the sheet's order."""
    heads = html.Tr([html.Th(word, scope="col", className=kind) for word, kind in _HEADS])
    body = html.Tbody([_row(each) for each in sheet.columns])
    table = html.Table([html.Thead(heads), body], className="tbl flush plain")
    return panel(
        "Columns",
        scrolling(table, "Columns", "wb-cols"),
        meta=f"{fmt.plural(len(sheet.columns), 'column', 'columns')}, counted when it was read",
    )


def _row(each: ColumnStatistics) -> html.Tr:
    return html.Tr(
        [
            html.Th(each.heading, scope="row", className="wb-th", title=each.heading),
            html.Td(_filled(each)),
            html.Td(fmt.count(each.distinct), className="n num"),
            html.Td(_repeats(each)),
            html.Td(_kinds(each)),
            html.Td(_ends(each), className="num"),
            html.Td(_commonest(each), className="wb-cell"),
        ]
    )


def _filled(each: ColumnStatistics) -> Component:
    cells = each.filled + each.empty
    share = each.filled / cells if cells else 0.0
    words = f"{fmt.count(each.filled)} of {fmt.plural(cells, 'cell', 'cells')}"
    # A share that only rounds to all or none would deny the cells that differ.
    said = fmt.percent(share, 0 if each.filled in {0, cells} else 1)
    bar = html.Span(
        html.I(style={"--share": round(share * 100, 1)}), className="wb-share", **aria(hidden=True)
    )
    return html.Span(
        [bar, html.Span(said, className="num"), html.Span(f", {words}", className="vh")],
        className="row-x",
        title=words,
    )


def _repeats(each: ColumnStatistics) -> Component | str:
    if each.is_key:
        return html.Span(
            [icon("key", Tone.INFO), "Key"], className="st", title="Each row has its own value"
        )
    if each.is_unique:
        return html.Span(
            [icon("check2", Tone.OK), "Unique"],
            className="st",
            title="No value repeats; some cells are empty",
        )
    again = each.filled - each.distinct
    return html.Span(f"{fmt.count(again)} repeated", className="t2") if again else ""


def _kinds(each: ColumnStatistics) -> Component | str:
    ordered = sorted(each.kinds.items(), key=lambda counted: -counted[1])
    if not ordered:
        return html.Span("Nothing in it", className="t3")
    if len(ordered) == 1 and ordered[0][0] is not Kind.ERROR:
        return _KINDS[ordered[0][0]][1].capitalize()
    parts: list[Component | str] = []
    if Kind.ERROR in each.kinds:
        parts.append(icon("exclamation-triangle-fill", Tone.WARN))
    parts.append(", ".join(fmt.plural(count, *_KINDS[kind]) for kind, count in ordered))
    return html.Span(parts, className="st")


def _ends(each: ColumnStatistics) -> str:
    said = []
    if each.smallest_number is not None and each.largest_number is not None:
        said.append(_between(str(each.smallest_number), str(each.largest_number)))
    if each.first_day is not None and each.last_day is not None:
        days = (fmt.calendar_day(day, with_year=True) for day in (each.first_day, each.last_day))
        said.append(_between(*days))
    return "; ".join(said)


def _between(low: str, high: str) -> str:
    low, high = (text.replace("-", "−") for text in (low, high))
    return low if low == high else fmt.between(low, high)


def _commonest(each: ColumnStatistics) -> str:
    if not each.filled or each.is_unique:
        return ""
    shown = [f"{value} ({fmt.count(count)})" for value, count in each.commonest[:_SHOWN_VALUES]]
    return ", ".join(shown)
