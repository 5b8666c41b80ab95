"""Fetching what the grid shows: a window, with where its samples stand and what holds them."""

from dataclasses import dataclass
from typing import Any

from backend.core import clock
from backend.core.transaction import reading
from backend.samples import queries as samples_queries
from backend.samples import windows
from backend.samples.ids import SampleId
from backend.samples.schemas import SampleOrder
from backend.storage import queries as storage_queries
from dashboard.laboratory import lab_zone
from dashboard.pages.samples.address import ListAddress, filters_of
from dashboard.pages.samples.columns import row_cells
from dashboard.pages.samples.words import HOLD_NAMES
from dashboard.session import current_principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A window as the grid takes it, with the counts around it."""

    rows: list[dict[str, Any]]
    total: int | None
    all_total: int
    statuses: dict[str, int] | None
    wants_preparing: bool


def fetch(address: ListAddress, order: SampleOrder, start: int, end: int) -> Shown:
    """Return the rows of a view from ``start`` to before ``end``, read in one snapshot."""
    principal, zone, now = current_principal(), lab_zone(), clock.utc_now()
    filters = filters_of(address.pairs, zone)
    with reading() as session:
        window = windows.window(
            session, principal, filters=filters, order=order, start=start, end=end
        )
        keys = [SampleId(row.id) for row in window.rows]
        places = storage_queries.locations_of(session, principal, keys)
        holds = samples_queries.holds_of(session, principal, keys)
        alarmed = storage_queries.units_in_alarm(session)
        everything = windows.status_counts(session, principal, filters_of([], zone), order)
        statuses = windows.status_counts(session, principal, filters, order)
    return Shown(
        rows=[
            row_cells(
                row,
                location=places.get(row.id),
                holds=[HOLD_NAMES[kind] for kind in holds.get(row.id, [])],
                alarmed=alarmed,
                zone=zone,
                now=now,
            )
            for row in window.rows
        ],
        total=window.total,
        all_total=sum((everything or {}).values()),
        statuses=statuses,
        wants_preparing=window.wants_preparing,
    )
