"""A connection that the server has ended meanwhile is never handed to a request."""

from sqlalchemy import Engine, text

from backend.core.transaction import reading

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
