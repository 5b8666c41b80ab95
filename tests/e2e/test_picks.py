"""Pick lists as people use them: by scanner and keyboard, and on a phone."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from backend.samples.ids import Custody
from backend.samples.models import Project, Sample
from tests.factories.storage import make_freezer, make_tube, stand
from tests.support.accessibility import look_at
from tests.support.running_laboratory import RunningLaboratory
from tests.support.shell_pages import scan_with_prefix as scan

SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def laboratory(app_server: RunningLaboratory) -> Iterator[Engine]:
    engine = create_engine(app_server.database_url)
    yield engine
    engine.dispose()


def set_up(laboratory: Engine, name: str) -> str:
    """Add a freezer with two boxes, tubes <name>-1 and <name>-2 in the first; return its label."""
    with Session(laboratory) as session:
        project = Project(code=name, name="Picking", owner_id=None)
        session.add(project)
        session.flush()
        freezer = make_freezer(session, label=f"U-{name}", boxes=2)
        for column in (1, 2):
            tube = make_tube(session, project, barcode=f"{name}-{column}")
            stand(session, tube, freezer.box_id, 1, column)
            session.get_one(Sample, tube).custody = Custody.IN_STORAGE
        session.commit()
    return freezer.label


def test_a_list_is_made_of_codes_and_picked_by_scanner_and_keys(
    sign_in: SignIn, laboratory: Engine
) -> None:
    unit = set_up(laboratory, "PICKKEYS")
    page = sign_in("technician")
    page.goto("/storage/picks")
    page.get_by_label("Title").fill("For run 12")
    page.get_by_label("Codes").fill("PICKKEYS-2, PICKKEYS-1")
    page.get_by_role("button", name="Make the list").press("Enter")
    expect(page.locator(".pk-code")).to_have_text("PICKKEYS-1")

    scan(page, "PICKKEYS-1")
    said = page.locator("#pick-said")
    expect(said).to_contain_text(f"PICKKEYS-1 is out of {unit}/1/A/B-1/A1.")
    expect(page.locator(".pk-code")).to_have_text("PICKKEYS-2")
    page.keyboard.press("1")
    expect(page.get_by_text("Every tube has its answer.")).to_be_visible()
    page.keyboard.press("z")

    expect(page.locator(".pk-code")).to_have_text("PICKKEYS-2")


def test_a_phone_scans_a_tube_and_where_it_goes(sign_in: SignIn, laboratory: Engine) -> None:
    unit = set_up(laboratory, "PICKMOVE")
    page = sign_in("technician")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/storage/picks")
    page.get_by_label("Title").fill("Move")
    page.get_by_label("Purpose").select_option("move")
    page.get_by_label("Codes").fill("PICKMOVE-1\nPICKMOVE-2")
    page.get_by_label("Destination box").fill(f"{unit}/1/A/B-2")
    page.get_by_role("button", name="Make the list").click()
    expect(page.locator(".pk-code")).to_have_text("PICKMOVE-1")

    scan(page, "PICKMOVE-1")
    said = page.locator("#pick-said")
    expect(said).to_contain_text("PICKMOVE-1 is in your hand.")
    assert look_at(page, widths=(390,)) == {}
    scan(page, f"{unit}/1/A/B-2")

    expect(said).to_contain_text(f"PICKMOVE-1 placed in {unit}/1/A/B-2/A1.")
    expect(page.locator(".pk-code")).to_have_text("PICKMOVE-2")
