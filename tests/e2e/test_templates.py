"""A template is changed, published and handed out; what comes back is read by it."""

import re
from collections.abc import Callable
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, Route, expect

from backend.core.ids import new_id
from tests.support.accessibility import WIDTHS, look_at

SignIn = Callable[..., Page]


def test_a_template_is_changed_published_handed_out_and_read_again(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page = sign_in("technician")
    page.goto("/register/templates")
    page.get_by_role("link", name="Nucleic acid intake").click()
    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Add column").click()
    expect(page.get_by_role("gridcell", name="Column 17")).to_be_visible()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved, with 17 columns.")).to_be_visible()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("dialog").get_by_label("What is new").fill("A column of our own.")
    assert look_at(page) == {}
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_role("link", name="Download version 2")).to_be_visible()
    with page.expect_download() as handed_out:
        page.get_by_role("link", name="Download version 2").click()
    workbook = tmp_path / "filled.xlsx"
    handed_out.value.save_as(workbook)
    book = load_workbook(workbook)
    for column, cell in enumerate(("N-77", None, "S-9", "RNA", None, "40"), start=1):
        book["Samples"].cell(3, column, cell)
    book.save(workbook)

    page.goto("/register/import")
    page.get_by_label("Project").select_option(index=1)
    page.locator("input[type=file]").set_input_files(workbook)

    understood = page.locator("#page")
    expect(understood).to_contain_text("Nucleic acid intake")
    expect(understood).to_contain_text("Type is RNA, so fill RIN")


def test_a_draft_that_cannot_be_is_refused_with_why_and_keeps_what_was_typed(
    sign_in: SignIn,
) -> None:
    page = sign_in("technician")
    page.goto("/register/templates/sequencing-request")
    page.get_by_role("button", name="Change").click()
    rules = page.get_by_label("One rule a line")
    rules.fill("Reads should be many")

    page.get_by_role("button", name="Save draft").click()

    expect(page.locator("#template-said")).to_contain_text("is no rule that is known")
    expect(rules).to_have_value("Reads should be many")


def test_who_may_not_manage_templates_reads_and_downloads_them(sign_in: SignIn) -> None:
    page = sign_in("scientist")

    page.goto("/register/templates/library-submission")

    expect(page.get_by_role("link", name="Download version 1")).to_be_visible()
    expect(page.get_by_role("button", name="Change")).to_have_count(0)
    expect(page.get_by_role("button", name="Add column")).to_have_count(0)


def test_a_template_picked_at_once_outlasts_the_offer_for_the_project(sign_in: SignIn) -> None:
    page = sign_in("technician")
    page.goto("/register/import")
    template = page.get_by_label("Template")
    expect(template).to_have_value("-")
    held: list[Route] = []
    page.route(
        re.compile("_dash-update-component"),
        lambda route: (
            held.append(route)
            if "register-offered" in (route.request.post_data or "")
            else route.continue_()
        ),
    )

    with page.expect_request(lambda request: "register-offered" in (request.post_data or "")):
        page.get_by_label("Project").select_option(index=2)
    template.select_option(value="blood-intake")
    with page.expect_response(re.compile("_dash-update-component")):
        held[0].continue_()

    page.unroute_all(behavior="wait")
    page.wait_for_timeout(500)  # long enough for the answer to be taken
    expect(template).to_have_value("blood-intake")


def test_a_templates_own_columns_are_edited_and_checked_in_the_review_grid(
    sign_in: SignIn,
) -> None:
    page = sign_in("technician")
    page.goto("/register/import")
    page.get_by_label("Project").select_option(index=1)
    code = str(new_id())[-12:].upper()
    content = f"Sample ID,Subject,Type,Storage zone,Tube additive\nOWN-{code},P-1,blood,4,EDTAA\n"
    page.locator("input[type=file]").set_input_files(
        {"name": f"{code}.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.wait_for_url("**/register?draft=*")
    expect(page.locator("#register-problems")).to_contain_text("Nothing stands in the way")
    page.locator("#register-template").select_option(value="blood-intake")
    cell = page.locator('#register-grid [role="gridcell"][col-id="own:Tube%20additive"]')
    problems = page.locator("#register-problems")
    expect(problems).to_contain_text("Tube additive is one of EDTA, citrate")
    page.get_by_role("button", name="Next problem").click()
    expect(cell).to_have_class(re.compile("is-bad"))
    expect(page.locator("#review-popover")).to_contain_text("Tube additive is one of EDTA")
    assert look_at(page, WIDTHS[:1]) == {}

    expect(cell).to_be_focused()
    page.keyboard.press("F2")
    expect(cell.locator("input")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("citrate", delay=60)  # quicker it would be a scan
    page.keyboard.press("Enter")

    expect(problems).to_contain_text("Nothing stands in the way of 1 row")
    expect(cell).to_have_text("citrate")

    choices = page.get_by_role("listbox")
    cell.focus()
    page.keyboard.press("F2")
    expect(choices.get_by_role("option")).to_have_text(
        ["EDTA", "citrate", "heparin", "none", "other"]
    )
    typed_in, offered = cell.locator("input").bounding_box(), choices.bounding_box()
    assert typed_in is not None
    assert offered is not None
    assert offered["y"] >= typed_in["y"] + typed_in["height"] - 1
    page.keyboard.press("ArrowDown")
    expect(choices.get_by_role("option", selected=True)).to_have_text("EDTA")
    assert look_at(page, WIDTHS[:1]) == {}
    page.keyboard.press("Enter")
    expect(cell).to_have_text("EDTA")

    cell.dblclick()
    choices.get_by_role("option", name="citrate").click()
    expect(choices).to_be_hidden()
    expect(cell).to_have_text("citrate")
    expect(problems).to_contain_text("Nothing stands in the way of 1 row")
