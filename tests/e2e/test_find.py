"""Finding samples: the one box, the filter builder by keyboard, and acts with all that match."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.accessibility import THEMES, WIDTHS, look_at

SignIn = Callable[..., Page]


def _search(page: Page, typed: str) -> None:
    page.locator("#search").fill(typed)
    page.keyboard.press("Enter")


def _rows_are_there(page: Page) -> None:
    expect(page.locator(".samples-grid .ag-pinned-left-cols-container a.mono").first).to_be_visible(
        timeout=30_000
    )


def test_what_is_typed_becomes_chips_and_what_is_not_understood_stays(sign_in: SignIn) -> None:
    page = sign_in("technician")
    page.goto("/samples")
    _rows_are_there(page)

    _search(page, "status:pending volume < 7 gallons")

    expect(page.locator("#toasts")).to_contain_text("“gallons” is no unit of volume")
    expect(page.locator("#search")).to_have_value("status:pending volume < 7 gallons")

    _search(page, "status:pending volume < 5 mL")

    expect(page).to_have_url(re.compile(r"f=status:pending,volume:%3C5000$"))
    expect(page.locator(".chip", has_text="Volume below 5000 µL")).to_be_visible()
    _rows_are_there(page)
    expect(page.locator("#search")).to_have_value("")


def test_the_builder_adds_changes_and_removes_rows_and_says_what_is_wrong(
    sign_in: SignIn,
) -> None:
    page = sign_in("technician")
    page.goto("/samples")
    _rows_are_there(page)

    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Filter samples")
    dialog.get_by_label("Pending", exact=True).check()
    dialog.get_by_role("button", name="Add filter").click()
    dialog.get_by_label("Filter 2, field").select_option(label="Volume")
    dialog.get_by_label("Filter 2, comparison").select_option(label="between")
    dialog.get_by_label("Filter 2, Volume").fill("much")
    dialog.get_by_label("Filter 2, to").fill("90")
    dialog.get_by_role("button", name="Show samples").click()
    expect(dialog.get_by_text("There is a problem with filter 2")).to_be_visible()
    assert look_at(page, WIDTHS[:1], THEMES[:1]) == {}

    dialog.get_by_label("Filter 2, Volume").fill("10")
    dialog.get_by_role("button", name="Show samples").click()
    expect(page).to_have_url(re.compile(r"f=status:pending,volume:10\.\.90$"))
    expect(page.locator(".chip", has_text="Volume from 10 to 90 µL")).to_be_visible()

    page.keyboard.press("f")
    dialog.get_by_role("button", name="Remove filter 1").click()
    expect(dialog.get_by_label("Filter 2, field")).to_have_count(0)
    dialog.get_by_role("button", name="Show samples").click()
    expect(page).to_have_url(re.compile(r"f=volume:10\.\.90$"))


def test_all_that_match_are_held_by_a_worker_and_released(sign_in: SignIn) -> None:
    page = sign_in("technician")
    page.goto("/samples?f=status:rejected,hold:no")
    _rows_are_there(page)

    page.locator(".samples-grid .ag-selection-checkbox input").first.check()
    page.get_by_role("button", name=re.compile("^Select all [0-9,]+ matching")).click()
    said = page.get_by_text(re.compile("^All [0-9,]+ matching selected"))
    expect(said).to_be_visible()
    assert look_at(page, WIDTHS[:1], THEMES[:1]) == {}
    count = re.sub(r"\D", "", said.inner_text())
    expect(page.get_by_role("button", name="Request sequencing")).to_be_hidden()

    page.get_by_role("button", name="Hold", exact=True).click()
    dialog = page.get_by_role("dialog", name="Hold samples")
    dialog.get_by_label("Reason").fill("Recount")
    dialog.get_by_role("button", name="Apply").click()

    done = dialog.get_by_text(re.compile(r"^ ?Put on hold: [0-9,]+ samples? changed"))
    expect(done).to_be_visible(timeout=90_000)
    assert re.sub(r"\D", "", done.inner_text()) == count


def test_labels_of_all_that_match_are_queued_by_a_worker(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    page.goto("/admin?tab=printers")
    page.locator("#admin-printer-name").fill("Bench of all labels")
    page.locator("#admin-printer-host").fill("127.0.0.1")
    page.get_by_role("button", name="Save printer").click()
    expect(page.locator("#admin-printers")).to_contain_text("Bench of all labels")
    page.goto("/samples?f=status:rejected")
    _rows_are_there(page)
    page.locator(".samples-grid .ag-selection-checkbox input").first.check()
    page.get_by_role("button", name=re.compile("^Select all [0-9,]+ matching")).click()
    said = page.get_by_text(re.compile("^All [0-9,]+ matching selected"))
    expect(said).to_be_visible()
    count = re.sub(r"\D", "", said.inner_text())

    page.get_by_role("button", name="Print labels").first.click()
    dialog = page.get_by_role("dialog", name="Print labels")
    expect(dialog.get_by_text(f"The first of {int(count):,} labels.")).to_be_visible()
    expect(dialog.get_by_text("One job prints at most 20,000 labels")).to_be_visible()
    assert look_at(page, WIDTHS[:1], THEMES[:1]) == {}
    dialog.get_by_label("Reason").fill("Labels of the old kind come off")
    dialog.get_by_role("button", name="Print labels").click()

    expect(dialog.get_by_text(f"{int(count):,} queued")).to_be_visible(timeout=90_000)
