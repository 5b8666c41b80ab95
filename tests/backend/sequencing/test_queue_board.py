"""What the queue board shows, and what it only counts."""

from datetime import timedelta

import pytest

from backend.core import clock
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.sequencing import queue_board
from backend.sequencing.ids import RequestState
from tests.factories.sequencing import (
    make_libraries,
    make_library,
    make_person,
    make_project,
    make_request,
)

PLAN = (Permission.SEQUENCING_PLAN, Permission.SEQUENCING_VIEW)


def test_the_board_shows_a_fixed_number_of_cards_and_counts_all(
    session: WriteSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    monkeypatch.setattr(queue_board, "CARDS_SHOWN", 2)
    for _ in range(3):
        make_request(session, project, [make_library(session, project, index_i7="ACGTACGT")])

    waiting = queue_board.board(session, ada)[0]

    assert (len(waiting.cards), waiting.total) == (2, 3)


def test_what_was_done_long_ago_is_counted_and_not_shown(session: WriteSession) -> None:
    ada = make_person(session, *PLAN)
    project = make_project(session, ada)
    ages = (
        queue_board.DONE_SHOWN - timedelta(hours=1),
        queue_board.DONE_SHOWN + timedelta(hours=1),
    )
    young, old = (
        make_request(session, project, make_libraries(session, project, 1), state=state)
        for state in (RequestState.DONE, RequestState.DONE)
    )
    for request, age in zip((young, old), ages, strict=True):
        request.state_since = clock.utc_now() - age
    session.flush()

    done = queue_board.board(session, ada)[-1]

    assert [card.id for card in done.cards] == [young.id]
    assert (done.total, done.long_done) == (1, 1)
