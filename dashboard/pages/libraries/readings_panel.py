"""An instrument's file: the place where it is dropped, and what it would bring."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.samples import qc_rules
from backend.samples.volume_rules import shown
from backend.sequencing.pooling.molarity import QPCR_STANDARD_BP
from backend.sequencing.preparation.matching import Matched
from backend.sequencing.preparation.measuring import Looked
from backend.sequencing.preparation.readings.tables import LARGEST_BYTES
from dashboard import format as fmt
from dashboard.components.attributes import aria
from dashboard.components.button import button
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.libraries import ids, words
from dashboard.pages.libraries.curves import curve_parts
from dashboard.pages.libraries.tables import table

_MOST_LINES = 12


def draw() -> list[Component]:
    """Draw the place for a file; nothing is kept before “Keep readings” is pressed."""
    return [
        panel(
            "Readings of an instrument",
            dcc.Upload(
                [
                    icon("file-earmark-arrow-up"),
                    html.P([html.B("Drop a CSV file here"), " or press to choose one"]),
                    html.P(
                        "Qubit, plate reader (fluorescence with standards, or concentrations), "
                        "TapeStation or Bioanalyzer. "
                        f"Up to {LARGEST_BYTES // 1_000_000} MB.",
                        className="t3 sm",
                    ),
                ],
                id=ids.FILE,
                className="drop",
                className_active="drop is-over",
                max_size=LARGEST_BYTES,
                multiple=False,
            ),
            _qpcr(),
            html.Div(nothing_chosen(), id=ids.FILE_FOUND, **aria(live="polite")),
            html.Div(button("Keep readings", id=ids.FILE_KEEP, kind="primary"), className="row-x"),
        )
    ]


def _qpcr() -> html.Details:
    usual = str(QPCR_STANDARD_BP)
    fields = (
        ("Libraries were diluted 1 to", ids.QPCR_DILUTION, "", "10000"),
        ("Length of the standard", ids.QPCR_STANDARD, usual, usual),
    )
    return html.Details(
        [
            html.Summary("Molarities of a qPCR"),
            html.P(
                "They are corrected by each library's fragment size and for its dilution. Leave "
                "the dilution empty where the qPCR's program has done so.",
                className="t3 sm",
            ),
            html.Div(
                [
                    form_field(
                        label,
                        dbc.Input(
                            id=key,
                            value=value,
                            placeholder=example,
                            inputMode="decimal",
                            autocomplete="off",
                            maxlength=12,
                            debounce=True,
                        ),
                        unit="bp" if key == ids.QPCR_STANDARD else "",
                    )
                    for label, key, value, example in fields
                ],
                className="lb-acts",
            ),
        ]
    )


def nothing_chosen() -> list[Component]:
    """Say that there is no file yet."""
    return [html.P("No file is chosen yet.", className="t3")]


def refused(message: str) -> list[Component]:
    """Say why a file cannot be kept."""
    return [html.P([icon("exclamation-octagon-fill", Tone.CRIT), " ", message])]


def told(file_name: str, looked: Looked, *, kept: bool) -> list[Component]:
    """Draw what a file holds for the wells of the worksheet, and the lines that need a look."""
    instrument = looked.read.instrument
    name = words.INSTRUMENTS[instrument] if instrument else "No known instrument"
    whose = "libraries" if looked.of_libraries else "samples"
    count = fmt.plural(len(looked.matched), "reading", "readings")
    done = "Kept." if kept else "Nothing is kept yet."
    standards = len(looked.read.standards)
    aside = f", {fmt.plural(standards, 'standard', 'standards')} set aside" if standards else ""
    parts: list[Component] = [
        html.P(f"“{file_name}”: {name}, {count} of {whose}{aside}. {done}"),
        *_lines(looked),
        *(curve_parts(looked.read.curve) if looked.read.curve is not None and not kept else []),
    ]
    if looked.matched and not kept:
        heads = ("Well", "Whose", "What", "#Value", "#Line")
        rows = [_row(each) for each in sorted(looked.matched, key=_order)]
        parts.append(table("Readings to be kept", heads, rows))
    return parts


def _lines(looked: Looked) -> Sequence[Component]:
    found = looked.findings
    if not found:
        return []
    items = [
        html.Li(f"Line {each.line}: {each.message}" if each.line else each.message)
        for each in found[:_MOST_LINES]
    ]
    left = len(found) - _MOST_LINES
    more = [html.P(f"And {fmt.count(left)} more lines.", className="t3")] if left > 0 else []
    return [html.Ul(items), *more]


def _row(each: Matched) -> list[Component | str | None]:
    reading, target = each.reading, each.target
    unit = qc_rules.UNITS[reading.metric]
    value = reading.said if reading.value is None else f"{shown(reading.value)} {unit}".strip()
    whose = target.barcodes[-1] if target.barcodes else words.KINDS[target.kind]
    return [target.well, whose, qc_rules.NAMES[reading.metric], value, str(reading.line)]


def _order(each: Matched) -> tuple[int, str]:
    return each.target.place, each.reading.metric.value
