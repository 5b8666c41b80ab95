"""A report is asked for, built by a worker, and taken as a file."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

SignIn = Callable[..., Page]


def test_a_report_is_built_on_demand_and_both_files_are_downloaded(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page = sign_in("analyst")
    page.goto("/reports")

    page.get_by_role("button", name="Build now").first.click()

    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("Done", timeout=60_000)
    for kind, magic in (("PDF", b"%PDF-"), ("XLSX", b"PK")):
        link = row.get_by_role("link").filter(has_text=kind)
        expect(link).to_be_visible(timeout=60_000)
        with page.expect_download() as download:
            link.click()
        saved = tmp_path / download.value.suggested_filename
        download.value.save_as(saved)
        assert saved.suffix == f".{kind.lower()}"
        assert saved.read_bytes().startswith(magic)


def test_a_file_needs_the_permission(sign_in: SignIn) -> None:
    page = sign_in("guest")

    answer = page.request.get("/files/reports/018f0000-0000-7000-8000-000000000000")

    assert answer.status == 403
