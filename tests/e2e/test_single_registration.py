"""Registering at a bench as technicians do: scanner bursts and keys, no mouse."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from backend.core.ids import new_id
from dashboard.pages.register.single_ids import SAVE_CODE
from tests.support.accessibility import look_at
from tests.support.shell_pages import scan_with_prefix as scan

SignIn = Callable[..., Page]
RUNS_OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def new_code() -> str:
    return f"E2E-{str(new_id())[-12:].upper()}"


def open_bench(page: Page, query: str = "") -> None:
    page.goto(f"/register/single{query}")
    expect(page.get_by_role("heading", name=re.compile("^Registered today"))).to_be_visible()


def asked(page: Page, label: str) -> Locator:
    """Return a field of the form, not its box among those that stay for the next sample."""
    return page.locator(".fld").get_by_label(label)


def choose_by_keyboard(page: Page) -> None:
    """Project, type and temperature, once: the next samples start with them."""
    asked(page, "Project").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("radio", name="Blood").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Plasma")).to_be_checked()
    expect(asked(page, "Kept at").locator("option[value='4']")).to_have_count(0)
    asked(page, "Kept at").focus()
    page.keyboard.press("ArrowDown")


def field(page: Page, label: str) -> str:
    return asked(page, label).input_value()


def test_three_tubes_are_registered_by_scanner_and_keyboard_alone(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)
    codes = [new_code() for _ in range(3)]
    choose_by_keyboard(page)
    kept = [field(page, label) for label in ("Project", "Kept at")]

    page.get_by_label("Tube barcode").focus()
    for number, code in enumerate(codes):
        scan(page, code)
        expect(page.get_by_label("Sample name")).to_be_focused()
        expect(page.get_by_text("This barcode is free")).to_be_visible()
        page.keyboard.type(f"Tube {number}", delay=60)
        if code == codes[-1]:
            scan(page, SAVE_CODE)
        else:
            page.keyboard.press("Enter")
        expect(page.get_by_text(f"{code} registered", exact=True)).to_be_visible()
        expect(page.get_by_label("Tube barcode")).to_be_focused()
        expect(page.get_by_label("Tube barcode")).to_have_value("")

    listed = page.get_by_role("complementary").get_by_role("listitem")
    expect(listed.first).to_contain_text(codes[-1])
    for code in codes:
        expect(page.get_by_role("link", name=code)).to_be_visible()
    assert [field(page, label) for label in ("Project", "Kept at")] == kept
    expect(page.get_by_role("radio", name="Plasma")).to_be_checked()


def test_a_scan_never_registers_an_incomplete_form(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)
    code = new_code()

    scan(page, code)

    expect(page.get_by_label("Tube barcode")).to_have_value(code)
    expect(page.get_by_label("Sample name")).to_be_focused()
    page.keyboard.press("Enter")
    scan(page, SAVE_CODE)
    expect(page.get_by_label("Sample name")).to_be_focused()
    expect(page.get_by_text(f"{code} registered")).to_have_count(0)
    expect(page.get_by_role("link", name=code)).to_have_count(0)


def test_a_scan_from_anywhere_goes_to_the_barcode_and_never_over_another(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)
    first, second = new_code(), new_code()
    page.evaluate("document.activeElement.blur()")

    scan(page, first)
    expect(page.get_by_label("Tube barcode")).to_have_value(first)
    page.evaluate("document.activeElement.blur()")
    scan(page, second)

    expect(page.locator("#single-checked")).to_contain_text(
        f"Scanned {second}, but the form holds {first}."
    )
    expect(page.get_by_label("Tube barcode")).to_have_value(first)


def test_a_barcode_that_is_taken_is_answered_at_once_with_a_link(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)
    code = new_code()
    choose_by_keyboard(page)
    page.get_by_label("Tube barcode").focus()
    scan(page, code)
    page.keyboard.type("The first", delay=60)
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"{code} registered", exact=True)).to_be_visible()

    page.wait_for_timeout(1100)  # The scanner counts the same code within a second once.
    scan(page, code)

    expect(page.get_by_text(f"{code} is registered already.").first).to_be_visible()
    page.get_by_role("link", name="Open The first").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(code)


def test_undo_takes_the_registration_back_and_frees_the_barcode(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)
    code = new_code()
    choose_by_keyboard(page)
    page.get_by_label("Tube barcode").focus()
    scan(page, code)
    page.keyboard.type("A slip", delay=60)
    page.keyboard.press("Enter")

    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text(f"{code} was taken back.")).to_be_visible()
    expect(page.get_by_role("link", name=code)).to_have_count(0)
    page.get_by_label("Tube barcode").fill(code)
    expect(page.get_by_text("This barcode is free")).to_be_visible()


def test_a_refusal_stands_beside_its_field_and_what_was_typed_stays(sign_in: SignIn) -> None:
    page = sign_in("technician")
    code = new_code()
    open_bench(page, f"?barcode={code}")
    choose_by_keyboard(page)
    page.get_by_label("Sample name").fill("Tube 17")
    asked(page, "Volume").fill("much")
    asked(page, "Storage place").fill("B-NOWHERE")
    page.keyboard.press("Enter")

    summary = page.locator("#single-problems")
    expect(summary).to_contain_text("Volume must be a number in µL.")
    asked(page, "Volume").fill("120,5")
    page.keyboard.press("Enter")

    expect(page.locator("#single-box-error")).to_contain_text("No box carries B-NOWHERE.")
    assert [field(page, name) for name in ("Tube barcode", "Sample name", "Volume")] == [
        code,
        "Tube 17",
        "120,5",
    ]
    page.goto(f"/samples/{code}")
    expect(page.get_by_role("heading", name="Not found").first).to_be_visible()


def test_the_label_shows_what_will_be_printed(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)

    page.get_by_label("Tube barcode").fill("PLS-251120-8T2W")
    asked(page, "Subject").fill("S-0517")

    label = page.locator(".tube-label")
    expect(label.get_by_role("img", name="Data Matrix of PLS-251120-8T2W")).to_be_visible()
    expect(label).to_contain_text("8T2W")
    expect(label).to_contain_text("S-0517")


def test_a_bench_with_a_problem_reads_well_and_fits(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)
    page.get_by_label("Tube barcode").fill("no!")
    expect(page.get_by_text("Use 3 to 64 letters")).to_be_visible()

    assert look_at(page) == {}


def test_the_person_chooses_what_stays_and_the_bench_remembers_it(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)
    page.get_by_text("What stays for the next sample").click()
    stays = page.get_by_role("group", name="What stays for the next sample")
    stays.get_by_label("Subject").check()
    assert look_at(page) == {}
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("^Registered today"))).to_be_visible()
    choose_by_keyboard(page)
    page.locator("#single-subject").fill("P-0417")
    code = new_code()

    page.get_by_label("Tube barcode").focus()
    scan(page, code)
    expect(page.get_by_text("This barcode is free")).to_be_visible()
    page.get_by_label("Sample name").fill("Tube of a series")
    page.keyboard.press("Enter")

    expect(page.get_by_text(f"{code} registered", exact=True)).to_be_visible()
    expect(page.get_by_label("Sample name")).to_have_value("")
    expect(page.locator("#single-subject")).to_have_value("P-0417")


def test_a_thawed_tube_is_registered_with_how_it_arrived(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_bench(page)
    choose_by_keyboard(page)
    page.get_by_label("Tube barcode").fill(code := new_code())
    page.get_by_label("Sample name").fill("Tube on the doorstep")
    page.get_by_text("How it arrived").click()
    thawed = page.get_by_role("checkbox", name="Thawed")
    thawed.check()
    expect(page.get_by_text("It goes on hold: Temperature exposure (thawed).")).to_be_visible()
    assert look_at(page) == {}

    page.get_by_label("Temperature on arrival").fill("4,5")
    page.keyboard.press("Enter")

    expect(page.get_by_text(f"{code} registered", exact=True)).to_be_visible()
    expect(thawed).not_to_be_checked()
    expect(page.get_by_label("Temperature on arrival")).to_have_value("")
    page.goto(f"/samples/{code}")
    expect(page.get_by_role("region", name="Details")).to_contain_text("Thawed; 4.5 °C")
