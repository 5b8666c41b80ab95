"""The list of samples as people use it: by address, by keyboard, many at once, on a phone."""

import csv
import io
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

SignIn = Callable[..., Page]


def _rows(page: Page) -> Locator:
    return page.locator(".samples-grid .ag-center-cols-container .ag-row:not(.ag-row-loading)")


def _barcodes(page: Page) -> Locator:
    return page.locator(".samples-grid .ag-pinned-left-cols-container a.mono")


def _open(page: Page, address: str = "/samples") -> None:
    page.goto(address)
    expect(_barcodes(page).first).to_be_visible(timeout=30_000)


def _total(page: Page) -> int:
    words = page.locator("#samples-count b")
    expect(words).to_have_text(re.compile(r"^[\d,]+$"), timeout=30_000)
    return int(words.inner_text().replace(",", ""))


def _select_first(page: Page, count: int) -> list[str]:
    boxes = page.locator(
        ".samples-grid .ag-pinned-left-cols-container .ag-selection-checkbox input"
    )
    codes = _barcodes(page).all_inner_texts()[:count]
    for index in range(count):
        boxes.nth(index).check()
    expect(page.get_by_text(f"{count} selected", exact=True)).to_be_visible()
    return codes


def test_the_grid_has_a_name_and_its_maker_warns_of_nothing(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    warnings: list[str] = []
    page.on("console", lambda said: warnings.append(said.text) if said.type == "warning" else None)

    _open(page)

    expect(page.locator(".samples-grid").get_by_role("grid", name="Samples")).to_be_visible()
    assert [each for each in warnings if "AG Grid" in each] == []


def test_an_address_narrows_the_list_and_a_chip_widens_it(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    _open(page, "/samples?f=status:pending")
    pending = _total(page)

    expect(page.locator(".samples-grid .st").first).to_have_text("Pending")
    expect(page.locator("#samples-facets a.on")).to_contain_text("Pending")

    page.get_by_role("link", name="Remove filter Status is Pending").click()

    expect(page).to_have_url(re.compile(r"/samples$"))
    expect(page.locator("#samples-count b")).not_to_have_text(f"{pending:,}", timeout=30_000)
    assert _total(page) > pending


def test_the_end_of_the_list_is_reached_and_is_its_oldest(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    _open(page, "/samples?sort=registered")
    oldest = _barcodes(page).first.inner_text()
    _open(page)
    total = _total(page)

    page.locator(".samples-grid .ag-body-viewport").evaluate(
        "e => { e.scrollTop = e.scrollHeight }"
    )

    expect(page.get_by_text(re.compile(rf"to {total:,} of {total:,}$"))).to_be_visible(
        timeout=30_000
    )
    expect(_barcodes(page).filter(has_text=oldest)).to_be_visible(timeout=30_000)


def test_samples_that_cannot_take_a_step_say_every_reason(sign_in: SignIn) -> None:
    page = sign_in("technician")
    _open(page, "/samples?f=status:in_storage")
    codes = _select_first(page, 2)

    page.get_by_role("button", name="Change status").click()
    dialog = page.get_by_role("dialog", name="Change status")
    dialog.get_by_label("Step").select_option(label="Report as lost")
    dialog.get_by_role("button", name="Change status").click()

    expect(dialog.get_by_text("2 samples stay as they are")).to_be_visible()
    for code in codes:
        expect(dialog.get_by_text(code, exact=True)).to_be_visible()
    expect(dialog.get_by_text("needs a reason. Write one.")).to_have_count(2)
    expect(dialog.get_by_text("It still stands in storage. Take it out first.")).to_have_count(2)


def test_a_hold_is_set_shown_and_released_for_many(sign_in: SignIn) -> None:
    page = sign_in("technician")
    _open(page, "/samples?f=status:validated,hold:no")
    codes = _select_first(page, 2)

    page.get_by_role("button", name="Hold", exact=True).click()
    dialog = page.get_by_role("dialog", name="Hold samples")
    dialog.get_by_label("Reason").fill("Box was left open")
    dialog.get_by_role("button", name="Apply").click()

    expect(dialog.get_by_text("Put on hold: 2 samples changed.")).to_be_visible()

    _open(page, "/samples?f=hold:yes")

    for code in codes:
        expect(_barcodes(page).filter(has_text=code)).to_be_visible()
    expect(page.get_by_role("img", name="On hold: Quarantine").first).to_be_visible()


def test_a_view_is_saved_opened_and_removed(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    _open(page, "/samples?f=type:rna&sort=-volume")

    page.get_by_role("button", name="Save as view").click()
    dialog = page.get_by_role("dialog", name="Save this view")
    dialog.get_by_label("Name").fill("Much RNA")
    dialog.get_by_role("button", name="Save view").click()

    expect(dialog).to_be_hidden()
    tab = page.get_by_role("link", name="Much RNA")
    expect(tab).to_be_visible()

    _open(page)
    tab.click()

    expect(page).to_have_url(re.compile(r"f=type:rna&sort=-volume$"))
    expect(page.get_by_text("Type is RNA")).to_be_visible()

    page.get_by_role("button", name="Save as view").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove “Much RNA”").click()

    expect(page.get_by_role("link", name="Much RNA")).to_have_count(0)


def test_the_keyboard_alone_filters_selects_and_opens(sign_in: SignIn) -> None:
    page = sign_in("technician")
    _open(page)

    page.keyboard.press("f")
    dialog = page.get_by_role("dialog", name="Filter samples")
    expect(dialog).to_be_visible()
    dialog.get_by_label("In storage", exact=True).first.focus()
    page.keyboard.press("Space")
    dialog.get_by_role("button", name="Show samples").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Status is In storage")).to_be_visible()
    expect(_barcodes(page).first).to_be_visible(timeout=30_000)

    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()
    page.keyboard.press("j")
    second = _barcodes(page).nth(1).inner_text()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(rf"/samples/{second}$"))


def test_a_worker_writes_the_file_of_a_view(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    _open(page, "/samples?f=status:completed")
    total = _total(page)

    page.get_by_role("button", name="Export", exact=False).first.click()
    dialog = page.get_by_role("dialog", name="Export samples")
    dialog.get_by_label("CSV").check()
    dialog.get_by_role("button", name="Write file").click()
    link = dialog.get_by_role("link", name=re.compile(r"^Download CSV"))
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()

    lines = list(csv.reader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert lines[0][0] == "Barcode"
    assert len(lines) == total + 1
    assert {line[4] for line in lines[1:]} == {"completed"}


def test_on_a_phone_samples_are_cards(sign_in: SignIn) -> None:
    page = sign_in("administrator", width=390, height=844)
    page.goto("/samples")

    card = page.locator(".samp-card").first

    expect(card).to_be_visible(timeout=30_000)
    expect(card.locator("a.mono")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_who_may_only_look_has_no_acts(sign_in: SignIn) -> None:
    page = sign_in("guest")
    page.goto("/samples")

    expect(page.locator("#samples-count b")).to_be_visible(timeout=30_000)

    expect(page.get_by_role("button", name="Change status")).to_have_count(0)
    expect(page.get_by_role("button", name="Hold", exact=True)).to_have_count(0)
