"""The form that says which flow cells the laboratory keeps for each instrument."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html

from backend.sequencing.views import FlowCellView, InstrumentView
from dashboard import format as fmt
from dashboard.components.button import button
from dashboard.components.panel import panel
from dashboard.pages.run_calendar import ids


def kept_form(instruments: Sequence[InstrumentView]) -> html.Section | None:
    """Draw boxes for each instrument with a choice; None where no instrument has one."""
    choosing = [each for each in instruments if len(each.flow_cells) > 1]
    if not choosing:
        return None
    return panel(
        "Flow cells kept",
        html.P(
            "Runs are planned and booked with these. What is booked already stays as it is.",
            className="t2",
        ),
        html.P("", id=ids.KEPT_TOLD, className="c-crit", role="alert"),
        *(_boxes(each) for each in choosing),
        html.Div(button("Keep these", id=ids.KEPT_SEND), className="row-x"),
        class_name="bt rc-form",
    )


def _boxes(instrument: InstrumentView) -> html.Fieldset:
    return html.Fieldset(
        [
            html.Legend(instrument.name),
            dbc.Checklist(
                id=ids.kept(str(instrument.id)),
                options=[_option(each) for each in instrument.flow_cells],
                value=[each.key for each in instrument.flow_cells if each.is_kept],
            ),
        ]
    )


def _option(cell: FlowCellView) -> dict[str, str]:
    lanes = fmt.plural(cell.lanes, "lane", "lanes")
    yields = fmt.decimal(cell.usable_reads_millions)
    return {"label": f"{cell.name}, {lanes}, {yields} M reads each", "value": cell.key}
