"""The queue board as people use it: by keyboard, by mouse, and from a request form."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from backend.core import clock
from backend.core.principal import Permission, machinery
from backend.core.sessions import ReadSession, WriteSession
from backend.samples.models import Project, Sample
from backend.sequencing import pool_queries
from backend.sequencing.ids import RequestState, RunId
from backend.sequencing.models import RequestSample, SequencingRequest, SequencingRun
from backend.sequencing.runs.watching import watch
from db.seeds import run_folders
from tests.support.running_laboratory import RunningLaboratory

SignIn = Callable[..., Page]


@dataclass(frozen=True, slots=True)
class Sequencer:
    """The folder that a sequencer writes to, watched as the job does it every minute."""

    engine: Engine
    root: Path

    def tubes(self, project: str) -> list[str]:
        """Return the libraries of the first request of a project with eight of them."""
        request = (
            select(RequestSample.request_id)
            .join(SequencingRequest, SequencingRequest.id == RequestSample.request_id)
            .join(Project, Project.id == SequencingRequest.project_id)
            .where(Project.code == project, SequencingRequest.state == RequestState.DONE)
            .group_by(RequestSample.request_id, SequencingRequest.number)
            .having(func.count() == 8)
            .order_by(SequencingRequest.number)
            .limit(1)
        )
        with Session(self.engine) as session:
            found = session.scalars(
                select(Sample.barcode)
                .join(RequestSample, RequestSample.sample_id == Sample.id)
                .where(RequestSample.request_id.in_(request))
                .order_by(Sample.barcode)
            )
            return list(found)

    def run(self, code: str) -> None:
        """Leave the folder of a run behind, and let it be found."""
        number = int(code.rpartition("-")[2])
        with Session(self.engine) as session:
            key = session.scalars(
                select(SequencingRun.id).where(SequencingRun.number == number)
            ).one()
            libraries = pool_queries.lane_libraries(session, RunId(key))
        run = replace(
            run_folders.NEWEST,
            number=number,
            flow_cell="LM2QX",
            cycles=76,
            reads=[2_000_000] * len(libraries),
            lost=0,
            called=code,
        )
        for path, content in run_folders.contents_of(run, libraries).items():
            place = self.root / run.name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        watcher = machinery("schedule", Permission.HEALTH_OPERATE, request_id="test")
        watch(self._opening, watcher, [self.root])

    @contextmanager
    def _opening(self) -> Iterator[WriteSession]:
        with Session(self.engine) as session, session.begin():
            yield WriteSession(ReadSession(session))


@pytest.fixture
def sequencer(app_server: RunningLaboratory, tmp_path: Path) -> Iterator[Sequencer]:
    engine = create_engine(app_server.database_url)
    yield Sequencer(engine, tmp_path)
    engine.dispose()


def test_libraries_go_from_a_request_to_quality_control(
    sign_in: SignIn, app_server: RunningLaboratory, sequencer: Sequencer
) -> None:
    code = _asked(sign_in("scientist"), sequencer.tubes("CARDIO-7"))

    # Pooled by the keyboard, taken back, and pooled again by the mouse.
    page = sign_in("technician")
    page.goto("/sequencing")
    card = page.locator("[data-card]").filter(has_text=code)
    card.focus()
    page.keyboard.press("]")
    pooled = page.get_by_role("region", name="Pooled")
    expect(page.get_by_text(f"{code} moved to Pooled")).to_be_visible()
    expect(pooled.get_by_text(code, exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    waiting = page.get_by_role("region", name="Waiting")
    expect(waiting.get_by_text(code, exact=True)).to_be_visible()
    page.reload()  # what was done so far draws the board no more
    card.drag_to(page.get_by_role("region", name="Planned"))  # two columns on: it stays
    card.drag_to(pooled)
    expect(pooled.get_by_text(code, exact=True)).to_be_visible()

    run = _planned(page, code)
    page.goto(f"/sequencing/plans/{run}")
    page.get_by_role("button", name="Release run").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your password").fill(app_server.sign_ins["technician"][1])
    dialog.get_by_role("button", name="Sign and release").click()
    expect(page.get_by_text("Released as v1")).to_be_visible()

    page.goto("/sequencing")
    page.locator("[data-card]").filter(has_text=code).focus()
    page.keyboard.press("]")
    running = page.get_by_role("region", name="Running")
    expect(running.get_by_text(code, exact=True)).to_be_visible()

    sequencer.run(run)
    page.goto("/sequencing/runs")
    page.get_by_role("link", name=run).click()
    page.get_by_role("button", name="Confirm the run").click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm the run").click()
    expect(page.get_by_text("The run is confirmed")).to_be_visible()
    page.goto("/sequencing")
    checked = page.get_by_role("region", name="QC")
    expect(checked.get_by_text(code, exact=True)).to_be_visible()


def _asked(page: Page, tubes: Sequence[str]) -> str:
    """Ask for libraries and return the code of the request."""
    page.goto(f"/sequencing?request={','.join(tubes)}")
    page.get_by_label("Project").select_option("CARDIO-7")
    page.get_by_label("Reads for each library").fill("1")
    page.get_by_label("Read length, both ends").select_option("76")
    page.get_by_label("Why again").fill("More depth is needed")
    page.get_by_role("button", name="Request sequencing").click()
    said = page.get_by_text(" waits on the board")
    expect(said).to_be_visible()
    return said.inner_text().split()[0]


def _planned(page: Page, code: str) -> str:
    """Book the MiSeq for a request's pool and return the code of the run."""
    page.get_by_role("link", name=f"Plan a run for {code}").click()
    miseq = page.get_by_label("Instrument").locator("option", has_text="MiSeq-2")
    page.get_by_label("Instrument").select_option(miseq.get_attribute("value"))
    page.get_by_label("Start").fill(f"{clock.utc_now().date() + timedelta(days=5)}T09:00")
    page.get_by_label("Length").fill("22")
    page.get_by_role("button", name="Plan run").click()
    planned = page.get_by_text(" is planned on MiSeq-2")
    expect(planned).to_be_visible()
    return planned.inner_text().split()[0]


