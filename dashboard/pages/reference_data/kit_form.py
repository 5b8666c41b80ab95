"""An index kit from files: where they are dropped, and what they hold."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.sequencing.reference.kit_files import KitReading, said
from backend.sequencing.reference.words import FIELDS
from backend.templates.adapters.files import LARGEST_FILE_BYTES
from backend.templates.reading.values import Severity
from dashboard import format as fmt
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.components.icon import icon
from dashboard.components.panel import panel
from dashboard.components.tones import Tone
from dashboard.pages.reference_data import ids
from dashboard.pages.reference_data.detail import wells

_MOST_FINDINGS = 20
_MARKS = {
    Severity.ERROR: ("exclamation-octagon-fill", Tone.CRIT),
    Severity.WARNING: ("exclamation-triangle-fill", Tone.WARN),
    Severity.INFO: ("info-circle", Tone.INFO),
}
_AS_READ = "as_read"
_AS_BEFORE = "A kit that is here already keeps its own where this is empty."


def form() -> Component:
    """Draw the form; nothing is kept before the button is pressed."""
    limit = f"{LARGEST_FILE_BYTES // 1_000_000} MB"
    return panel(
        "Index kit from a file",
        error_summary({}, id=ids.KIT_PROBLEMS),
        html.P(
            "A table with the columns well, name, i7 and i5, or two lists of name and sequence "
            "whose file names say i7 and i5.",
            className="t2 rl-said",
        ),
        html.Div(
            dcc.Upload(
                [
                    icon("file-earmark-arrow-up"),
                    html.P([html.B("Drop one or two files here"), " or press to choose them"]),
                    html.P(f".csv, .tsv, .txt or .xlsx, up to {limit}", className="t3 sm"),
                ],
                id=ids.KIT_FILE,
                className="drop su-drop",
                className_active="drop su-drop is-over",
                max_size=LARGEST_FILE_BYTES,
                multiple=True,
            ),
            **data(drop_zone=""),
        ),
        html.Div(
            [
                _text("Name", ids.KIT_NAME, "A kit with this name gets its next version."),
                _text("Maker", ids.KIT_MAKER, "Who makes it, or “Own design”."),
                _text("Source", ids.KIT_SOURCE, "A document, an address, an order."),
                form_field(
                    "Second index",
                    dbc.Select(
                        id=ids.KIT_REVERSED,
                        options=[
                            {"value": "forward", "label": "is listed forward"},
                            {
                                "value": _AS_READ,
                                "label": "is listed as a reversing sequencer reads",
                            },
                        ],
                        value="forward",
                    ),
                ),
                *_adapters(),
            ],
            className="rl-pair su-block",
        ),
        _umis(),
        html.Div(nothing_chosen(), id=ids.KIT_FOUND, className="su-found", **aria(live="polite")),
        html.Div(button("Keep the kit", id=ids.KIT_KEEP, kind="primary"), className="row-x"),
        class_name="ad-p rd-form",
    )


def is_reversed(chosen: str | None) -> bool:
    """Tell whether the form says that i5 is listed as it is read."""
    return chosen == _AS_READ


def nothing_chosen() -> list[Component]:
    """Say that there is no file yet."""
    return [html.P("No file is chosen yet.", className="t3")]


def found(reading: KitReading) -> list[Component]:
    """Draw what the files hold and what is to be said of them, worst first."""
    order = list(Severity)
    findings = sorted(reading.findings, key=lambda each: order.index(each.severity))
    lines = [
        html.Li([icon(*_MARKS[each.severity]), " ", said(each)])
        for each in findings[:_MOST_FINDINGS]
    ]
    left = len(findings) - _MOST_FINDINGS
    if left > 0:
        lines.append(html.Li(f"And {fmt.plural(left, 'more finding', 'more findings')}."))
    if reading.content is None:
        head = html.P([html.B("Nothing can be kept yet. "), "Mend the file and drop it again."])
        return [head, html.Ul(lines, className="rd-found")]
    apart = "".join(
        f", {side} at least {least} bases apart"
        for side, least in (("i7", reading.least_i7), ("i5", reading.least_i5))
        if least is not None
    )
    pairs = fmt.plural(len(reading.content.wells), "index pair", "index pairs")
    return [
        html.P([icon("check-circle-fill", Tone.OK), f" {pairs}{apart}. Nothing is kept yet."]),
        html.Ul(lines, className="rd-found"),
        wells(reading.content),
    ]


def _adapters() -> list[Component]:
    return [
        _text(FIELDS[name].label, id, f"{FIELDS[name].help_text} {_AS_BEFORE}", longest=300)
        for name, id in (("adapter_read1", ids.KIT_ADAPTER_1), ("adapter_read2", ids.KIT_ADAPTER_2))
    ]


def _umis() -> html.Div:
    field = dcc.Textarea(id=ids.KIT_UMIS, value="", rows=2, className="form-control mono")
    help_text = f"{FIELDS['umis'].help_text} {_AS_BEFORE}"
    return form_field("UMIs", field, help_text=help_text, class_name="rd-lines")


def _text(label: str, id: str, help_text: str, *, longest: int = 120) -> html.Div:
    control = dbc.Input(id=id, value="", maxlength=longest, autocomplete="off")
    return form_field(label, control, help_text=help_text)
