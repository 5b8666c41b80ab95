"""Who sees pools, in which order, and by which codes."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing import pool_queries, run_plans
from backend.sequencing.errors import PoolNotFound
from backend.sequencing.ids import PoolState, RunState
from backend.sequencing.models import SequencingRun
from backend.sequencing.pool_models import LibraryPool
from backend.sequencing.pooling import queries, service
from backend.sequencing.pooling.errors import PoolClosed
from backend.sequencing.pooling.ids import PipettedBy
from backend.sequencing.pooling.schemas import (
    CancelIn,
    PoolChangeIn,
    PoolReadyIn,
)
from backend.sequencing.schemas import LaneIn, RunPlanIn
from tests.factories.pools import POOLING, draft, worked_pool, worked_request
from tests.factories.sequencing import make_instrument, make_person, slot


def test_a_pool_that_was_sequenced_without_a_tube_is_closed(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session, Permission.SEQUENCING_PLAN)
    view = draft(session, ada, libraries)
    pool = session.scalars(select(LibraryPool)).one()
    pool.state = PoolState.READY
    start, end = slot(0, 24)
    instrument = make_instrument(session)
    lanes = [LaneIn(pool_id=pool.id, lane=1)]
    plan = RunPlanIn(instrument_id=instrument.id, start_at=start, end_at=end, lanes=lanes)
    run_plans.plan_run(session, ada, plan=plan)
    assert queries.get_pool(ReadSession(session), ada, view.code).is_open
    session.scalars(select(SequencingRun)).one().state = RunState.FINISHED
    session.flush()

    seen = queries.get_pool(ReadSession(session), ada, view.code)

    assert (seen.is_open, seen.recipe, seen.findings) == (False, None, ())
    with pytest.raises(PoolClosed, match="has been sequenced"):
        service.change_pool(
            session, ada, code=view.code, change=PoolChangeIn(target_ul=Decimal(40))
        )


def test_pools_of_other_projects_are_not_there(session: WriteSession) -> None:
    _, view, _, _ = worked_pool(session)
    bob = make_person(session, *POOLING, name="Bob")

    with pytest.raises(PoolNotFound):
        queries.get_pool(ReadSession(session), bob, view.code)
    with pytest.raises(PoolNotFound):
        service.make_pool(session, bob, code=view.code, ready=PoolReadyIn())
    assert queries.list_pools(ReadSession(session), bob).items == []


def test_the_list_is_read_page_by_page_newest_first(session: WriteSession) -> None:
    ada, _, libraries = worked_request(session)
    codes = [draft(session, ada, [library]).code for library in libraries]

    first = queries.list_pools(ReadSession(session), ada, limit=2)
    rest = queries.list_pools(ReadSession(session), ada, limit=2, cursor=first.next_cursor)

    assert [row.code for row in [*first.items, *rest.items]] == codes[::-1]
    assert rest.next_cursor is None
    assert first.items[0].libraries == 1


@pytest.mark.parametrize("code", ["P-", "Q-1", "P-1x", "", "P-99999999999999999999"])
def test_what_is_no_code_is_no_pool(session: WriteSession, code: str) -> None:
    ada = make_person(session, *POOLING)

    with pytest.raises(PoolNotFound):
        queries.get_pool(ReadSession(session), ada, code)


def test_pooling_needs_the_right_to_prepare(session: WriteSession) -> None:
    ada, view, _, libraries = worked_pool(session)
    reader = Principal(
        user_id=ada.user_id,
        name="Ada",
        permissions=frozenset({Permission.SEQUENCING_VIEW}),
        origin=ada.origin,
        request_id="test",
    )

    with pytest.raises(PermissionDenied):
        draft(session, reader, libraries)
    for act in (
        lambda: service.change_pool(session, reader, code=view.code, change=PoolChangeIn()),
        lambda: service.make_pool(session, reader, code=view.code, ready=PoolReadyIn()),
        lambda: service.cancel_pool(session, reader, code=view.code, cancel=CancelIn(reason="x")),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert pool_queries.loadable_pools(ReadSession(session), ada) == []
    assert view.settings.pipetted_by is PipettedBy.ROBOT
