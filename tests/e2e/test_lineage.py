"""A sample's relatives on the screen: from one to the next without a mouse."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_sample_detail import register, take_step
from tests.support.accessibility import look_at

SignIn = Callable[..., Page]


def test_the_lineage_is_walked_by_keyboard_and_read_as_a_table(sign_in: SignIn) -> None:
    page = sign_in("technician")
    code = register(page)
    take_step(page, "Accept")
    expect(page.locator(".axes")).to_contain_text("Accepted")
    page.get_by_role("button", name="Aliquot").click()
    dialog = page.locator("#sample-aliquot-dialog")
    dialog.get_by_role("checkbox").check()
    dialog.get_by_label("Volume of each").fill("5")
    dialog.get_by_role("button", name="Make aliquots").click()
    expect(dialog).to_be_hidden()
    page.goto(f"/samples/{code}?tab=family")
    page.evaluate("window.stillHere = true")
    assert look_at(page) == {}

    page.locator("a.lin-box").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).not_to_have_text(code)
    expect(page.locator("a.lin-box")).to_have_attribute("href", f"/samples/{code}?tab=family")
    assert page.evaluate("window.stillHere")
    page.get_by_role("link", name="View as table").click()
    expect(page.get_by_role("row", name=re.compile("from, by aliquot"))).to_contain_text(code)
