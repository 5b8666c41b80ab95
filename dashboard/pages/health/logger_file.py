"""A logger's file: the dialog that takes it, what it holds, and what became of it."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.telemetry.importing import Imported
from backend.telemetry.intake_views import Outcome
from backend.telemetry.logger_files import LARGEST_BYTES, Finding
from backend.telemetry.sensors import SensorFacts
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.dialog import dialog
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.tones import Tone
from dashboard.pages.health import ids

NAMED_INSIDE = "inside"
"""The choice for a file that names its sensors itself."""
_MOST_LINES = 12
_WORDS = {
    Outcome.ACCEPTED: "new",
    Outcome.REPEATED: "there already",
    Outcome.DIFFERS: "different from what is there",
    Outcome.NO_MEASUREMENT: "without a measurement",
    Outcome.IMPLAUSIBLE: "not possible",
    Outcome.UNKNOWN_SENSOR: "of unknown sensors",
    Outcome.NOT_CONNECTED: "of sensors that stood in no unit then",
    Outcome.FUTURE: "in the future",
    Outcome.TOO_OLD: "too old",
}


def opener(*, may_record: bool) -> html.Div:
    """Draw the way to all sensors, and for whoever may record the button of the dialog."""
    acts = [button("All sensors", href="/sensors", size="sm")]
    if may_record:
        acts.append(button("Bring in a logger's file", opens=ids.FILE_DIALOG, size="sm"))
    return html.Div(html.Div(acts, className="row-x"), className="lf-o")


def file_dialog(sensors: Sequence[SensorFacts]) -> html.Dialog:
    """Draw the dialog; nothing is kept before “Record” is pressed."""
    options = [{"value": NAMED_INSIDE, "label": "The file names its sensors"}]
    options += [
        {"value": each.code, "label": f"{each.code} · {each.unit_label}"} for each in sensors
    ]
    limit = f"{LARGEST_BYTES // 1_000_000} MB"
    return dialog(
        ids.FILE_DIALOG,
        "Bring in a logger's file",
        dcc.Upload(
            [
                icon("file-earmark-arrow-up"),
                html.P([html.B("Drop a CSV file here"), " or press to choose one"]),
                html.P(
                    f"A time, and a value or a column a sensor. Up to {limit}.", className="t3 sm"
                ),
            ],
            id=ids.FILE,
            className="drop",
            className_active="drop is-over",
            max_size=LARGEST_BYTES,
            multiple=False,
        ),
        form_field(
            "Whose values these are",
            dbc.Select(id=ids.FILE_SENSOR, options=options, value=NAMED_INSIDE),
            help_text="Times without a zone are the laboratory's. Sent again, a file changes "
            "nothing.",
        ),
        html.Div(nothing_chosen(), id=ids.FILE_FOUND, className="lf", **aria(live="polite")),
        html.Div(
            [
                button("Close", **data(close="")),
                button("Record", id=ids.FILE_SEND, kind="primary"),
            ],
            className="row-x",
        ),
    )


def nothing_chosen() -> list[Component]:
    """Say that there is no file yet."""
    return [html.P("No file is chosen yet.", className="t3")]


def refused(message: str) -> list[Component]:
    """Say why a file cannot be read."""
    return [html.P([icon("exclamation-octagon-fill", Tone.CRIT), " ", message])]


def told(file_name: str, seen: Imported, *, kept: bool) -> list[Component]:
    """Draw what a file holds, or what became of it, and the lines that need a look."""
    counts = ", ".join(
        f"{fmt.count(number)} {_WORDS[outcome]}"
        for outcome, number in seen.counts.items()
        if number or outcome is Outcome.ACCEPTED
    )
    done = "Recorded" if kept else "Nothing is recorded yet"
    mark = icon("exclamation-triangle-fill", Tone.WARN) if seen.faults else None
    head = f"“{file_name}”: {fmt.plural(seen.readings, 'reading', 'readings')}, {counts}. {done}."
    parts: list[Component] = [html.P([mark, " ", head] if mark else head)]
    alike = _alike(seen.findings)
    if alike:
        parts.append(html.Ul([html.Li(_line(each)) for each in alike[:_MOST_LINES]]))
    left = sum(len(each) for each in alike[_MOST_LINES:])
    if left > 0:
        parts.append(html.P(f"And {fmt.count(left)} more lines.", className="t3"))
    return parts


def _alike(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Return the findings that say the same of one sensor together, by their first line."""
    groups: dict[tuple[str | None, str], list[Finding]] = {}
    for each in findings:
        groups.setdefault((each.sensor, each.message), []).append(each)
    return list(groups.values())


def _line(alike: Sequence[Finding]) -> str:
    first = alike[0]
    whose = f", {first.sensor}" if first.sensor else ""
    where = f"Line {first.line}"
    if len(alike) > 1:
        where = f"{fmt.count(len(alike))} lines from {first.line} to {alike[-1].line}"
    return f"{where}{whose}: {first.message}"
