"""A form that came in stands on Documents: what was read, in which lines, and the file itself."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.accessibility import look_at
from tests.support.sample_files import form

SignIn = Callable[..., Page]


def _bring_in(page: Page, name: str) -> None:
    """Drop a form that is this test's own: nobody else's has its last line."""
    page.goto("/register/import")
    page.get_by_label("Project").select_option(index=1)
    page.locator("#register-upload input[type=file]").set_input_files(
        files=[
            {
                "name": name,
                "mimeType": "text/plain",
                "buffer": form() + f"\nSent as: {name}\n".encode(),
            }
        ]
    )
    page.wait_for_url("**/register?draft=*")


def test_a_form_is_shown_with_what_was_read_from_its_lines_and_taken_whole(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page = sign_in("technician")
    _bring_in(page, "intake-form-1.txt")

    page.goto("/documents")

    expect(page.get_by_role("heading", name="intake-form-1.txt", level=1)).to_be_visible()
    entry = page.get_by_role("navigation", name="Documents").get_by_role("link").first
    expect(entry).to_have_attribute("aria-current", "page")
    read = page.get_by_role("region", name="Read from it")
    expect(read).to_contain_text("2 samples")
    expect(read).to_contain_text(re.compile(r"line \d+"))
    expect(page.locator(".paper .hl").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download intake-form-1.txt as it was sent").click()
    saved = tmp_path / "taken.txt"
    download.value.save_as(saved)
    assert saved.read_bytes().startswith(form())
    assert look_at(page) == {}


def test_a_document_moves_on_without_reload_when_its_rows_are_registered(sign_in: SignIn) -> None:
    watching, working = sign_in("technician"), sign_in("technician")
    _bring_in(working, "intake-form-2.txt")
    watching.goto("/documents")
    entry = watching.get_by_role("navigation", name="Documents").get_by_role("link").first
    expect(entry).to_contain_text("intake-form-2.txt")

    expect(working.get_by_role("button", name="Ready 2")).to_be_visible()
    working.get_by_role("button", name=re.compile("^Register 2 rows")).press("Enter")
    expect(working.locator("#register-done")).to_contain_text("2 samples were registered.")

    expect(entry).to_contain_text("2 samples registered", timeout=30_000)


def test_who_may_not_see_documents_is_refused_the_file_too(sign_in: SignIn) -> None:
    page = sign_in("guest")

    page.goto("/documents")
    answer = page.request.get("/files/documents/018f0000-0000-7000-8000-000000000000")

    expect(page.locator("#page")).to_contain_text(re.compile("role", re.IGNORECASE))
    assert answer.status == 403
