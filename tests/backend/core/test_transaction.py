"""Connections are handed on as they should be: alive, and with a transaction where one is due."""

from contextlib import suppress

from sqlalchemy import Engine, text

from backend.core.transaction import asking, reading, writing

_WHO = text("SELECT pg_backend_pid()")
_END = text("SELECT pg_terminate_backend(:pid, 5000)")


def test_who_reads_does_not_notice_that_the_server_hung_up(committed_database: Engine) -> None:
    with reading() as session:
        before = session.scalar(_WHO)
    # A second connection, so that the pool holds one that is dead and one that only looks it.
    with committed_database.connect() as first, committed_database.connect() as second:
        idle = [first.scalar(_WHO), second.scalar(_WHO)]
    ended_by = committed_database.execution_options(isolation_level="AUTOCOMMIT")
    with ended_by.connect() as connection:
        own = connection.scalar(_WHO)
        for pid in {*idle} - {own}:
            assert connection.scalar(_END, {"pid": pid})

    with committed_database.connect() as first, committed_database.connect() as second:
        after = {first.scalar(_WHO), second.scalar(_WHO)}
    with reading() as session:
        answered = session.scalar(text("SELECT 1"))

    assert before in idle
    assert answered == 1
    assert after.isdisjoint({*idle} - {own})


def test_who_asks_begins_no_transaction_and_leaves_nothing_behind_for_who_writes_next(
    committed_database: Engine,
) -> None:
    with asking() as session:
        moments = [session.scalar(text("SELECT now()")) for _ in range(2)]
        asked_over = session.scalar(_WHO)
    with suppress(ZeroDivisionError), writing() as session:
        wrote_over = session.scalar(_WHO)
        session.execute(text("CREATE TABLE left_behind (n int)"))
        raise ZeroDivisionError

    with committed_database.connect() as connection:
        left = connection.scalar(text("SELECT to_regclass('left_behind')"))
    assert moments[0] != moments[1]
    assert asked_over == wrote_over
    assert left is None
