"""A run is planned so that its lanes are told apart, released with a password, its sheet kept."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support.running_laboratory import RunningLaboratory

SignIn = Callable[..., Page]


def test_a_collision_is_moved_away_and_the_run_is_released(
    sign_in: SignIn, app_server: RunningLaboratory
) -> None:
    page = sign_in("technician")
    page.goto("/sequencing/plans")
    page.get_by_role("row", name="2 of 8").get_by_role("link").click()
    checks = page.get_by_role("region", name="Release checks")
    expect(checks.get_by_text("Index collisions: none")).to_be_visible()

    # The two pools share an index: on one lane they cannot be told apart.
    page.locator("[data-seg]").nth(1).drag_to(page.locator('[data-track="1"]'))
    expect(checks.get_by_text("Index collisions, lane 1")).to_be_visible()
    expect(page.get_by_role("button", name="Release run")).to_be_disabled()

    page.locator(".rp-ways button").first.click()
    expect(checks.get_by_text("Index collisions: none")).to_be_visible()

    page.get_by_role("button", name="Release run").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your password").fill(app_server.sign_ins["technician"][1])
    dialog.get_by_role("button", name="Sign and release").click()
    expect(page.get_by_text("Released as v1")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("link", name="Download the sheet of v1").click()
    kept = Path(download.value.path()).read_text(encoding="utf-8")
    assert kept.startswith("[Header]\nFileFormatVersion,2\n")
    assert kept.count("LIB-") == 16
