"""Each row of a list has its import, stays with it and goes with it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import Engine, Update, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from backend.core.ids import new_id
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.templates.models import ImportRow, SampleImport
from tests.factories.imports import make_long_draft
from tests.factories.samples import make_project


def _row(import_id: UUID, number: int) -> dict[str, object]:
    parts: tuple[str, ...] = ("cells", "extras", "lines", "sent", "kept")
    empty: dict[str, object] = {part: {} for part in parts}
    return {"import_id": import_id, "number": number, "state": "ready", "findings": []} | empty


def _count(session: WriteSession, import_id: UUID) -> int:
    rows = select(func.count()).select_from(ImportRow).where(ImportRow.import_id == import_id)
    return session.scalar(rows) or 0


def test_a_row_without_its_import_is_refused(session: WriteSession, project: str) -> None:
    there = make_long_draft(session, project, 2)

    with pytest.raises(IntegrityError, match="import that is there"), session.begin_nested():
        session.execute(insert(ImportRow), [_row(there, 90), _row(new_id(), 1)])

    assert _count(session, there) == 2


@pytest.mark.parametrize(
    "moved",
    [
        lambda one, other: (
            update(ImportRow).where(ImportRow.import_id == one).values(import_id=other)
        ),
        lambda one, _: update(SampleImport).where(SampleImport.id == one).values(id=new_id()),
    ],
)
def test_neither_a_row_nor_its_import_takes_another_key(
    moved: Callable[[UUID, UUID], Update], session: WriteSession, project: str
) -> None:
    one, other = make_long_draft(session, project, 2), make_long_draft(session, project, 0)

    with pytest.raises(IntegrityError, match="stay together"), session.begin_nested():
        session.execute(moved(one, other))

    assert (_count(session, one), _count(session, other)) == (2, 0)


def test_rows_go_with_their_import(session: WriteSession, project: str) -> None:
    gone, kept = make_long_draft(session, project, 3), make_long_draft(session, project, 2)

    session.execute(delete(SampleImport).where(SampleImport.id == gone))

    assert (_count(session, gone), _count(session, kept)) == (0, 2)


def test_whoever_deletes_an_import_waits_for_who_adds_rows_to_it(
    committed_database: Engine,
) -> None:
    with writing() as session:
        there = make_long_draft(session, make_project(session).code, 1)

    with committed_database.connect() as adding, committed_database.connect() as deleting:
        adding.execute(insert(ImportRow), [_row(there, 90)])
        deleting.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            deleting.execute(delete(SampleImport).where(SampleImport.id == there))
        adding.commit()
        deleting.rollback()

    with writing() as session:
        assert _count(session, there) == 2
