"""The box map with many tubes at once: selecting them, moving them by keyboard, dragging them."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine, create_engine

from tests.support.accessibility import look_at
from tests.support.running_laboratory import RunningLaboratory
from tests.support.storage_scenes import add_bag, open_box, position, set_up

SignIn = Callable[..., Page]


@pytest.fixture(scope="module")
def laboratory(app_server: RunningLaboratory) -> Iterator[Engine]:
    engine = create_engine(app_server.database_url)
    yield engine
    engine.dispose()


def selected(page: Page) -> Locator:
    return page.locator("#storage-map .is-sel")


def test_tubes_are_selected_by_range_line_key_list_and_look(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=0, standing=20)  # A1 to C2
    page = sign_in("technician")
    open_box(page, scene)
    bar = page.get_by_role("toolbar", name="Actions for the selected tubes")

    position(page, "A2").click()
    position(page, "B4").click(modifiers=["Shift"])
    expect(selected(page)).to_have_count(6)
    expect(bar).to_contain_text("6 selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    page.get_by_role("rowheader", name="C").click()
    expect(selected(page)).to_have_count(2)
    page.get_by_role("columnheader", name="1", exact=True).click(modifiers=["Control"])
    expect(selected(page)).to_have_count(4)

    position(page, "B5").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowDown")  # C5 and C6 are free
    expect(selected(page)).to_have_count(2)
    expect(position(page, "B6")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Control+a")
    expect(bar).to_contain_text("20 selected")

    page.get_by_role("button", name="Select", exact=True).click()
    page.get_by_role("button", name="From a list").click()
    listed = page.get_by_role("dialog")
    listed.get_by_label("Barcodes or positions").fill(f"{scene.barcodes[0]}\nb2, TUBE-ELSEWHERE")
    listed.get_by_role("button", name="Select").click()
    expect(listed.get_by_role("status")).to_have_text(
        "2 selected. Not in this box: TUBE-ELSEWHERE."
    )
    listed.get_by_role("button", name="Close").click()
    expect(selected(page)).to_have_count(2)
    page.get_by_role("button", name="Thaws", exact=True).click()
    page.get_by_role("button", name=re.compile("0 thaws")).click()
    expect(bar).to_contain_text("20 selected")
    assert look_at(page) == {}


def test_a_block_is_moved_by_keyboard_swapped_and_taken_back(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=0, standing=4)  # A1 to A4
    page = sign_in("technician")
    open_box(page, scene)

    position(page, "A1").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("m")
    # Faster keys would be taken for a scan.
    expect(page.get_by_role("toolbar", name="The move of the selected tubes")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(position(page, "A4")).to_be_focused()
    expect(position(page, "A4")).to_have_accessible_name(re.compile("in the way of tube 1 of 2$"))
    expect(position(page, "A5")).to_have_accessible_name(re.compile("to take tube 2 of 2$"))
    page.keyboard.press("Enter")
    question = page.get_by_role("dialog", name="Some positions are taken")
    expect(question).to_contain_text(f"A4 holds {scene.barcodes[3]}; {scene.barcodes[0]}")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    expect(position(page, "A1")).to_have_accessible_name(re.compile(scene.barcodes[0]))
    expect(position(page, "A4")).to_be_focused()

    page.keyboard.press("Enter")
    question.get_by_role("button", name="Swap").press("Enter")
    message = page.get_by_text(f"2 tubes moved to {scene.box}, A4 to A5; 1 swapped", exact=True)
    expect(message).to_be_visible()
    expect(question).to_be_hidden()
    expect(position(page, "A4")).to_be_focused()
    page.keyboard.press("z")
    expect(page.get_by_text("3 tubes are back where they were before")).to_be_visible()
    expect(position(page, "A4")).to_have_accessible_name(re.compile(scene.barcodes[3]))
    expect(position(page, "A1")).to_have_accessible_name(re.compile(scene.barcodes[0]))


def test_dragged_tubes_show_where_they_go_before_they_are_let_go(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=0, standing=3)
    page = sign_in("technician")
    open_box(page, scene)
    position(page, "A2").click()
    position(page, "A3").click(modifiers=["Shift"])

    position(page, "A2").hover()
    page.mouse.down()
    position(page, "D5").hover()
    expect(page.locator("#storage-map .is-ghost")).to_have_count(2)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("#storage-map .is-ghost")).to_have_count(0)
    position(page, "A2").hover()
    page.mouse.down()
    position(page, "D5").hover()
    page.mouse.up()

    moved = page.get_by_text(f"2 tubes moved to {scene.box}, D5 to D6", exact=True)
    expect(moved).to_be_visible()
    expect(position(page, "D6")).to_have_accessible_name(re.compile(scene.barcodes[2]))
    expect(position(page, "A2")).to_have_accessible_name(re.compile("^A2, free"))


def test_a_loose_place_is_a_list_whose_tubes_go_into_a_box_by_keyboard(
    sign_in: SignIn, laboratory: Engine
) -> None:
    scene = set_up(laboratory, tubes=0, standing=1)
    bag = add_bag(laboratory, scene, tubes=3)
    page = sign_in("technician")
    page.goto(f"/storage/{bag}")
    lines = page.locator("#storage-map [data-pos]")

    expect(lines).to_have_count(4)
    expect(lines.last).to_have_text("4the number that comes next")
    assert look_at(page) == {}
    position(page, "1").click()
    page.keyboard.press("Shift+ArrowDown")
    expect(selected(page)).to_have_count(2)
    page.keyboard.press("m")
    expect(page.get_by_text("Moving 2 tubes. Open the box that they go to")).to_be_visible()
    page.get_by_role("list", name="Boxes in rack A").get_by_role("link", name="B-1").click()
    position(page, "C3").click()
    page.keyboard.press("Enter")

    expect(page.get_by_text(f"2 tubes moved to {scene.box}, C3 to C4")).to_be_visible()
    page.goto(f"/storage/{bag}")
    expect(lines).to_have_count(2)
    expect(lines.last).to_have_text("1the number that comes next")
