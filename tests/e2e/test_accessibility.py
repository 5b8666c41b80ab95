"""WCAG 2.2 A and AA, by axe, on every page of the program, in both themes, at three widths.

Pages come from the routes themselves, so a new page is covered on the day that it is added.
"""

import psycopg
import pytest
from playwright.sync_api import Page, expect
from psycopg.rows import scalar_row

from dashboard.routes import ROUTES
from tests.e2e.conftest import SignIn
from tests.support.accessibility import THEMES, WIDTHS, Theme, look_at, violations
from tests.support.browser import Complaints
from tests.support.running_laboratory import RunningLaboratory
from tests.support.shell_pages import Open, go
from tests.support.warm_freezer import incident_of, make_cold

pytestmark = pytest.mark.slow

# Where a page's address needs something that exists: a query for one that has much to show.
SOMETHING = {
    "/samples/<path:barcode>": "SELECT barcode FROM sample JOIN placement "
    "ON placement.sample_id = sample.id WHERE placement.removed_at IS NULL LIMIT 1",
    "/storage/<path:path>": "SELECT path FROM storage_node JOIN placement "
    "ON placement.box_id = storage_node.id WHERE placement.removed_at IS NULL LIMIT 1",
    "/custody/shipments/<code>": "SELECT 'SHP-' || lpad(number::text, 5, '0') FROM shipment "
    "LIMIT 1",
    "/custody/incoming/<parcel>": "SELECT 'INC-' || lpad(number::text, 5, '0') FROM incoming "
    "LIMIT 1",
    "/sequencing/pools/<code>": "SELECT 'P-' || lpad(number::text, 4, '0') FROM library_pool "
    "WHERE state = 'draft' LIMIT 1",
    "/sequencing/libraries/<code>": "SELECT 'LP-' || lpad(number::text, 4, '0') "
    "FROM library_worksheet ORDER BY number LIMIT 1",
    "/storage/picks/<code>": "SELECT 'PL-' || lpad(number::text, 4, '0') FROM pick_list LIMIT 1",
    "/storage/audits/<audit_id>": "SELECT id::text FROM inventory_audit ORDER BY id LIMIT 1",
    "/sequencing/plans/<run>": "SELECT run_prefix || '-' || lpad(number::text, 4, '0') "
    "FROM sequencing_run JOIN instrument ON instrument.id = instrument_id "
    "WHERE state = 'planned' ORDER BY number DESC LIMIT 1",
    "/sequencing/runs/<folder>": "SELECT id::text FROM run_folder ORDER BY id LIMIT 1",
    "/register/templates/<key>": "SELECT key FROM template ORDER BY key LIMIT 1",
    "/documents/workbooks/<workbook_id>": "SELECT id::text FROM workbook ORDER BY id LIMIT 1",
    "/register/templates/<key>/form": "SELECT key || '/form' FROM template ORDER BY key LIMIT 1",
}


@pytest.mark.parametrize("path", [route.path for route in ROUTES])
def test_a_page_and_its_views_read_well_and_fit(
    sign_in: SignIn, app_server: RunningLaboratory, path: str
) -> None:
    # An administrator may open every page.
    reader = sign_in("administrator")
    open_page(reader, address_of(path, app_server.database_url))
    # Tabs with an address of their own are pages, and looked at as such; the one that is open is
    # this page. Saved views of a list are the page itself with other rows.
    views = reader.locator("#page-tabs a:not([aria-current])").evaluate_all(
        "links => links.filter(a => a.pathname === location.pathname)"
        ".map(a => a.getAttribute('href'))"
    )

    found = look_at(reader)
    for view in (each for each in views if "?f=" not in each):
        open_view(reader, view)
        found |= look_at(reader, WIDTHS[:1], THEMES[1:])

    assert found == {}


def address_of(path: str, database_url: str) -> str:
    """Return an address of a route; one with a parameter stands for something that exists."""
    if "<" not in path:
        return path
    if path == "/incidents/<incident>":  # the demonstration's freezers are all cold
        code = incident_of(database_url)
        make_cold(database_url)
        return f"/incidents/{code}"
    with psycopg.connect(database_url.replace("+psycopg", ""), row_factory=scalar_row) as database:
        value = database.execute(SOMETHING[path]).fetchone()
    assert value, f"the demonstration laboratory has nothing for {path}"
    return f"{path.split('<', 1)[0]}{value}"


def open_page(page: Page, address: str) -> None:
    """Open an address and wait until everything on its sheet has arrived."""
    go(page, address)
    expect(page.locator("#page .skel")).to_have_count(0)


def open_view(page: Page, address: str) -> None:
    """Open a tab of the page by its link, as people do, and wait until it has arrived."""
    link = page.locator(f'#page-tabs a[href="{address}"]')
    link.click()
    # Tabs are drawn with the sheet that they belong to.
    expect(link).to_have_attribute("aria-current", "page")
    expect(page.locator("#page .skel")).to_have_count(0)


def test_axe_finds_nothing_on_the_frame_around_a_page_that_is_not_there(
    open_shell: Open, complaints: Complaints
) -> None:
    page = open_shell("administrator")
    go(page, "/no/such/page")

    assert look_at(page) == {}
    complaints.forgive("404")  # such a page is not found, and the browser says so


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_on_the_layers(open_shell: Open, theme: Theme) -> None:
    page = open_shell("administrator", theme=theme)
    page.evaluate("() => window.tracseq.toast({message: 'Moved', tone: 'ok', link: ['Open', '/']})")
    page.get_by_title("Account of Mara Lindqvist").click()
    assert violations(page) == []

    page.keyboard.press("Escape")
    page.get_by_title("Notifications").click()
    expect(page.locator("#bell-list .skel")).to_have_count(0)
    assert violations(page) == []

    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    assert violations(page) == []


def test_axe_finds_nothing_on_the_pages_before_sign_in(open_shell: Open) -> None:
    found: dict[str, list[str]] = {}
    for theme in THEMES:
        page = open_shell("", theme=theme)
        found |= look_at(page, themes=(theme,))
        page.goto("/setup")
        found |= look_at(page, themes=(theme,))

    assert found == {}
