"""Reading the queue board."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.sequencing import queries, rules
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.views import Column

CARDS_SHOWN = 60
"""Cards of one column on the board; the column's head counts them all."""
DONE_SHOWN = timedelta(days=14)
"""How long a card stays on the board after it was done."""


def board(session: ReadSession, principal: Principal) -> list[Column]:
    """Return the seven columns, each with its most urgent cards first.

    What was done longer ago than DONE_SHOWN is counted apart.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    since = clock.utc_now() - DONE_SHOWN
    rank = func.row_number().over(
        partition_by=SequencingRequest.state,
        order_by=(SequencingRequest.due_on, SequencingRequest.number),
    )
    ranked = (
        queries.visible_requests(principal)
        .where(SequencingRequest.state.in_(rules.BOARD), ~_long_done(since))
        .with_only_columns(SequencingRequest.id, rank.label("rank"), maintain_column_froms=True)
        .subquery()
    )
    shown = session.scalars(select(ranked.c.id).where(ranked.c.rank <= CARDS_SHOWN)).all()
    cards = queries.cards_of(session, shown)
    totals = _totals(session, principal, since)
    return [
        Column(
            state,
            [card for card in cards if card.state is state],
            total=totals.get((state, False), 0),
            long_done=totals.get((state, True), 0),
        )
        for state in rules.BOARD
    ]


def _totals(
    session: Session, principal: Principal, since: datetime
) -> dict[tuple[RequestState, bool], int]:
    """Return the requests by column, those done before ``since`` under True."""
    long_done = _long_done(since).label("long_done")
    counted = (
        queries.visible_requests(principal)
        .with_only_columns(
            SequencingRequest.state, long_done, func.count(), maintain_column_froms=True
        )
        .group_by(SequencingRequest.state, text("long_done"))
    )
    return {(state, long): number for state, long, number in session.execute(counted)}


def _long_done(since: datetime) -> ColumnElement[bool]:
    return (SequencingRequest.state == RequestState.DONE) & (SequencingRequest.state_since < since)
