"""The time before storage is recorded on a sample's page and its code is shown with its reasons."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.test_sample_detail import register
from tests.support.accessibility import look_at

SignIn = Callable[..., Page]


def test_what_is_recorded_before_storage_becomes_a_code_with_reasons(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page = sign_in("technician")
    register(page)
    region = page.get_by_role("region", name="Pre-analytical")
    region.get_by_role("button", name="Record").click()
    dialog = page.get_by_role("dialog", name="Record the time before storage")
    dialog.get_by_label("Type of sample").select_option("URN")
    dialog.get_by_label("Primary container").select_option("PPS")
    dialog.get_by_label("Collected").fill("2026-01-05T08:00")
    dialog.get_by_label("Kept at until centrifuged or stored").fill("4")
    dialog.get_by_label("Centrifuged", exact=True).select_option("no")
    dialog.get_by_label("Stored (optional)", exact=True).fill("2026-01-05T11:00")
    page.screenshot(path=tmp_path / "dialog.png")
    dialog.get_by_role("button", name="Record", exact=True).click()

    expect(dialog).to_be_hidden()
    expect(region).to_contain_text("URN-PPS-D-N-N-N-X")
    expect(region).to_contain_text("Collected to stored: 3 h 0 min, kept at 4 °C")
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        region.scroll_into_view_if_needed()
        region.screenshot(path=tmp_path / f"region-{width}.png")
    assert look_at(page) == {}
