"""Who sees pools, in which order, and by which codes."""

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.sequencing import pool_queries
from backend.sequencing.errors import PoolNotFound
from backend.sequencing.pooling import queries, service
from backend.sequencing.pooling.ids import PipettedBy
from backend.sequencing.pooling.schemas import (
    CancelIn,
    PoolChangeIn,
    PoolReadyIn,
)
from tests.factories.pools import POOLING, draft, worked_pool, worked_request
from tests.factories.sequencing import (
    make_person,
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
