"""Making a pool of the selected samples."""

from typing import Any

from dash import Input, Output, State, html, no_update
from pydantic import ValidationError

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.samples import service
from backend.samples.errors import DrawRefused
from backend.samples.ids import TemperatureClass
from backend.samples.making_schemas import Pooling, PoolPart
from dashboard.callbacks import page_callback
from dashboard.components.icon import icon
from dashboard.components.tones import Tone
from dashboard.pages.samples import ids
from dashboard.pages.samples.detail_acting import number
from dashboard.session import current_principal


@page_callback(
    Permission.SAMPLES_EDIT,
    Output(ids.POOL_OUTCOME, "children"),
    Input(ids.POOL_APPLY, "n_clicks"),
    State(ids.POOL_NAME, "value"),
    State(ids.POOL_VOLUME, "value"),
    State(ids.POOL_ZONE, "value"),
    State(ids.POOL_PROJECT, "value"),
    State(ids.GRID, "selectedRows"),
    prevent_initial_call=True,
)
def make_pool(presses: int | None, *given: Any) -> Any:
    """Pool the selected samples, or say of each that cannot give why not."""
    if not presses:
        return no_update
    name, typed, zone, project, rows = given
    try:
        volume = number(typed, "Volume", "µL")
        parts = tuple(PoolPart(barcode=row["barcode"], volume_ul=volume) for row in rows or [])
        pooling = Pooling(
            name=name or "",
            parts=parts,
            temperature_class=TemperatureClass(zone),
            project_code=(project or "").strip() or None,
        )
        with writing() as session:
            made = service.make_pool(session, current_principal(), pooling=pooling)
    except DrawRefused as refusal:
        return _refused(refusal.reasons)
    except AppError as refusal:
        return _refused([refusal.message])
    except ValidationError as refusal:
        return _refused([_asked(fault) for fault in refusal.errors()])
    href = f"/samples/{made.barcode}"
    return html.P([icon("check-circle-fill", Tone.OK), " ", html.A(made.barcode, href=href)])


def _asked(fault: Any) -> str:
    """Return what a fault of the form asks for, in its fields' words."""
    match fault["loc"][:1]:
        case ("name",):
            return "Write the pool's name."
        case ("parts",) if fault["type"] == "too_short":
            return "Select at least two samples."
        case _:
            return str(fault["msg"]).removeprefix("Value error, ")


def _refused(sentences: Any) -> html.Ul:
    mark = "exclamation-octagon-fill"
    return html.Ul(
        [html.Li([icon(mark, Tone.CRIT), html.Span(sentence)]) for sentence in sentences],
        className="guards",
    )
