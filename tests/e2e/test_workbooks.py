"""Workbooks in the browser: kept, searched, counted, compared, sent to registration."""

import re
from collections.abc import Callable, Sequence
from io import BytesIO

from openpyxl import Workbook
from playwright.sync_api import Locator, Page, expect

from backend.core.ids import new_id
from tests.support.accessibility import look_at

SignIn = Callable[..., Page]
Rows = Sequence[Sequence[object]]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ("Sample ID", "Sample type", "Storage", "Volume (µL)")


def mark() -> str:
    """Return a text that no other test has in a cell."""
    return f"W{str(new_id())[-10:].upper()}"


def samples(code: str) -> list[list[object]]:
    """Return a sheet of three samples."""
    kinds = ((1, "Blood", 50), (2, "Blood", 40), (3, "RNA", 30))
    rows: list[list[object]] = [list(HEADINGS)]
    return rows + [[f"{code}-{n}", kind, "-80 °C", volume] for n, kind, volume in kinds]


def workbook(**sheets: Rows) -> bytes:
    """Return a workbook; a keyword is a sheet."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    kept = BytesIO()
    made.save(kept)
    return kept.getvalue()


def choose(dialog: Locator, name: str, content: bytes) -> None:
    dialog.locator("input[type=file]").set_input_files(
        files=[{"name": name, "mimeType": XLSX, "buffer": content}]
    )
    expect(dialog.get_by_text(f"“{name}” is chosen.")).to_be_visible()


def add(page: Page, name: str, content: bytes, *, note: str = "") -> None:
    """Add a workbook by the file chooser; its page is open then."""
    page.goto("/documents/workbooks")
    page.get_by_role("button", name="Add a workbook").first.click()
    dialog = page.get_by_role("dialog", name="Add a workbook")
    choose(dialog, name, content)
    dialog.get_by_label("Note").fill(note)
    dialog.get_by_role("button", name="Add workbook").click()
    page.wait_for_url(re.compile(r"/documents/workbooks/[0-9a-f-]{36}"))


def add_version(page: Page, name: str, content: bytes, *, note: str = "") -> None:
    page.get_by_role("button", name="Add a version").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Add a version of"))
    choose(dialog, name, content)
    dialog.get_by_label("Note").fill(note)
    dialog.get_by_role("button", name="Add version").click()
    expect(page.get_by_text("Version 2", exact=True).first).to_be_visible()
    page.wait_for_url("**v=2*")


def grid(page: Page) -> Locator:
    rows = page.locator(".wb-rows")
    expect(rows.locator(".ag-center-cols-container .ag-row").first).to_be_visible()
    return rows


def test_a_workbook_is_reached_from_documents_and_its_columns_are_counted(sign_in: SignIn) -> None:
    page, code = sign_in("technician"), mark()
    page.goto("/documents")
    page.locator("#page-tabs").get_by_role("link", name="Workbooks").click()
    expect(page.get_by_role("heading", name="Workbooks", level=1)).to_be_visible()

    add(page, f"{code}.xlsx", workbook(Samples=samples(code), Doctors=[["Name"], [code]]))

    columns = page.get_by_role("region", name="Columns").last
    key = columns.get_by_role("row", name=re.compile("Sample ID"))
    expect(key).to_contain_text("100%")
    expect(key).to_contain_text("Key")
    expect(columns.get_by_role("row", name=re.compile("Sample type"))).to_contain_text("Blood (2)")
    expect(columns.get_by_role("row", name=re.compile("Volume"))).to_contain_text("30 to 50")
    expect(grid(page)).to_contain_text(f"{code}-3")
    assert look_at(page) == {}
    page.get_by_role("navigation", name="Sheets").get_by_role("link", name="Doctors").click()
    expect(page.get_by_role("region", name="Columns").last).not_to_contain_text("Volume")


def test_a_text_is_found_across_files_and_leads_to_its_line(sign_in: SignIn) -> None:
    page, code = sign_in("technician"), mark()
    add(page, f"{code}-one.xlsx", workbook(Samples=samples(code)))
    add(page, f"{code}-two.xlsx", workbook(Elsewhere=[["Seen by", "Tube"], ["Ada", f"{code}-2"]]))
    page.goto("/documents/workbooks")

    page.get_by_role("searchbox", name="Find in all sheets").fill(f"{code.lower()}-2")
    page.keyboard.press("Enter")

    found = page.get_by_role("region", name=re.compile("^Found “"))
    expect(found).to_contain_text("2 lines")
    expect(found).to_contain_text(f"Tube: {code}-2")
    expect(found.get_by_role("row", name=re.compile("Samples")).locator("mark")).to_have_text(
        f"{code}-2"
    )
    assert look_at(page) == {}
    found.get_by_role("row", name=re.compile("Samples")).get_by_role("link").click()
    expect(page.locator(".ag-row.is-sought").first).to_contain_text("3")
    expect(grid(page)).to_contain_text(f"{code}-2")


def test_nothing_found_says_where_was_looked(sign_in: SignIn) -> None:
    page = sign_in("analyst")
    page.goto("/documents/workbooks")

    page.get_by_role("searchbox", name="Find in all sheets").fill("nowhere at all")
    page.get_by_role("button", name="Find", exact=True).click()

    expect(page.locator("#page")).to_contain_text("No cell contains “nowhere at all”")
    page.get_by_role("link", name="Search older versions too").click()
    expect(page.locator("#page")).to_contain_text("Every version of every workbook")
    expect(page.get_by_role("button", name="Add a workbook")).to_have_count(0)


def test_two_versions_are_compared_cell_by_cell(sign_in: SignIn) -> None:
    page, code = sign_in("technician"), mark()
    changed = samples(code)
    changed[2][3] = 41
    del changed[3]
    changed.append([f"{code}-4", "RNA", "-80 °C", 10])
    for number, row in enumerate(changed):
        row.append("Checked" if not number else "yes")
    add(page, f"{code}.xlsx", workbook(Samples=samples(code)), note="As the ward sent it")
    add_version(page, f"{code}-mended.xlsx", workbook(Samples=changed), note="Volumes measured")
    versions = page.get_by_role("navigation", name="Versions")
    expect(versions).to_contain_text("As the ward sent it")
    expect(versions).to_contain_text("Volumes measured")

    versions.get_by_role("link", name="Compare 1 with 2").click()

    what = page.get_by_role("region", name="What changed")
    expect(what).to_contain_text("From version 1 to version 2")
    expect(what).to_contain_text("Added 1 column")
    expect(what).to_contain_text("Removed 1 row")
    expect(what).to_contain_text("Rows are the same when their Sample ID is.")
    cell = what.get_by_role("region", name="Changed cells").get_by_role(
        "row", name=re.compile("Volume")
    )
    expect(cell.locator("del")).to_have_text("40")
    expect(cell.locator("ins")).to_have_text("41")
    expect(what.get_by_role("region", name="Added rows")).to_contain_text(f"{code}-4")
    expect(what.get_by_role("region", name="Removed rows")).to_contain_text(f"{code}-3")
    assert look_at(page) == {}
    what.get_by_label("Rows are the same by").select_option("Sample type")
    expect(what).to_contain_text("not filled and unique in both versions")


def test_rows_ticked_by_keyboard_become_a_draft(sign_in: SignIn) -> None:
    page, code = sign_in("technician"), mark()
    add(page, f"{code}.xlsx", workbook(Samples=samples(code)))
    first = grid(page).locator('.ag-row[row-index="0"] [col-id="number"]').first

    first.click()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")

    expect(page.locator("#workbook-ticked")).to_have_text("2 rows ticked")
    page.get_by_role("button", name="Send to registration").press("Enter")
    dialog = page.get_by_role("dialog", name="Send rows to registration")
    expect(dialog.get_by_role("radio", name="What is ticked: 2 rows")).to_be_checked()
    dialog.get_by_role("button", name="Make the draft").press("Enter")
    expect(dialog.get_by_role("alert").first).to_contain_text("Choose a project")
    dialog.get_by_label("Project").select_option("CARDIO-7")
    dialog.get_by_role("button", name="Make the draft").press("Enter")
    page.wait_for_url("**/register?draft=*")
    review = page.locator(".review-grid")
    expect(review).to_contain_text(f"{code}-1")
    expect(review).to_contain_text(f"{code}-3")
    expect(review).not_to_contain_text(f"{code}-2")


def test_a_file_that_cannot_be_read_says_why_and_keeps_what_was_typed(sign_in: SignIn) -> None:
    page = sign_in("technician")
    page.goto("/documents/workbooks")
    page.get_by_role("button", name="Add a workbook").first.click()
    dialog = page.get_by_role("dialog", name="Add a workbook")
    dialog.get_by_label("Note").fill("Typed already")

    dialog.get_by_role("button", name="Add workbook").click()

    expect(dialog.get_by_role("alert").first).to_contain_text("Choose a file first")
    expect(dialog.get_by_label("Note")).to_have_value("Typed already")


def test_who_only_reads_sees_the_rows_and_cannot_tick_or_add(sign_in: SignIn) -> None:
    keeper, reader, code = sign_in("technician"), sign_in("analyst"), mark()
    add(keeper, f"{code}.xlsx", workbook(Samples=samples(code)))

    reader.goto(keeper.url)

    expect(grid(reader)).to_contain_text(f"{code}-1")
    expect(reader.locator(".wb-rows .ag-selection-checkbox")).to_have_count(0)
    expect(reader.get_by_role("button", name="Send to registration")).to_have_count(0)
    expect(reader.get_by_role("button", name="Add a version")).to_have_count(0)
    with reader.expect_download() as download:
        reader.get_by_role("link", name=f"Download {code}.xlsx as it came").click()
    assert download.value.suggested_filename == f"{code}.xlsx"


def test_a_workbook_is_renamed_in_place(sign_in: SignIn) -> None:
    page, code = sign_in("technician"), mark()
    add(page, f"{code}.xlsx", workbook(Samples=samples(code)))

    page.get_by_role("button", name="Rename").click()
    dialog = page.get_by_role("dialog", name="Rename the workbook")
    dialog.get_by_label("Name").fill(f"Intake {code}")
    dialog.get_by_role("button", name="Rename").click()

    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", name=f"Intake {code}", level=1)).to_be_visible()


def test_a_long_name_is_read_whole_on_a_phone(sign_in: SignIn) -> None:
    page = sign_in("technician")
    name = f"Biobank_district_hospital_plasma_and_serum_{mark()}"
    add(page, f"{name}.xlsx", workbook(Samples=samples(mark())))
    page.set_viewport_size({"width": 390, "height": 844})
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(name)

    cut = heading.evaluate("h => [h.scrollWidth - h.clientWidth, h.scrollHeight - h.clientHeight]")

    assert max(cut) <= 1
    expect(page.get_by_role("button", name="Rename")).to_be_in_viewport()
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def test_a_long_file_shows_itself_once_a_worker_has_read_it(sign_in: SignIn) -> None:
    page, code = sign_in("technician"), mark()
    lines = [f"{code}-{number},{number % 90}" for number in range(30_000)]

    add(page, f"{code}.csv", "\n".join(["Tube,Volume", *lines, ""]).encode())

    # Whether the worker is quicker than the page or not: nobody reloads it.
    tube = page.get_by_role("region", name="Columns").last.get_by_role("row", name="Tube")
    expect(tube).to_contain_text("30,000")
    expect(page.get_by_role("navigation", name="Versions")).to_contain_text("30,000 rows")
    expect(page.locator("#page")).not_to_contain_text("is being read")
