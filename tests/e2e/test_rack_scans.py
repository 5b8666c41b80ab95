"""A rack scan as people use it: dropped, looked at, committed, taken back."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from backend.samples.ids import Custody
from backend.samples.models import Project, Sample
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.accessibility import look_at
from tests.support.running_laboratory import RunningLaboratory

SignIn = Callable[..., Page]
_numbers = count(1)


@pytest.fixture(scope="module")
def laboratory(app_server: RunningLaboratory) -> Iterator[Engine]:
    engine = create_engine(app_server.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def box(laboratory: Engine) -> str:
    """A box of 8 × 12 with tubes R<n>-1 to R<n>-3 in A1 to A3; R<n>-4 waits for a place."""
    number = next(_numbers)
    with Session(laboratory) as session:
        project = Project(code=f"RACK-{number}", name="Rack scans", owner_id=None)
        session.add(project)
        session.flush()
        freezer = make_freezer(session, label=f"RACKS-{number:02d}", rows=8, columns=12)
        for column in range(1, 5):
            tube = make_tube(session, project, barcode=f"RACKED-{number:02d}-{column}")
            if column < 4:
                stand(session, tube, freezer.box_id, 1, column)
                session.get_one(Sample, tube).custody = Custody.IN_STORAGE
        session.commit()
    return f"{freezer.label}/1/A/B-1"


def _scan(box: str, *lines: str) -> FilePayload:
    number = box[6:8]
    text = "\n".join(lines).replace("T", f"RACKED-{number}-")
    return {"name": "scan.csv", "mimeType": "text/csv", "buffer": text.encode()}


def _drop(page: Page, scan: FilePayload) -> None:
    page.locator("#rack-scan-file input[type=file]").set_input_files(scan)


def test_a_scan_is_dropped_looked_at_committed_and_taken_back(sign_in: SignIn, box: str) -> None:
    page = sign_in("technician")
    page.goto(f"/storage/{box}")
    page.get_by_role("link", name="Rack scan").click()
    expect(page.get_by_label("Box (optional)")).to_have_value(box)

    _drop(page, _scan(box, "A1,T2", "A2,T1", "A3,NO READ", "B1,T4"))
    expect(
        page.get_by_text("3 tubes are placed here; 1 place is marked unverified.")
    ).to_be_visible()
    expect(page.get_by_role("region", name=f"Verdicts of {box}")).to_contain_text("B1: New here")
    assert look_at(page) == {}
    page.get_by_role("button", name="Commit").press("Enter")
    expect(page.get_by_text("This scan is committed.")).to_be_visible()

    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("This scan is committed and taken back.")).to_be_visible()


def test_a_file_that_cannot_be_read_says_where_and_the_box_stays(sign_in: SignIn, box: str) -> None:
    page = sign_in("technician")
    page.goto(f"/storage/rack-scans?box={box}")

    _drop(page, _scan(box, "A1,T1", "A1,T2"))

    expect(page.locator("#rack-scan-problems")).to_contain_text(
        "Line 2: position A1 stands in line 1"
    )
    expect(page.get_by_label("Box (optional)")).to_have_value(box)
