"""The scanner in a real browser: what is a scan, who takes it, how it is answered."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.shell_pages import Open, press_keys, scan


def scans_of(page: Page) -> Any:
    return page.evaluate("window.scans")


@pytest.fixture
def scanning(open_shell: Open) -> Page:
    """Return a page that keeps what its scanner listener sends on, and to which store."""
    page = open_shell()
    page.evaluate(
        "() => { window.scans = []; const send = window.tracseq.setProps;"
        " window.tracseq.setProps = (id, props) => {"
        " if (id.startsWith('scan')) window.scans.push([id, props.data.code]);"
        " else send(id, props); }; }"
    )
    return page


def test_a_burst_that_ends_in_enter_is_one_scan(scanning: Page) -> None:
    scan(scanning, "DNA-251118-K7F3")

    assert scans_of(scanning) == [["scan", "DNA-251118-K7F3"]]
    assert scanning.url.endswith("/"), "no letter of the code acted as a shortcut"


def test_a_scan_does_not_stay_in_a_field_that_happens_to_have_the_focus(scanning: Page) -> None:
    scanning.locator("#search").fill("before")

    scan(scanning, "DNA-251118-K7F3")

    expect(scanning.locator("#search")).to_have_value("before")
    assert scans_of(scanning) == [["scan", "DNA-251118-K7F3"]]


def test_a_person_who_types_is_not_a_scanner(scanning: Page) -> None:
    scanning.locator("#search").focus()

    press_keys(scanning, "GUTMAP-07", gap_ms=70)

    expect(scanning.locator("#search")).to_have_value("GUTMAP-07")
    assert scans_of(scanning) == []


def test_after_the_prefix_key_even_a_slow_and_short_code_is_a_scan(scanning: Page) -> None:
    press_keys(scanning, ["F9", *"B-07", "Tab"], gap_ms=60)

    assert scans_of(scanning) == [["scan", "B-07"]]


def test_the_same_code_twice_within_a_second_counts_once(scanning: Page) -> None:
    # The clock stands still: sending the second scan may take a busy machine longer.
    scanning.evaluate("() => { const now = Date.now(); Date.now = () => now; }")
    for _ in range(2):
        scan(scanning, "DNA-251118-K7F3")

    assert len(scans_of(scanning)) == 1


def test_a_page_that_takes_scans_gets_them_before_the_search(scanning: Page) -> None:
    scanning.evaluate(
        "() => document.getElementById('page').insertAdjacentHTML("
        "'beforeend', '<div data-takes-scans></div>')"
    )

    scan(scanning, "DNA-251118-K7F3")

    assert scans_of(scanning) == [["scan-page", "DNA-251118-K7F3"]]


def test_a_scan_into_a_form_goes_to_the_next_empty_required_field(scanning: Page) -> None:
    scanning.evaluate(
        "() => { document.getElementById('page').innerHTML ="
        " '<form data-scan-form><input id=code data-scan required><input id=subject required>"
        "<button id=save>Save</button></form>';"
        " document.querySelector('form').onsubmit = (e) => {"
        " e.preventDefault(); window.submitted = true; };"
        " document.getElementById('code').focus(); }"
    )

    scan(scanning, "DNA-251118-K7F3")

    expect(scanning.locator("#code")).to_have_value("DNA-251118-K7F3")
    expect(scanning.locator("#subject")).to_be_focused()
    scanning.keyboard.press("Enter")
    assert not scanning.evaluate("window.submitted || false")
    assert scans_of(scanning) == []


def test_an_unknown_code_is_answered_with_what_to_do(open_shell: Open) -> None:
    page = open_shell("technician")

    scan(page, "XYZ-000000-0000")

    expect(page.locator(".toastx")).to_contain_text("carries XYZ-000000-0000")
    expect(page.get_by_role("link", name="Register this barcode")).to_be_visible()
