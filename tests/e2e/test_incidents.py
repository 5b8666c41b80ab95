"""An incident from its list to its signature, by keyboard, while the page is open all the time."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.support.accessibility import look_at
from tests.support.running_laboratory import RunningLaboratory
from tests.support.shell_pages import go
from tests.support.warm_freezer import incident_of, make_cold

SignIn = Callable[..., Page]
FREEZER = "ULT-07"


UNDECIDED = re.compile("proposed holds? (is|are) undecided")


def press(target: Locator) -> None:
    """Press a button as somebody without a mouse does, and no scanner."""
    target.focus()
    # Enter right behind what was typed by a machine ends a scan.
    target.page.wait_for_timeout(150)
    target.press("Enter")


def write(page: Page, field: Locator, words: str) -> None:
    field.focus()
    page.keyboard.type(words)


def decline(page: Page) -> None:
    press(page.get_by_role("button", name="Decline holds"))
    declining = page.get_by_role("dialog", name="Decline the proposed holds")
    write(page, declining.get_by_label("Reason"), "They were elsewhere")
    press(declining.get_by_role("button", name="Leave them usable"))
    expect(declining).to_be_hidden()


def test_an_incident_is_decided_about_and_closed_by_keyboard(
    sign_in: SignIn, app_server: RunningLaboratory
) -> None:
    page = sign_in("technician")
    _, password = app_server.sign_ins["technician"]
    code = incident_of(app_server.database_url, FREEZER)
    go(page, "/incidents")
    press(page.get_by_role("link", name=code))
    press(page.get_by_role("button", name="Close and sign"))
    closing = page.get_by_role("dialog", name="Close the incident")
    write(page, closing.get_by_label("Cause"), "The door stood open.")
    press(closing.get_by_role("button", name="Sign and close"))

    problems = closing.get_by_role("alert").filter(has_text="There is a problem")
    expect(problems).to_contain_text("proposed holds are undecided")
    expect(problems).to_contain_text("Write what was done")
    expect(problems).to_contain_text("Type your password")
    expect(closing.get_by_label("Cause")).to_have_value("The door stood open.")
    page.keyboard.press("Escape")

    box = page.get_by_role("checkbox").first
    box.focus()
    page.keyboard.press("Space")
    press(page.get_by_role("button", name="Accept holds"))
    accepting = page.get_by_role("dialog", name="Accept the proposed holds")
    accepting.get_by_label("Which").select_option("chosen")
    press(accepting.get_by_role("button", name="Put on hold"))
    expect(accepting).to_be_hidden()
    expect(page.get_by_text("On hold", exact=True)).to_be_visible()
    # The others stay usable: tests after this one draw them.
    head = page.get_by_role("region", name="Incident", exact=True)
    undecided = head.get_by_text(UNDECIDED)
    before = undecided.inner_text()
    decline(page)
    # The closed dialog may keep what it said before; the head says what lacks now.
    expect(head).not_to_contain_text(before)
    # 500 are decided about at once, and the unit may hold one more, or more by other tests' plans.
    if undecided.count():
        decline(page)
    expect(head).not_to_contain_text(UNDECIDED)

    make_cold(app_server.database_url, FREEZER)
    expect(page.get_by_text("Contained", exact=True)).to_be_visible()  # told live
    press(page.get_by_role("button", name="Close and sign"))
    expect(problems).to_have_count(0)  # what was refused before Esc is not said again
    expect(closing.get_by_label("Cause")).to_have_value("The door stood open.")
    write(page, closing.get_by_label("What was done"), "Shut it.")
    closing.get_by_label("Disposition").select_option("no_impact")
    write(page, closing.get_by_label("Your password"), password)
    press(closing.get_by_role("button", name="Sign and close"))

    expect(closing).to_be_hidden()
    expect(page.get_by_role("region", name="How it ended")).to_contain_text(
        re.compile("Signed by .*closing of a temperature incident")
    )
    assert look_at(page) == {}
