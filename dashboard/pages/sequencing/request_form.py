"""The form that asks for libraries to be sequenced."""

from collections.abc import Sequence
from datetime import date

import dash_bootstrap_components as dbc
from dash import dcc, html

from dashboard.components.button import button
from dashboard.components.form_field import error_summary, form_field
from dashboard.pages.sequencing import ids

READ_LENGTHS = (51, 76, 101, 151, 251, 301)


def form(projects: Sequence[str], *, barcodes: Sequence[str], due: date) -> html.Div:
    """Draw the form, the barcodes filled in and a day suggested."""
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