def test_a_service_is_booked_and_a_pin_outlives_a_new_plan_by_keyboard(
    sign_in: SignIn, sequencer: Sequencer
) -> None:
    _asked(sign_in("scientist"), sequencer.tubes("CARDIO-7"))
    page = sign_in("technician")
    page.goto("/sequencing/calendar")
    page.get_by_label("Instrument").select_option("MiSeq-2")
    day = clock.utc_now().date() + timedelta(days=6)
    page.get_by_label("From", exact=True).fill(f"{day}T08:00")
    page.get_by_label("Until", exact=True).fill(f"{day}T10:00")
    page.get_by_label("Why").fill("Optics")
    page.get_by_role("button", name="Add service time").press("Enter")
    remove = page.get_by_role("button", name="Remove the service of MiSeq-2")
    expect(remove).to_be_visible()
    remove.press("Enter")
    expect(remove).to_have_count(0)

    page.goto("/sequencing/queue-plan")
    page.get_by_label("Time to compute").fill("2")
    page.get_by_role("button", name="Make a plan").press("Enter")
    expect(page.get_by_text("Libraries planned")).to_be_visible()
    page.locator("summary").filter(has_text="Lane ").first.press("Enter")
    here = page.get_by_role("button", name="Pin here").first
    library = (here.get_attribute("aria-label") or "").split()[2].rstrip(",")
    here.press("Enter")
    expect(page.get_by_text("It holds for the next plan")).to_be_visible()

    page.get_by_role("button", name="Plan again").press("Enter")
    expect(page.get_by_text("Plan in the making")).to_be_visible()
    expect(page.get_by_text("Libraries planned")).to_be_visible()
    page.locator("summary").filter(has_text="Lane ").first.press("Enter")
    row = page.get_by_role("row").filter(has_text=library)
    expect(row.get_by_text("pinned", exact=True)).to_be_visible()
    page.get_by_role("button", name="Unpin").press("Enter")
    expect(page.get_by_text("Nothing is pinned")).to_be_visible()


def test_the_runs_of_two_days_are_drawn_and_said(sign_in: SignIn) -> None:
    page = sign_in("technician")

    page.goto("/sequencing")

    calendar = page.get_by_role("region", name="Run calendar")
    expect(calendar.locator(".drawing[role=group]")).to_have_attribute(
        "aria-label", re.compile(r"^Runs: ")
    )


def test_a_request_with_problems_keeps_what_was_typed(sign_in: SignIn) -> None:
    page = sign_in("scientist")
    page.goto("/sequencing?request=LIB-NOWHERE")
    page.get_by_label("Project").select_option(index=1)
    page.get_by_label("Reads for each library").fill("25")

    page.get_by_role("button", name="Request sequencing").click()

    problems = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(problems).to_contain_text("LIB-NOWHERE is not a sample of your projects")
    expect(page.get_by_label("Libraries")).to_have_value("LIB-NOWHERE")
    expect(page.get_by_label("Reads for each library")).to_have_value("25")


def test_who_may_not_plan_sees_the_board_without_moves(sign_in: SignIn) -> None:
    page = sign_in("analyst")

    page.goto("/sequencing")

    expect(page.get_by_role("region", name="Queue board")).to_be_visible()
    expect(page.get_by_role("link", name="Plan run")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Move "))).to_have_count(0)
