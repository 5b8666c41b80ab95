"""At the receiving desk: a tube is received as it was found, by keyboard alone."""

import re

from playwright.sync_api import expect

from backend.core.transaction import writing
from tests.factories.samples import make_sample
from tests.support.accessibility import look_at
from tests.support.shell_pages import Open


def test_a_thawed_tube_is_received_by_keyboard_and_goes_on_hold(
    open_shell: Open,
) -> None:
    page = open_shell("technician")
    with writing() as session:
        code = make_sample(session).barcode
    page.goto(f"/samples/{code}")
    page.get_by_role("button", name="Change status").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Change status")
    dialog.get_by_role("radio", name="Receive", exact=True).focus()
    page.keyboard.press("Space")
    good = dialog.get_by_role("checkbox", name="Good")
    expect(good).to_be_checked()
    expect(dialog).to_contain_text("It does not go on hold.")

    good.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    expect(dialog.get_by_role("checkbox", name="Thawed")).to_be_checked()
    expect(good).not_to_be_checked()
    expect(dialog).to_contain_text("It goes on hold: Temperature exposure (thawed).")
    assert look_at(page) == {}
    dialog.get_by_label("Temperature on arrival").focus()
    page.keyboard.type("4,5")
    dialog.get_by_role("button", name="Change status").focus()
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.locator(".axes")).to_contain_text("Temperature exposure")
    expect(page.get_by_role("region", name="Details")).to_contain_text("Thawed; 4.5 °C")
    expect(page.get_by_role("row", name=re.compile("Condition on arrival"))).to_be_visible()
