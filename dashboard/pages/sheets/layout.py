"""Sample sheets checked: drop or paste one, see what is wrong with it, mend it, take it away."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from backend.sequencing.ids import I5Orientation
from dashboard.components.attributes import aria, data
from dashboard.components.button import button
from dashboard.components.empty_state import empty_state
from dashboard.components.form_field import form_field
from dashboard.components.icon import icon
from dashboard.components.page import Crumb, Page, page
from dashboard.pages.sequencing.tabs import tabs
from dashboard.pages.sheets import ids

_LARGEST_DROPPED = 20_000_000
"""More than any sheet has, so that one that is too large is told so."""


def layout() -> Page:
    """Draw the page with nothing on it yet."""
    return page(
        title="Sample sheets",
        breadcrumb=[Crumb("Sequencing", "/sequencing")],
        tabs=tabs("/sequencing/sheets"),
        children=[
            *(dcc.Store(id=each) for each in (ids.SHEET, ids.RUN_INFO, ids.OTHER)),
            dcc.Download(id=ids.SENT),
            html.Div([_given(), _answer()], className="sck"),
        ],
    )


def nothing_yet() -> Component:
    """Draw what stands where the answer will be."""
    return empty_state(
        "No sheet is looked at yet",
        "Drop or paste a sample sheet of Illumina, Element or Oxford Nanopore, or a bare table. "
        "You see what was understood of it, and what a demultiplexer would refuse or misread.",
        icon="file-earmark-arrow-up",
    )


def _given() -> html.Section:
    return html.Section(
        [
            _drop(ids.FILE, "Drop a sample sheet", "CSV, or JSON of v2-samplesheet-maker"),
            form_field(
                "Or paste it",
                dcc.Textarea(
                    id=ids.PASTED,
                    value="",
                    rows=6,
                    spellCheck=False,
                    className="form-control mono",
                ),
            ),
            button("Check what is pasted", id=ids.CHECK),
            html.Div(id=ids.SAID, role="alert", className="sck-answer"),
            html.H2("Beside the sheet", className="sck-h"),
            _drop(ids.RUN_INFO_FILE, "RunInfo.xml of the run", "Its cycles, and how it reads i5"),
            html.Div(id=ids.RUN_INFO_SAID, className="sck-answer", **aria(live="polite")),
            _drop(ids.OTHER_FILE, "Another sheet", "To see what differs"),
            html.P(
                "Nothing is kept here: sheets stay in this window until it is closed.",
                className="t3 sm",
            ),
        ],
        className="sck-given",
        **aria(label="What is checked"),
    )


def _answer() -> html.Section:
    return html.Section(
        [
            html.Div(_acts(), id=ids.ACTS, className="sck-acts", hidden=True),
            html.Div(nothing_yet(), id=ids.RESULT, **aria(live="polite")),
            html.Div(id=ids.DIFFERENCE),
        ],
        className="sck-answered",
        **aria(label="What is to be said of it"),
    )


def _acts() -> list[Component]:
    return [
        button("Fix all", id=ids.FIX_ALL, kind="primary", icon="check2"),
        button("Turn i5 round", id=ids.TURN),
        html.Span(
            [
                html.Label("i5 is read", htmlFor=ids.ORIENTATION, className="t2"),
                dbc.Select(
                    id=ids.ORIENTATION,
                    options=[
                        {"label": "by instrument", "value": ids.AS_KNOWN},
                        {"label": "forward", "value": I5Orientation.FORWARD.value},
                        {
                            "label": "reversed",
                            "value": I5Orientation.REVERSE_COMPLEMENT.value,
                        },
                    ],
                    value=ids.AS_KNOWN,
                    class_name="sck-select",
                ),
                button("To second format", id=ids.TO_V2),
            ],
            className="row-x",
        ),
        html.Span(className="sp"),
        button("Undo", id=ids.UNDO, kind="ghost", icon="arrow-counterclockwise"),
        button("Forget it", id=ids.FORGET, kind="ghost"),
        button("Download", id=ids.DOWNLOAD, icon="download"),
    ]


def _drop(key: str, words: str, more: str) -> html.Div:
    inside = [
        icon("file-earmark-arrow-up"),
        html.P([html.B(words), " or press to choose it"]),
        html.P(more, className="t3 sm"),
    ]
    return html.Div(
        dcc.Upload(
            inside,
            id=key,
            className="drop sck-drop",
            className_active="drop sck-drop is-over",
            max_size=_LARGEST_DROPPED,
            multiple=False,
        ),
        **data(drop_zone=""),
    )
