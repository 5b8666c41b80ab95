"""Reports: what they say, the files, their history, and who may take them."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from sqlalchemy import Engine, select, update

from backend.auth.ids import Role
from backend.core.blobs import DiskStore, MemoryStore
from backend.core.config import Settings
from backend.core.errors import NotFound, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Origin, Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry, OutboxEvent
from backend.reports import content, queries, service
from backend.reports.adapters.pages import pages_of
from backend.reports.adapters.workbook import workbook_of
from backend.reports.content import ReportContent
from backend.reports.errors import ArtifactNotFound, ReportNotFound
from backend.reports.ids import ArtifactId, ReportFormat
from backend.reports.service import BuiltFile
from backend.samples.ids import TemperatureClass
from backend.storage.views import ZoneOccupancy
from backend.work import leases
from backend.work.ids import JobId, JobState
from backend.work.models import Job
from dashboard.figures.paper import paper_palette
from jobs import schedule
from jobs.context import JobContext
from jobs.tasks import build_report
from tests.factories.people import make_user
from tests.factories.samples import make_samples

REPORT = "samples_and_occupancy"
ZONES = [
    ZoneOccupancy(temperature_class=TemperatureClass.MINUS_80, units=7, used=960, capacity=1000),
    ZoneOccupancy(temperature_class=TemperatureClass.PLUS_4, units=1, used=10, capacity=100),
]


def report_of(site: str = "Harbour Street") -> ReportContent:
    return ReportContent(
        title="Samples by status and occupancy by zone",
        site=site,
        made_by="Ada",
        data_as_of=datetime(2026, 11, 23, 6, 0, tzinfo=UTC),
        zone=ZoneInfo("Europe/Berlin"),
        sections=[
            content.samples_by_status({"pending": 3, "in_storage": 1}),
            content.occupancy_by_zone(ZONES),
        ],
    )


def test_every_status_is_named_and_the_shares_add_up() -> None:
    section = content.samples_by_status({"pending": 3, "in_storage": 1})

    assert section.rows[0] == ("Pending", 3, 0.75)
    assert section.rows[-1] == ("All", 4, 1.0)
    assert len(section.rows) == 10


def test_nothing_registered_is_said_in_words() -> None:
    section = content.samples_by_status({})

    assert section.rows[-1] == ("All", 0, 0.0)
    assert section.note == "No sample is registered yet."
    assert content.occupancy_by_zone([]).note == "No storage is set up yet."


def test_the_workbook_holds_the_rows_as_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(report_of())))

    sheet = book["Occupancy by zone"]
    assert [cell.value for cell in sheet[6]] == list(report_of().sections[1].columns)
    assert [cell.value for cell in sheet[7]] == ["−80 °C", 7, 960, 1000, 0.96]
    assert sheet["E7"].number_format == "0.0%"
    assert sheet["A3"].value == "Data of 23 Nov 2026, 07:00 CET"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_nothing_in_the_workbook_is_taken_for_a_formula(start: str) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook_of(report_of(site=f"{start}cmd|' /C calc'!A0")))
    )

    cell = book["Samples by status"]["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_the_same_rows_give_the_same_files() -> None:
    assert workbook_of(report_of()) == workbook_of(report_of())
    assert pages_of(report_of(), paper_palette()) == pages_of(report_of(), paper_palette())


def test_the_pages_are_a_pdf_with_a_page_number() -> None:
    file = pages_of(report_of(), paper_palette())

    assert file.startswith(b"%PDF-")
    assert file.rstrip().endswith(b"%%EOF")
    assert b"/Count 1" in file


def test_a_long_report_goes_on_further_pages() -> None:
    many = content.occupancy_by_zone(ZONES * 60)
    long = ReportContent(
        title="Long",
        site="Harbour Street",
        made_by="Ada",
        data_as_of=datetime(2026, 11, 23, tzinfo=UTC),
        zone=ZoneInfo("UTC"),
        sections=[
            content.Section(
                heading=many.heading,
                columns=many.columns,
                rows=many.rows,
                percent_columns=(4,),
                bars=many.bars[:6],
            )
        ],
    )

    assert b"/Count 4" in pages_of(long, paper_palette())


def reader(principal_of: Callable[..., Principal], *more: Permission) -> Principal:
    return principal_of(
        Permission.REPORTS_VIEW, Permission.SAMPLES_VIEW, Permission.STORAGE_VIEW, *more
    )


def test_asking_needs_the_permission_and_a_known_report(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    with pytest.raises(PermissionDenied):
        service.request_report(session, reader(principal_of), report=REPORT)
    with pytest.raises(ReportNotFound):
        service.request_report(
            session, reader(principal_of, Permission.REPORTS_RUN), report="horoscope"
        )
    with pytest.raises(PermissionDenied):
        queries.history(session, principal_of())


def test_a_request_is_queued_recorded_and_stands_in_the_history(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    ada = reader(principal_of, Permission.REPORTS_RUN)

    run_id, job_id = service.request_report(session, ada, report=REPORT)

    (run,) = queries.history(session, ada)
    assert (run.id, run.state, run.artifacts) == (run_id, "queued", [])
    assert session.get_one(Job, job_id).arguments == {"report": REPORT}
    types = session.scalars(select(OutboxEvent.type)).all()
    assert "reports.report_requested" in types


def test_a_failed_run_says_why(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    ada = reader(principal_of, Permission.REPORTS_RUN)
    _, job_id = service.request_report(session, ada, report=REPORT)
    session.execute(
        update(Job).where(Job.id == job_id).values(state=JobState.FAILED, error="Disk is full.")
    )

    (run,) = queries.history(session, ada)

    assert (run.state, run.error) == ("failed", "Disk is full.")


def test_a_scheduled_report_shows_its_next_three_dates(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    ada = reader(principal_of)
    assert queries.list_reports(session, ada)[0].next_at == []

    schedule.ensure_all(session, "Europe/Berlin")

    report, monthly = queries.list_reports(session, ada)
    zone = ZoneInfo("Europe/Berlin")
    assert [each.astimezone(zone).strftime("%a %H:%M") for each in report.next_at] == [
        "Mon 07:00"
    ] * 3
    assert report.next_at == sorted(set(report.next_at))
    assert {each.astimezone(zone).strftime("%d %H:%M") for each in monthly.next_at} == {"01 06:30"}


def person_of(role: Role) -> Principal:
    with writing() as session:
        user = make_user(session, role, name="Ada")
    return Principal(
        user_id=UserId(user.id),
        name="Ada",
        permissions=frozenset(Permission),
        origin=Origin.UI,
        request_id="test",
    )


def build(ada: Principal, settings: Settings) -> None:
    with writing() as session:
        _, job_id = service.request_report(session, ada, report=REPORT)
    with writing() as session:
        claim = leases.claim(session, JobId(job_id), "test", lease_s=30)
    assert claim is not None
    build_report.run(JobContext(claim=claim, principal=ada, settings=settings))


def test_a_built_report_counts_what_is_there_and_its_files_can_be_taken(
    committed_database: Engine, settings: Settings
) -> None:
    ada = person_of(Role.ANALYST)
    with writing() as session:
        make_samples(session, 3)

    build(ada, settings)

    store = DiskStore(settings.files_dir)
    with writing() as session:
        (run,) = queries.history(session, ada)
        pdf, xlsx = run.artifacts
        _, content_of_xlsx = service.download(session, ada, artifact_id=xlsx.id, files=store)
        _, content_of_pdf = service.download(session, ada, artifact_id=pdf.id, files=store)
    assert run.state == "done"
    assert run.duration_s is not None
    assert content_of_pdf.startswith(b"%PDF-")
    assert xlsx.size_bytes == len(content_of_xlsx)
    book = openpyxl.load_workbook(io.BytesIO(content_of_xlsx))
    assert ("Pending", 3) in [row[:2] for row in book.active.iter_rows(values_only=True)]
    with reading() as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("reports.report_downloaded") == 2
    assert "reports.report_built" in actions


def test_the_run_of_a_schedule_stands_in_the_history_even_when_it_fails(
    committed_database: Engine, principal_of: Callable[..., Principal], settings: Settings
) -> None:
    ada = reader(principal_of, Permission.REPORTS_RUN)
    job_id = JobId(new_id())

    with writing() as session:
        service.begin_run(session, ada, job_id=job_id, report=REPORT)
    with writing() as session:
        service.begin_run(session, ada, job_id=job_id, report=REPORT)

    with reading() as session:
        (run,) = queries.history(session, ada)
    assert run.is_scheduled


def test_what_somebody_asked_for_is_theirs_and_what_is_scheduled_is_everybodys(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    ada = reader(principal_of, Permission.REPORTS_RUN)
    ben = reader(principal_of)
    manager = reader(principal_of, Permission.SAMPLES_VIEW_ALL_PROJECTS)
    _, asked_job = service.request_report(session, ada, report=REPORT)
    service.begin_run(session, ada, job_id=JobId(new_id()), report=REPORT)
    service.store_artifacts(
        session,
        ada,
        job_id=asked_job,
        report=REPORT,
        data_as_of=datetime(2026, 11, 23, tzinfo=UTC),
        files=[BuiltFile(format=ReportFormat.PDF, sha256="ab" * 32, size_bytes=1)],
    )
    (artifact,) = (each for run in queries.history(session, ada) for each in run.artifacts)

    assert [run.is_scheduled for run in queries.history(session, ben)] == [True]
    assert len(queries.history(session, ada)) == len(queries.history(session, manager)) == 2
    shown, never_built = queries.list_reports(session, ben)
    assert shown.last is not None
    assert shown.last.is_scheduled
    assert never_built.last is None
    assert queries.get_artifact(session, manager, artifact.id)[0] == artifact
    with pytest.raises(ArtifactNotFound):
        service.download(session, ben, artifact_id=artifact.id, files=MemoryStore())


def test_a_file_that_is_none_or_is_gone_is_not_found(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    ada = reader(principal_of, Permission.REPORTS_RUN)
    _, job_id = service.request_report(session, ada, report=REPORT)
    lost = BuiltFile(format=ReportFormat.PDF, sha256="ab" * 32, size_bytes=1)
    service.store_artifacts(
        session,
        ada,
        job_id=job_id,
        report=REPORT,
        data_as_of=datetime(2026, 11, 23, tzinfo=UTC),
        files=[lost],
    )
    (artifact,) = queries.history(session, ada)[0].artifacts

    with pytest.raises(ArtifactNotFound):
        service.download(session, ada, artifact_id=ArtifactId(new_id()), files=MemoryStore())
    with pytest.raises(NotFound, match="not in the file store"):
        service.download(session, ada, artifact_id=artifact.id, files=MemoryStore())
    with pytest.raises(PermissionDenied):
        service.download(session, principal_of(), artifact_id=artifact.id, files=MemoryStore())
