"""The form that asks for libraries to be sequenced."""

from collections.abc import Mapping, Sequence
from datetime import date

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.sequencing import ids

READ_LENGTHS = (51, 76, 101, 151, 251, 301)


def form(
    projects: Sequence[str],
    *,
    barcodes: Sequence[str],
    due: date,
    assays: Mapping[str, str],
) -> html.Div:
    """Draw the form, the barcodes filled in and a day suggested; ``assays`` are names by key."""
    only = projects[0] if len(projects) == 1 else None
    return html.Div(
        [
            error_summary({}, id=ids.REQUEST_PROBLEMS),
            form_field(
                "Project",
                dbc.Select(id=ids.REQUEST_PROJECT, options=list(projects), value=only),
            ),
            form_field(
                "Libraries",
                dcc.Textarea(
                    id=ids.REQUEST_LIBRARIES,
                    value="\n".join(barcodes),
                    rows=8,
                    spellCheck=False,
                    className="form-control mono",
                ),
                help_text="One barcode on each line. To give indexes: barcode, i7, i5. "
                "Without them those of the sample are taken.",
            ),
            html.Div(
                [
                    form_field(
                        "Reads for each library",
                        dbc.Input(id=ids.REQUEST_READS, type="number", min=0, step="any"),
                        unit="M",
                        help_text="Or leave it empty and give a coverage.",
                    ),
                    form_field(
                        "Read length, both ends",
                        dbc.Select(
                            id=ids.REQUEST_LENGTH,
                            options=[
                                {"label": f"2 × {length}", "value": str(length)}
                                for length in READ_LENGTHS
                            ],
                            value="151",
                        ),
                    ),
                    form_field(
                        "Due",
                        dbc.Input(id=ids.REQUEST_DUE, type="date", value=due.isoformat()),
                    ),
                ],
                className="bd-row",
            ),
            _coverage(),
            form_field(
                "Assay",
                dbc.Select(
                    id=ids.REQUEST_ASSAY,
                    options=[
                        {"label": "None named", "value": ids.NO_ASSAY},
                        *({"label": name, "value": key} for key, name in assays.items()),
                    ],
                    value=ids.NO_ASSAY,
                ),
                help_text="What its libraries may share a lane with, when the queue is planned.",
            ),
            form_field(
                "Notes",
                dcc.Textarea(id=ids.REQUEST_NOTES, rows=3, className="form-control"),
                optional=True,
            ),
            html.Div(
                [
                    button("Request sequencing", id=ids.REQUEST_SEND, kind="primary"),
                    button("Back to the board", href="/sequencing", kind="ghost"),
                ],
                className="row-x",
            ),
        ],
        className="bd-form",
    )


def _coverage() -> html.Fieldset:
    fields = (
        ("Depth", ids.REQUEST_DEPTH, "×", None),
        ("Target", ids.REQUEST_TARGET, "Mb", None),
        ("Duplicates expected", ids.REQUEST_DUPLICATES, "%", 10),
        ("On target", ids.REQUEST_ON_TARGET, "%", 100),
    )
    return html.Fieldset(
        [
            html.Legend("Coverage, in place of reads"),
            html.P(
                "Reads = depth × target / (2 × read length × share that is no duplicate and on "
                "target). A genome has about 3,100 Mb, an exome 35 to 45 Mb.",
                className="help t3 sm",
            ),
            html.Div(
                [
                    form_field(
                        label,
                        dbc.Input(id=key, type="number", min=0, step="any", value=value),
                        unit=unit,
                    )
                    for label, key, unit, value in fields
                ],
                className="bd-row is-four",
            ),
        ]
    )
