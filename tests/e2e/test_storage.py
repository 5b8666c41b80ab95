"""Storage as people use it: plan and accept, scanner and keyboard, two people at one box."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, create_engine

from backend.samples.ids import TemperatureClass
from tests.support.accessibility import look_at
from tests.support.running_laboratory import RunningLaboratory
from tests.support.shell_pages import scan_with_prefix as scan
from tests.support.storage_scenes import open_box, position, set_up

SignIn = Callable[..., Page]

PLANNED_WITHIN_MS = 180_000
"""A plan takes half a minute, on a loaded machine longer."""


@pytest.fixture(scope="module")
def laboratory(app_server: RunningLaboratory) -> Iterator[Engine]:
    engine = create_engine(app_server.database_url)
    yield engine
    engine.dispose()


def test_a_plan_is_accepted_in_part_and_another_person_sees_the_box_change(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=3)
    page, watcher = sign_in("technician"), sign_in("administrator")
    open_box(watcher, scene)
    page.goto("/storage")
    for barcode in scene.barcodes:
        page.get_by_label(f"Choose {barcode}", exact=True).check()

    page.get_by_role("button", name="For the chosen").click()
    # A plan for three tubes may be ready before its bar is drawn; stopping has its own test.
    lines = page.get_by_role("region", name="Proposed places")
    expect(lines).to_be_visible(timeout=PLANNED_WITHIN_MS)
    expect(page.get_by_text("3 of 3")).to_be_visible()
    expect(page.get_by_text("First-fit would need")).to_be_visible()
    for step in (1, 2):
        lines.locator(f"[row-id='{step}'] input[type=checkbox]").first.check()
    page.get_by_role("button", name="Accept the chosen lines").click()

    expect(page.get_by_text("2 samples placed as planned", exact=True)).to_be_visible()
    expect(lines.get_by_text("Not chosen")).to_have_count(1)
    expect(position(watcher, "A1")).to_have_accessible_name(re.compile("^A1, TUBE-"))
    expect(position(watcher, "A2")).to_have_accessible_name(re.compile("^A2, TUBE-"))
    expect(position(watcher, "A3")).to_have_accessible_name(re.compile("^A3, free"))


def test_a_tube_is_placed_and_taken_back_by_keyboard_alone(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=1)
    page = sign_in("technician")
    open_box(page, scene)

    page.get_by_label("Tube, box or position").focus()
    page.keyboard.type(scene.barcodes[0], delay=60)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="in hand")).to_be_visible()
    position(page, "A1").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(position(page, "B2")).to_be_focused()
    page.keyboard.type("D7", delay=120)
    expect(position(page, "D7")).to_be_focused()
    page.keyboard.press("Enter")

    stands = f"{scene.barcodes[0]} stands in {scene.box}, D7"
    expect(page.get_by_text(stands, exact=True)).to_be_visible()
    name = f"D7, {scene.barcodes[0]}, gDNA, volume not measured"
    expect(position(page, "D7")).to_have_accessible_name(name)
    expect(position(page, "D7")).to_be_focused()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(position(page, "D7")).to_have_accessible_name("D7, free")


def test_a_scanned_tube_and_a_scanned_box_need_no_pointer(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=1)
    page = sign_in("technician")
    page.goto("/storage")
    expect(page.get_by_role("heading", name="Units")).to_be_visible()

    scan(page, scene.barcodes[0])
    expect(page.get_by_role("status").filter(has_text="in hand")).to_be_visible()
    scan(page, scene.box)

    stands = f"{scene.barcodes[0]} stands in {scene.box}, A1"
    expect(page.get_by_text(stands, exact=True)).to_be_visible()


def test_a_tube_is_moved_and_its_custody_tells_both_places(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=0, standing=1)
    page = sign_in("technician")
    open_box(page, scene, "?pos=A1")
    chosen = page.get_by_role("region", name="Chosen position")
    expect(chosen.get_by_role("heading", name="A1")).to_be_visible()

    chosen.get_by_role("button", name="Move").click()
    expect(page.get_by_role("status").filter(has_text="in hand, stands in")).to_be_visible()
    position(page, "C3").click()
    chosen.get_by_role("button", name=f"Put {scene.barcodes[0]} here").click()

    expect(page).to_have_url(re.compile(r"\?pos=C3$"))
    expect(chosen.get_by_text("Custody, 2 places")).to_be_visible()
    expect(position(page, "A1")).to_have_accessible_name(re.compile("^A1, free"))


def test_taking_out_asks_for_a_reason_and_keeps_it(sign_in: SignIn, laboratory: Engine) -> None:
    scene = set_up(laboratory, tubes=0, standing=1)
    page = sign_in("technician")
    open_box(page, scene, "?pos=A1")

    page.get_by_role("button", name="Take out").click()
    question = page.get_by_role("dialog")
    question.get_by_role("button", name="Take out").click()
    expect(question.get_by_text("Say what it is taken out for.")).to_be_visible()
    question.get_by_label("Reason").fill("Used for extraction")
    question.get_by_role("button", name="Take out").click()

    taken = f"{scene.barcodes[0]} taken out of {scene.box}, A1"
    expect(page.get_by_text(taken, exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(question).to_have_count(0)
    expect(position(page, "A1")).to_have_accessible_name(re.compile(scene.barcodes[0]))
    page.get_by_text("Custody, 2 places").wait_for()
    expect(page.get_by_text("Used for extraction")).to_be_visible()


def test_a_refusal_names_every_rule_and_moves_nothing(sign_in: SignIn, laboratory: Engine) -> None:
    cold = set_up(laboratory, tubes=0)
    warm = set_up(laboratory, tubes=1, zone=TemperatureClass.MINUS_80)
    page = sign_in("technician")
    open_box(page, cold)
    code = page.get_by_label("Tube, box or position")
    code.fill(warm.barcodes[0])
    code.press("Enter")
    expect(page.get_by_role("status").filter(has_text="in hand")).to_be_visible()

    code.fill("B2")
    code.press("Enter")

    told = page.locator("#toasts")
    expect(told).to_contain_text(f"{warm.barcodes[0]} must be kept at −80 °C")
    expect(code).to_have_value("B2")
    expect(position(page, "B2")).to_have_accessible_name("B2, free")


def test_who_may_not_place_sees_the_box_without_the_means(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=1, standing=1)
    page = sign_in("scientist")

    open_box(page, scene, "?pos=A1")

    expect(page.get_by_role("region", name="Chosen position")).to_contain_text("A1")
    for name in ("Move", "Take out", "Optimise placement", "For the chosen", "Place"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_label("Tube, box or position")).to_have_count(0)
    # A sample of a project that is not theirs is a taken position and no more.
    expect(position(page, "A1")).to_have_accessible_name(re.compile("that you do not see$"))


def test_a_plan_that_is_stopped_says_so(sign_in: SignIn, laboratory: Engine) -> None:
    set_up(laboratory, tubes=2)
    page = sign_in("technician")
    page.goto("/storage")

    page.get_by_role("button", name="Optimise placement").click()
    page.get_by_role("button", name="Stop").click()

    expect(page.get_by_text("Nothing was moved.")).to_be_visible(timeout=PLANNED_WITHIN_MS)


@pytest.mark.parametrize(("rows", "columns"), [(9, 9), (8, 12), (16, 24)])
def test_the_map_of_a_box_is_painted_and_the_time_told(
    sign_in: SignIn, laboratory: Engine, rows: int, columns: int
) -> None:
    scene = set_up(laboratory, tubes=0, standing=rows * columns - 4, rows=rows, columns=columns)
    page = sign_in("technician")

    open_box(page, scene)
    times: list[float] = []
    for mode in ("Age", "Type"):
        page.get_by_role("button", name=mode, exact=True).click()
    for _ in range(2):
        open_box(page, scene)
        page.wait_for_timeout(300)
        times += page.evaluate("performance.getEntriesByName('boxmap').map(e => e.duration)")

    expect(page.get_by_role("gridcell")).to_have_count(rows * columns)
    assert times
    print(f"box map {rows} × {columns}: painted in {sorted(round(each) for each in times)} ms")  # noqa: T201 a measurement to be read


def test_an_open_position_of_a_box_reads_well_and_fits(sign_in: SignIn, laboratory: Engine) -> None:
    scene = set_up(laboratory, tubes=1, standing=5)
    page = sign_in("technician")
    open_box(page, scene, "?pos=A2")
    expect(page.get_by_role("heading", name="A2")).to_be_visible()

    assert look_at(page) == {}
