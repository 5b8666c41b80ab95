"""The whole way of a sample list, as people go it, while somebody else watches the Overview."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import SignIn
from tests.support.sample_files import as_csv, manifest_rows

pytestmark = pytest.mark.slow

ROWS = 4
README_PICTURE = Path(__file__).resolve().parents[2] / "assets" / "readme" / "overview.png"


def test_a_manifest_goes_from_the_desk_to_a_box_and_others_see_it_live(sign_in: SignIn) -> None:
    watching = sign_in("administrator")
    watching.goto("/")
    bench = sign_in("technician")
    held = _figure(watching, "Samples held")
    used = _used(watching)

    _register_a_manifest(bench)
    expect(_tile(watching, "Samples held").locator(".v")).to_have_text(f"{held + ROWS:,}")

    placed = _optimise_and_accept(bench)
    expect(_tile(watching, "Storage used").locator(".d")).to_contain_text(f"{used + placed:,} of")
    assert placed >= ROWS
    _keep_for_the_readme(watching)


def _register_a_manifest(page: Page) -> None:
    rows = manifest_rows(ROWS, {1: {"Sample_Type": "RNA", "Storage_Temp": "-20°C"}})
    for row in rows[1:]:
        row[0] = f"WALK-{row[0]}"
    page.goto("/register/import")
    page.get_by_label("Project", exact=True).select_option("COLON-3")
    page.locator("#register-upload input[type=file]").set_input_files(
        files=[{"name": "walk.csv", "mimeType": "text/csv", "buffer": as_csv(rows)}]
    )
    page.wait_for_url("**/register?draft=*")
    # A list of this project may have been read by a template before; this one is read by itself.
    # Until its rows are there, the page does not say by which it was read.
    expect(page.get_by_role("button", name=re.compile(r"^Errors [1-9]"))).to_be_visible()
    page.get_by_label("Template").select_option("Recognised by itself")
    expect(page.get_by_role("button", name="Errors 1")).to_be_visible()
    page.keyboard.press("F8")
    expect(page.locator("#review-popover")).to_contain_text("RNA must be stored at −80 °C")
    page.keyboard.press("Enter")
    page.get_by_role("button", name=f"Register {ROWS} rows").press("Enter")
    expect(page.locator("#register-done")).to_contain_text(f"{ROWS} samples were registered.")


def _optimise_and_accept(page: Page) -> int:
    """Plan all unplaced samples, accept, see one of them on its box map; return how many."""
    page.goto("/storage")
    page.get_by_role("button", name="Optimise placement").press("Enter")
    accept = page.get_by_role("button", name=re.compile(r"Accept all \d+"))
    expect(accept).to_be_visible(timeout=60_000)
    planned = int(re.sub(r"\D", "", accept.inner_text()))
    line = page.locator(".pl-grid .ag-center-cols-container .ag-row").first
    barcode = line.locator("[col-id=barcode]").inner_text()
    place = line.locator("[col-id=place] a").get_attribute("href")
    accept.press("Enter")
    expect(page.get_by_text(re.compile(r"\d+ samples? placed as planned"))).to_be_visible()
    page.goto(str(place))
    expect(page.locator("#storage-details")).to_contain_text(barcode)
    return planned


def _tile(page: Page, label: str) -> Locator:
    return page.locator(".kpi", has=page.locator(".l", has_text=label))


def _figure(page: Page, label: str) -> int:
    return int(_tile(page, label).locator(".v").inner_text().replace(",", ""))


def _used(page: Page) -> int:
    words = _tile(page, "Storage used").locator(".d").inner_text()
    return int(words.split(" of ")[0].replace(",", ""))


def _keep_for_the_readme(page: Page) -> None:
    # Written on demand only, so that a run of the tests leaves the checkout as it was.
    if os.environ.get("TRACSEQ_README_PICTURE"):  # noqa: TID251 a switch of the tests alone
        README_PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=README_PICTURE)
