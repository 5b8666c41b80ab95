"""Keeping the board true: a request stands where its pools and their runs put it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from backend.core import clock
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.sequencing import pool_queries, rules
from backend.sequencing.codes import request_code
from backend.sequencing.events import CardMoved
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.turnaround import stages


def lock_requests(session: WriteSession, keys: Collection[UUID]) -> list[SequencingRequest]:
    """Lock requests in the order of their keys and return them as they are now."""
    return list(
        session.scalars(
            select(SequencingRequest)
            .where(SequencingRequest.id.in_(keys))
            .order_by(SequencingRequest.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def follow(session: WriteSession, principal: Principal, keys: Collection[UUID]) -> None:
    """Move the cards of these requests to where their libraries stand now; each is recorded.

    The caller holds their locks.
    """
    session.flush()
    standings = pool_queries.standings_of(session, keys)
    for request in lock_requests(session, keys):
        standing = standings[request.id]
        to = rules.column_of(
            request.state,
            pooled=standing.pooled,
            loaded=standing.loaded,
            runs=standing.runs,
        )
        enter(session, principal, request, to)


def enter(
    session: WriteSession, principal: Principal, request: SequencingRequest, to: RequestState
) -> None:
    """Put a card into a column and record it; nothing happens when it is there already."""
    before = request.state
    if before is to:
        return
    request.state, request.state_since = to, clock.utc_now()
    request.version += 1
    stages.entered(session, request.id, to, request.state_since)
    moved = CardMoved(aggregate_id=request.id, code=request_code(request.number), to=to.value)
    events_service.record(
        session, principal, moved, old={"state": before.value}, new={"state": to.value}
    )
