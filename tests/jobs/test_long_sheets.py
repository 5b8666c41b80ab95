"""Very long sheets: a worker compares them and sends their rows; the result is kept in pages."""

import pytest
from sqlalchemy import select, update

from backend.auth.ids import Role
from backend.core.blobs import DiskStore
from backend.core.config import Settings
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.transaction import reading, writing
from backend.templates import queries as templates_queries
from backend.work import service as work_service
from backend.work.errors import JobNotFound
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from backend.workbooks import comparing, queries, sending, service
from backend.workbooks.errors import ComparisonNotFound, SheetNotFound, TooLongToCompare
from backend.workbooks.ids import Mark, SheetId, WorkbookId
from jobs import execution
from tests.factories.imports import make_project_of
from tests.factories.workbooks import book
from tests.jobs.conftest import Somebody
from tests.support.sample_files import manifest

pytestmark = pytest.mark.slow

ROWS = 450


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "LARGE_ROWS", 20)
    monkeypatch.setattr(sending, "LARGE_ROWS", 2)


def _kept(who: Principal, settings: Settings, *contents: bytes) -> list[SheetId]:
    """Keep a workbook with a version for each content; return the sheets, oldest first."""
    files, key = DiskStore(settings.files_dir), None
    with writing() as session:
        for content in contents:
            if key is None:
                key = service.add_workbook(
                    session, who, file_name="a.xlsx", content=content, files=files
                ).workbook_id
            else:
                service.add_version(
                    session, who, WorkbookId(key), file_name="a.xlsx", content=content, files=files
                )
        assert key is not None
        versions = queries.workbook(session, who, key).versions
        return [version.sheets[0].id for version in reversed(versions)]


def _plates(*, volume: str, first: int) -> bytes:
    rows = [[f"W{number}", volume, "same"] for number in range(first, first + ROWS)]
    return book({"Plate": [["Well", "Volume", "Said"], *rows]})


def _asked(who: Principal, old: SheetId, new: SheetId) -> JobId:
    with writing() as session:
        return comparing.request_comparison(session, who, old=old, new=new, key="Well")


def _worked(job_id: JobId) -> JobState:
    with writing() as session:
        session.execute(update(Job).where(Job.id == job_id).values(run_after=Job.created_at))
    execution.run_job(str(job_id))
    with reading() as session:
        return session.get_one(Job, job_id).state


def test_a_worker_compares_what_is_too_long_and_its_pages_hold_every_row_once(
    technician: Principal, settings: Settings
) -> None:
    old, new = _kept(
        technician, settings, _plates(volume="5", first=0), _plates(volume="7", first=10)
    )
    files = DiskStore(settings.files_dir)
    with reading() as session, pytest.raises(TooLongToCompare, match="900 rows together"):
        comparing.direct_difference(session, technician, old=old, new=new, key=None)

    job_id = _asked(technician, old, new)
    with reading() as session, pytest.raises(ComparisonNotFound):
        comparing.difference_page(session, technician, job_id, files=files)
    state = _worked(job_id)

    assert state is JobState.DONE
    assert _asked(technician, old, new) == job_id
    with reading() as session:
        pages = [
            comparing.difference_page(session, technician, job_id, files=files, page=page)
            for page in (1, 2, 3, 99)
        ]
    said = pages[0].summary
    assert (said.changed_rows, said.changed_cells, said.added_rows, said.removed_rows) == (
        ROWS - 10,
        ROWS - 10,
        10,
        10,
    )
    assert [page.page for page in pages] == [1, 2, 3, 3]
    rows = [row for page in pages[:3] for row in page.rows]
    assert [row.line for row in rows if row.mark is Mark.CHANGED] == list(range(2, ROWS - 8))
    assert [row.line for row in rows if row.mark is Mark.REMOVED] == list(range(2, 12))
    assert (rows[0].name, rows[0].changes[0].before) == ("W10", "5")
    added = next(row for row in rows if row.mark is Mark.ADDED)
    assert (added.line, added.cells) == (ROWS - 8, (f"W{ROWS}", "7", "same"))


def test_a_stopped_comparison_is_made_anew(technician: Principal, settings: Settings) -> None:
    old, new = _kept(
        technician, settings, _plates(volume="5", first=0), _plates(volume="7", first=0)
    )
    first = _asked(technician, old, new)
    with writing() as session:
        work_service.request_cancel(session, technician, job_id=first)

    second = _asked(technician, old, new)

    assert second != first
    assert _worked(second) is JobState.DONE


def test_a_comparison_is_there_only_for_who_asked_and_may_see_both(
    technician: Principal, somebody: Somebody, settings: Settings
) -> None:
    old, new = _kept(
        technician, settings, _plates(volume="5", first=0), _plates(volume="7", first=0)
    )
    job_id = _asked(technician, old, new)
    _worked(job_id)
    guest = somebody(Role.GUEST)

    with reading() as session, pytest.raises(JobNotFound):
        comparing.difference_page(session, guest, job_id, files=DiskStore(settings.files_dir))
    with writing() as session, pytest.raises(SheetNotFound):
        comparing.request_comparison(session, technician, old=old, new=SheetId(new_id()), key=None)


def test_a_worker_makes_the_draft_of_very_many_rows(
    technician: Principal, settings: Settings
) -> None:
    files = DiskStore(settings.files_dir)
    with writing() as session:
        code = make_project_of(session, technician)
        project = templates_queries.get_project(session, technician, code)
    [sheet] = _kept(technician, settings, manifest())

    with writing() as session:
        made = sending.send_or_ask(
            session,
            technician,
            sheet_id=sheet,
            rows=None,
            project_id=project.id,
            files=files,
        )
    assert made.draft is None
    assert made.job is not None
    state = _worked(made.job)

    with reading() as session:
        job = session.scalars(select(Job).where(Job.id == made.job)).one()
        draft = sending.draft_sent_by(session, technician, made.job)
        assert (state, job.error) == (JobState.DONE, None)
        assert draft is not None
        assert templates_queries.get_import(session, technician, draft).rows
