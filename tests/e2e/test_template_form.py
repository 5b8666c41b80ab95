"""A template's form is filled in by keyboard and scanner; its editor shows what it will be."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from backend.core.ids import new_id
from tests.e2e.test_single_registration import RUNS_OVER, new_code, scan
from tests.support.accessibility import look_at

SignIn = Callable[..., Page]


def open_form(page: Page, key: str = "nucleic-acid-intake") -> None:
    page.goto(f"/register/templates/{key}/form")
    page.get_by_label("Project").select_option(index=1)
    page.get_by_label("Sample ID").focus()


def test_records_are_entered_by_keyboard_and_wait_in_a_draft(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_form(page)
    first = f"N-{str(new_id())[-8:]}"

    page.keyboard.press("Enter")
    expect(page.get_by_label("Barcode (optional)")).to_be_focused()
    scan(page, new_code())
    expect(page.get_by_role("list").get_by_text(first)).to_have_count(0)
    page.get_by_label("Sample ID").fill(first)
    page.get_by_label("Type", exact=False).first.select_option("gDNA")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#template-entry-draft")).to_contain_text(first)
    expect(page.get_by_label("Sample ID")).to_have_value("")
    expect(page.get_by_label("Sample ID")).to_be_focused()
    assert look_at(page) == {}
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(RUNS_OVER) <= 0
    page.get_by_role("link", name="Review 1 record").click()
    expect(page.get_by_label("Template")).to_have_value("nucleic-acid-intake")


def test_a_record_with_an_error_keeps_what_was_typed_and_says_where(sign_in: SignIn) -> None:
    page = sign_in("technician")
    open_form(page)
    page.get_by_label("Sample ID").fill("N-1")
    page.get_by_label("Volume").fill("much")
    page.get_by_label("Type", exact=False).first.select_option("RNA")

    page.get_by_role("button", name="Save and next").click()

    summary = page.locator("#template-entry-problems")
    expect(summary).to_contain_text("There is a problem")
    expect(summary).to_contain_text("Type is RNA, so fill RIN.")
    expect(summary).to_be_focused()
    expect(page.get_by_label("Sample ID")).to_have_value("N-1")


def test_the_editor_shows_the_form_and_the_workbook_as_columns_change(sign_in: SignIn) -> None:
    page = sign_in("technician")
    page.goto("/register/templates/library-submission")
    page.get_by_role("button", name="Change").click()
    preview = page.locator("#template-preview")
    expect(preview.get_by_role("group", name="The form as it will look")).to_be_visible()

    page.get_by_role("button", name="Add column").click()

    expect(preview.get_by_role("table")).to_contain_text("Column ")
    expect(preview.get_by_role("group").get_by_text("Column ")).to_be_visible()
    page.get_by_label("One rule a line").fill("Reads should be many")
    expect(preview).to_contain_text("is no rule that is known")


def test_a_list_without_a_stamp_is_read_by_the_template_that_is_chosen(sign_in: SignIn) -> None:
    page = sign_in("technician")
    page.goto("/register/import")
    page.get_by_label("Project").select_option(index=1)
    page.get_by_label("Template").select_option("nucleic-acid-intake")
    content = f"Sample ID,Type\n{new_code()},RNA\n".encode()

    page.locator("input[type=file]").set_input_files(
        {"name": "theirs.csv", "mimeType": "text/csv", "buffer": content}
    )

    expect(page.locator("#page")).to_contain_text("Type is RNA, so fill RIN")
    expect(page.get_by_label("Template")).to_have_value("nucleic-acid-intake")
    page.get_by_label("Template").select_option("-")
    expect(page.locator("#page")).not_to_contain_text("Type is RNA, so fill RIN")
