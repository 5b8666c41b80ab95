"""A long workbook is read by a worker; two people's versions never share a number."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.work.ids import JobState
from backend.work.models import Job
from backend.workbooks import queries, service
from backend.workbooks.ids import ReadState
from backend.workbooks.views import WorkbookView
from jobs import execution
from tests.factories.workbooks import book, text_file

pytestmark = pytest.mark.slow


def _keep(person: Principal, settings: Settings, content: bytes) -> WorkbookView:
    with writing() as session:
        added = service.add_workbook(
            session,
            person,
            file_name="long.csv",
            content=content,
            files=DiskStore(settings.files_dir),
        )
        return queries.workbook(session, person, added.workbook_id)


def _work() -> JobState:
    with writing() as session:
        job = session.scalars(select(Job).where(Job.kind == service.READ_KIND)).one()
        session.execute(update(Job).where(Job.id == job.id).values(run_after=Job.created_at))
    execution.run_job(str(job.id))
    with reading() as session:
        return session.get_one(Job, job.id).state


def test_a_worker_reads_what_is_too_long_for_a_page(
    technician: Principal, settings: Settings
) -> None:
    rows = [["Well", "Said"], *[["A1", f"word {number}"] for number in range(2_500)]]
    waiting = _keep(technician, settings, text_file(rows))

    state = _work()

    assert (waiting.versions[0].state, state) == (ReadState.WAITING, JobState.DONE)
    with reading() as session:
        (version,) = queries.workbook(session, technician, waiting.id).versions
        found = queries.search_rows(session, technician, "WORD 2499")
    assert (version.state, version.sheets[0].row_count) == (ReadState.READ, 2_500)
    assert [row.row_number for row in found.rows] == [2_501]


def test_a_long_file_that_cannot_be_read_ends_as_refused(
    technician: Principal, settings: Settings
) -> None:
    waiting = _keep(technician, settings, b'a,b\n"open,1\n' + b"2,3\n" * 2_500)

    state = _work()

    assert state == JobState.DONE
    with reading() as session:
        (version,) = queries.workbook(session, technician, waiting.id).versions
    assert version.state is ReadState.REFUSED
    assert "quotation mark" in version.refusal


def test_versions_that_come_at_once_get_a_number_each(
    technician: Principal, settings: Settings
) -> None:
    first = _keep(technician, settings, book({"A": [["Well", "Said"], ["A1", "0"]]}))

    def add(number: int) -> None:
        content = book({"A": [["Well", "Said"], ["A1", str(number)]]})
        with writing() as session:
            service.add_version(
                session,
                technician,
                first.id,
                file_name="again.xlsx",
                content=content,
                files=DiskStore(settings.files_dir),
            )

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(1, 5)))

    with reading() as session:
        versions = queries.workbook(session, technician, first.id).versions
    assert [version.number for version in versions] == [5, 4, 3, 2, 1]
