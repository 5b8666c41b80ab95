"""One sample on two screens: what may be done, what stands against it, and who sees it change."""

import re
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Page, expect

from backend.core.ids import new_id
from tests.support.accessibility import look_at

SignIn = Callable[..., Page]
RUNS_OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def register(page: Page) -> str:
    """Register a blood sample at the bench and return its barcode."""
    code = f"E2E-{str(new_id())[-12:].upper()}"
    page.goto(f"/register/single?barcode={code}")
    expect(page.get_by_text("This barcode is free")).to_be_visible()
    page.get_by_label("Sample name").fill("Tube of a test")
    page.get_by_role("combobox", name="Project").select_option(index=1)
    page.get_by_role("radio", name="Blood").check()
    page.get_by_role("combobox", name="Kept at").select_option("4")
    opening = page.get_by_role("button", name="Save and open")
    if opening.is_visible():
        opening.click()
    else:  # a phone has no room for it
        page.get_by_role("button", name="Save and scan next").click()
        expect(page.locator("#single-session")).to_contain_text(code)
        page.goto(f"/samples/{quote(code)}")
    page.wait_for_url(f"**/samples/{quote(code)}")
    expect(page.get_by_role("heading", level=1)).to_have_text(code)
    return code


def state(page: Page, axis: str) -> str:
    return page.locator(".axes > div").filter(has_text=axis).locator("dd").inner_text()


def take_step(page: Page, step: str, reason: str = "") -> None:
    page.get_by_role("button", name="Change status").click()
    dialog = page.get_by_role("dialog", name="Change status")
    dialog.get_by_role("radio", name=step, exact=True).check()
    if reason:
        dialog.get_by_label("Reason").fill(reason)
    dialog.get_by_role("button", name="Change status").click()


def test_a_refused_step_names_every_guard_and_keeps_what_was_typed(sign_in: SignIn) -> None:
    page = sign_in("technician")
    register(page)
    take_step(page, "Accept")
    expect(page.get_by_role("dialog", name="Change status")).to_be_hidden()
    expect(page.locator(".axes")).to_contain_text("Accepted")

    take_step(page, "Start sequencing", "As agreed")

    dialog = page.get_by_role("dialog", name="Change status")
    problems = dialog.get_by_role("alert").filter(has_text="There is a problem")
    expect(problems).to_contain_text("Quality control has not passed it.")
    expect(problems).to_contain_text("It has no volume left, or none was recorded.")
    expect(dialog.get_by_label("Reason")).to_have_value("As agreed")
    assert state(page, "Lifecycle") == "Accepted"


def test_what_stands_against_a_step_is_said_before_it_is_tried(sign_in: SignIn) -> None:
    page = sign_in("technician")
    register(page)
    page.get_by_role("button", name="Change status").click()
    dialog = page.get_by_role("dialog", name="Change status")

    dialog.get_by_role("radio", name="Reject").check()

    expect(dialog).to_contain_text("Nothing stands against it. Write a reason.")


def test_a_hold_is_set_shown_and_released_with_its_reasons(sign_in: SignIn) -> None:
    page = sign_in("technician")
    register(page)
    page.get_by_role("button", name="Hold", exact=True).click()
    dialog = page.get_by_role("dialog", name="Put on hold")
    dialog.get_by_label("Kind").select_option("quarantine")
    dialog.get_by_role("button", name="Put on hold").click()
    expect(dialog.get_by_role("alert").first).to_contain_text("Write why it is on hold.")

    dialog.get_by_label("Reason").fill("Leaked in transport")
    dialog.get_by_role("button", name="Put on hold").click()

    expect(page.locator(".axes")).to_contain_text("Quarantine")
    expect(page.get_by_role("row", name=re.compile("Put on hold"))).to_contain_text(
        "Leaked in transport"
    )
    page.get_by_role("button", name="Release hold").click()
    dialog = page.get_by_role("dialog", name="Release a hold")
    dialog.get_by_label("Hold").select_option("quarantine")
    dialog.get_by_label("Reason").fill("Measured again")
    dialog.get_by_role("button", name="Release hold").click()
    expect(page.locator(".axes")).not_to_contain_text("Quarantine")
    expect(page.get_by_role("row", name=re.compile("Hold released"))).to_contain_text(
        "Measured again"
    )


def test_another_signed_in_person_sees_the_change_without_a_reload(sign_in: SignIn) -> None:
    bench, desk = sign_in("technician"), sign_in("analyst")
    code = register(bench)
    desk.goto(f"/samples/{code}")
    expect(desk.locator(".axes")).to_contain_text("Received")
    desk.evaluate("window.stillHere = true")

    take_step(bench, "Accept")

    expect(desk.locator(".axes")).to_contain_text("Accepted", timeout=15_000)
    assert desk.evaluate("window.stillHere")


def test_the_trail_tells_old_and_new_and_who(sign_in: SignIn) -> None:
    page = sign_in("technician")
    code = register(page)
    take_step(page, "Accept")
    expect(page.locator(".axes")).to_contain_text("Accepted")

    page.get_by_role("link", name=re.compile("^History")).click()

    page.wait_for_url(f"**/samples/{code}?tab=history")
    trail = page.get_by_role("region", name="Audit trail")
    expect(trail).to_contain_text("lifecycle: received → accepted")


def test_an_unknown_and_an_invisible_sample_look_the_same(sign_in: SignIn) -> None:
    code = register(sign_in("technician"))
    guest = sign_in("guest")

    said = []
    for barcode in (code, "E2E-NOT-THERE"):
        guest.goto(f"/samples/{barcode}")
        expect(guest.get_by_role("heading", level=1)).to_have_text("Not found")
        said.append(guest.locator("#page").inner_text().replace(barcode, "…"))

    assert said[0] == said[1]


def test_a_sample_of_which_little_is_known_reads_well_and_fits(sign_in: SignIn) -> None:
    page = sign_in("technician")
    code = register(page)

    found = {}
    for tab in ("", "?tab=history", "?tab=family"):
        page.goto(f"/samples/{code}{tab}")
        expect(page.locator(".axes")).to_be_visible()
        found |= look_at(page)

    assert found == {}
