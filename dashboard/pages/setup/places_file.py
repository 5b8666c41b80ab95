"""A file of places: the panel that takes it, and what would become of it or has."""

from dash import dcc, html
from dash.development.base_component import Component

from backend.storage.place_importing import ImportedPlaces
from backend.storage.place_kinds import KINDS
from backend.templates.adapters.files import LARGEST_FILE_BYTES
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.setup import file_ids as ids

_MOST_LINES = 20


def drop() -> Component:
    """Draw where a file is dropped; nothing is made before the button is pressed."""
    limit = f"Its columns: at least Kind, In, Label. Up to {LARGEST_FILE_BYTES // 1_000_000} MB."
    return panel(
        "Places from a file",
        html.P(
            "One row for each place, as an export has them. What is there already stays as it is; "
            "what is missing is made. One row that cannot be, and nothing is made.",
            className="t2 rl-said",
        ),
        dcc.Upload(
            [
                icon("file-earmark-arrow-up"),
                html.P([html.B("Drop a CSV or Excel file here"), " or press to choose one"]),
                html.P(limit, className="t3 sm"),
            ],
            id=ids.FILE,
            className="drop su-drop",
            className_active="drop su-drop is-over",
            max_size=LARGEST_FILE_BYTES,
            multiple=False,
        ),
        html.Div(nothing_chosen(), id=ids.FOUND, className="lf su-found", **aria(live="polite")),
        html.Div(button("Make the places", id=ids.MAKE, kind="primary"), className="row-x"),
        class_name="bt",
    )


def nothing_chosen() -> list[Component]:
    """Say that there is no file yet."""
    return [html.P("No file is chosen yet.", className="t3")]


def refused(message: str) -> list[Component]:
    """Say why a file is not taken at all."""
    return [html.P([icon("exclamation-octagon-fill", Tone.CRIT), " ", message])]


def told(file_name: str, seen: ImportedPlaces, *, kept: bool) -> list[Component]:
    """Draw what would become of a file, or has, and every row that is refused."""
    parts: list[Component] = [html.P(_head(file_name, seen, kept=kept))]
    if seen.ignored:
        words = ", ".join(seen.ignored)
        parts.append(html.P(f"Columns that are not read: {words}.", className="t3"))
    if not seen.refusals:
        return parts
    lines = [html.Li(f"Row {each.number}: {each.sentence}") for each in seen.refusals[:_MOST_LINES]]
    parts.append(html.Ul(lines))
    left = len(seen.refusals) - _MOST_LINES
    if left > 0:
        parts.append(html.P(f"And {fmt.plural(left, 'more row', 'more rows')}.", className="t3"))
    return parts


def _head(file_name: str, seen: ImportedPlaces, *, kept: bool) -> list[Component | str]:
    if seen.refusals:
        count = fmt.plural(len(seen.refusals), "row is", "rows are")
        words = f"“{file_name}”: {count} refused, so nothing is made."
        return [icon("exclamation-octagon-fill", Tone.CRIT), " ", words]
    made = ", ".join(
        fmt.plural(number, KINDS[kind].word, KINDS[kind].words)
        for kind, number in seen.made.items()
    )
    there = f" {fmt.plural(seen.already, 'place is', 'places are')} there already."
    if not made:
        return [f"“{file_name}”: nothing to be made.{there if seen.already else ''}"]
    end = "made." if kept else "to be made. Nothing is made yet."
    return [f"“{file_name}”: {made} {end}{there if seen.already else ''}"]
