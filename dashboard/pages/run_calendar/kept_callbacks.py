"""Calendar: which flow cells are kept for each instrument."""

from typing import Any
from uuid import UUID

from dash import ALL, Input, Output, State, no_update

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.transaction import writing
from backend.sequencing import queries, service
from backend.sequencing.ids import InstrumentId
from backend.sequencing.schemas import FlowCellsIn
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.run_calendar import ids
from dashboard.session import current_principal


@page_callback(
    Permission.SEQUENCING_CONFIGURE,
    Output(ids.KEPT_TOLD, "children"),
    Input(ids.KEPT_SEND, "n_clicks"),
    State(ids.kept(ALL), "value"),
    State(ids.kept(ALL), "id"),
    prevent_initial_call=True,
)
def keep_flow_cells(
    presses: int | None, chosen: list[list[str]], boxes: list[dict[str, str]]
) -> Any:
    """Keep what is chosen for every instrument whose boxes have changed, all or none."""
    if not presses:
        return no_update
    wished = {box["instrument"]: keys for box, keys in zip(boxes, chosen, strict=True)}
    if not all(wished.values()):
        return "Keep at least one flow cell for each instrument."
    try:
        changed = _keep(wished)
    except AppError as refusal:
        return " ".join(refusal.fields.values()) or refusal.message
    toast(f"Flow cells of {', '.join(changed)} are kept so" if changed else "Nothing has changed")
    return ""


def _keep(wished: dict[str, list[str]]) -> list[str]:
    """Return the names of the instruments for which others are kept now."""
    principal, changed = current_principal(), []
    with writing() as session:
        for each in queries.list_instruments(session, principal):
            keys = set(wished.get(str(each.id), ()))
            if not keys or keys == {cell.key for cell in each.flow_cells if cell.is_kept}:
                continue
            every = keys == {cell.key for cell in each.flow_cells}
            service.keep_flow_cells(
                session,
                principal,
                instrument_id=InstrumentId(UUID(str(each.id))),
                kept=FlowCellsIn(flow_cells=None if every else sorted(keys)),
            )
            changed.append(each.name)
    return changed
