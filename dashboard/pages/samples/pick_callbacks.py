"""Making a pick list of the selected samples, or of everything that matches."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dash import Input, Output, State, no_update, set_props

from backend.core.errors import AppError
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.samples.ids import SampleId
from backend.storage import pick_queries, queries, service
from backend.storage.errors import NotPlaced
from backend.storage.ids import PickPurpose
from backend.storage.pick_rules import MOST_LINES
from backend.storage.picking import PickWish
from dashboard import format as fmt
from dashboard import shell_ids
from dashboard.callbacks import page_callback
from dashboard.components.toast import toast
from dashboard.pages.picks.words import href_of
from dashboard.pages.samples import ids
from dashboard.pages.samples.all_callbacks import Query, all_of
from dashboard.pages.samples.outcomes import refused
from dashboard.session import current_principal


@page_callback(
    Permission.STORAGE_PLACE,
    Output(ids.PICK_OUTCOME, "children"),
    Input(ids.PICK_APPLY, "n_clicks"),
    State(ids.PICK_TITLE, "value"),
    State(ids.PICK_PURPOSE, "value"),
    State(ids.GRID, "selectedRows"),
    State(ids.QUERY, "data"),
    prevent_initial_call=True,
)
def make_list(presses: int | None, title: str | None, purpose: str, *chosen: Any) -> Any:
    """Make the list of those that stand somewhere and go to it; the others are counted."""
    if not presses:
        return no_update
    rows, query = chosen
    try:
        with writing() as session:
            keys = _chosen(session, rows, query)
            standing = queries.locations_of(session, current_principal(), keys)
            if keys and not standing:
                raise NotPlaced("None of these samples stands in storage. Place them first.")
            list_id = service.make_list(
                session,
                current_principal(),
                title=title or "",
                purpose=PickPurpose(purpose),
                lines=[PickWish(sample_id=key) for key in keys if key in standing],
            )
            made = pick_queries.get_list(session, current_principal(), list_id)
    except AppError as refusal:
        return refused(" ".join(refusal.fields.values()) or refusal.message)
    left_out = len(keys) - made.lines
    said = fmt.plural(left_out, "sample stands", "samples stand")
    tail = f"; {said} nowhere and {'is' if left_out == 1 else 'are'} left out" if left_out else ""
    toast(f"{made.label}: {fmt.plural(made.lines, 'tube', 'tubes')} to pick{tail}")
    set_props(shell_ids.URL, {"pathname": href_of(made), "search": ""})
    return []


def _chosen(
    session: WriteSession, rows: Sequence[dict[str, Any]] | None, query: Query
) -> list[SampleId]:
    if query:
        return all_of(session, query, most=MOST_LINES)
    return [SampleId(UUID(row["id"])) for row in rows or []]
