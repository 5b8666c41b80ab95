"""At the freezer: a physical audit that its errors make larger, and a spilled box put back."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from backend.samples.ids import Custody
from backend.samples.models import Project, Sample
from tests.factories.storage import Freezer, make_freezer, make_tube, stand
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
def freezer(laboratory: Engine) -> Freezer:
    """Two boxes with tubes AUDITED-<n>-1 to -4, two in each."""
    number = next(_numbers)
    with Session(laboratory) as session:
        project = Project(code=f"AUDIT-{number}", name="Audits", owner_id=None)
        session.add(project)
        session.flush()
        made = make_freezer(session, label=f"AUDITS-{number:02d}", boxes=2)
        for each in range(4):
            tube = make_tube(session, project, barcode=f"AUDITED-{number:02d}-{each + 1}")
            stand(session, tube, made.box_ids[each // 2], 1, each % 2 + 1)
            # As placing does: the laboratory is shared with tests that plan what has no place.
            session.get_one(Sample, tube).custody = Custody.IN_STORAGE
        session.commit()
    return made


def test_errors_in_a_drawn_box_bring_in_its_rack(sign_in: SignIn, freezer: Freezer) -> None:
    page = sign_in("technician")
    page.goto("/storage/audits")
    page.get_by_label("Title").fill("Second quarter")
    page.get_by_label(f"{freezer.label}, 4 tubes").check()
    page.get_by_role("button", name="Draw the boxes").click()

    expect(page.get_by_text("0 of 2 positions read")).to_be_visible()
    assert look_at(page) == {}
    for read in (1, 2):
        page.get_by_role("button", name="Nothing stands here").click()
        expect(page.get_by_text(f"{read} of 2 positions read")).to_be_visible()
    page.get_by_role("button", name="Box is done").click()

    expect(page.get_by_text(f"Rack {freezer.label}/1/A, 1 box more")).to_be_visible()
    expect(page.get_by_text("1 of 2 looked at")).to_be_visible()
    assert look_at(page) == {}


def test_a_tube_of_a_spilled_box_is_shown_its_place_on_a_phone(
    sign_in: SignIn, freezer: Freezer
) -> None:
    page = sign_in("technician")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/storage/spill?box={freezer.label}/1/A/B-1")
    page.get_by_role("button", name="The tubes fell out").click()
    expect(page.get_by_text("2 tubes are still outside")).to_be_visible()

    page.get_by_label("Tube", exact=True).fill(f"AUDITED-{freezer.label[-2:]}-2")
    page.get_by_label("Tube", exact=True).press("Enter")

    expect(page.get_by_text("1 tube is still outside")).to_be_visible()
    expect(page.locator(".sp-spot")).to_have_text("A2")
    assert look_at(page) == {}
