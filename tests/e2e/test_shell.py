"""The frame in a real browser: theme, keys, layers, toasts, widths."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from backend.auth.models import User
from backend.core import transaction
from backend.core.principal import UserId
from backend.notifications import service as notification_service
from backend.notifications.ids import Kind, Severity
from backend.notifications.rules import Notice
from tests.support.browser import Complaints
from tests.support.shell_pages import Open, go

WIDTHS = [1440, 1024, 390]


def theme_of(page: Page) -> Any:
    return page.evaluate("document.documentElement.dataset.bsTheme")


def test_the_first_paint_already_has_the_systems_theme(open_shell: Open) -> None:
    page = open_shell(theme="dark")
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && !window.firstTheme) "
        "window.firstTheme = document.documentElement.dataset.bsTheme; })"
        ".observe(document, {childList: true, subtree: true})"
    )

    go(page, "/reports")

    assert page.evaluate("window.firstTheme") == "dark"


def test_a_chosen_theme_is_there_at_the_first_paint_after_a_reload(open_shell: Open) -> None:
    page = open_shell(theme="light")
    page.get_by_title("Account of Mara Lindqvist").click()
    page.get_by_role("button", name="Dark").click()
    assert theme_of(page) == "dark"

    html = page.request.get("/").text()

    assert '<html lang="en" data-bs-theme="dark"' in html
    go(page, "/")
    assert theme_of(page) == "dark"


def test_a_chosen_theme_follows_the_person_to_another_browser(open_shell: Open) -> None:
    first = open_shell("analyst")
    first.get_by_title("Account of Mara Lindqvist").click()
    with first.expect_response(lambda answer: "preference" in (answer.request.post_data or "")):
        first.get_by_role("button", name="Dark").click()

    second = open_shell("analyst", theme="light")

    assert theme_of(second) == "dark"


def test_a_chord_opens_a_page_without_a_reload_and_puts_the_focus_there(open_shell: Open) -> None:
    page = open_shell()
    page.evaluate("window.stillHere = true")

    page.keyboard.press("g")
    page.wait_for_timeout(80)
    page.keyboard.press("t")

    page.wait_for_url("**/storage")
    expect(page.get_by_role("heading", level=1)).to_have_text("Storage")
    assert page.evaluate("window.stillHere")
    assert page.evaluate("document.activeElement.id") == "page"
    expect(page).to_have_title("Storage · TracSeq")
    current = page.locator('.side [aria-current="page"]')
    expect(current).to_have_text("Storage")


def test_single_keys_rest_while_someone_types(open_shell: Open) -> None:
    page = open_shell()

    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("ng", delay=60)
    page.wait_for_timeout(100)

    expect(page.locator("#search")).to_have_value("ng")
    assert page.url.endswith("/")


def test_single_keys_can_be_switched_off(open_shell: Open) -> None:
    page = open_shell()
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch single keys off").click()
    page.get_by_role("button", name="Close").click()

    page.keyboard.press("n")
    page.wait_for_timeout(150)

    assert page.url.endswith("/")


def test_escape_closes_the_menu_and_gives_the_focus_back(open_shell: Open) -> None:
    page = open_shell()
    account = page.get_by_title("Account of Mara Lindqvist")
    account.click()
    expect(page.locator("#account-menu")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator("#account-menu")).to_be_hidden()
    expect(account).to_be_focused()


def test_the_skip_link_is_the_first_stop_and_leads_to_the_page(open_shell: Open) -> None:
    page = open_shell()
    page.evaluate("document.activeElement.blur()")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "page"


def test_a_toast_offers_undo_and_z_takes_it(open_shell: Open) -> None:
    page = open_shell()
    page.evaluate(
        "() => { window.undone = null; window.tracseq.setProps = (id, props) => {"
        " if (id.startsWith('undo')) window.undone = [id, props.data.move_id]; };"
        " window.tracseq.toast({message: '3 samples moved', tone: 'ok',"
        " undo: {store: 'undo-storage', data: {move_id: 'm1'}}}); }"
    )
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    page.keyboard.press("z")

    expect(page.locator(".toastx")).to_have_count(0)
    assert page.evaluate("window.undone") == ["undo-storage", "m1"]


def test_a_name_with_markup_in_a_toast_stays_text(open_shell: Open) -> None:
    page = open_shell()

    page.evaluate("() => window.tracseq.toast({message: '<img src=x onerror=1>', tone: 'ok'})")

    expect(page.locator(".toastx")).to_contain_text("<img src=x onerror=1>")
    expect(page.locator(".toastx img")).to_have_count(0)


def test_a_drawing_from_the_server_brings_no_script_with_it(
    open_shell: Open, complaints: Complaints
) -> None:
    page = open_shell()

    page.evaluate(
        "() => { const d = document.createElement('div'); d.id = 'hostile';"
        ' d.setAttribute(\'data-svg\', \'<svg xmlns="http://www.w3.org/2000/svg" onload="x()">'
        '<script>window.bad=1<\\/script><rect id="ok" onclick="x()"/>'
        '<foreignObject/><a href="javascript:1"/></svg>\');'
        " document.getElementById('page').append(d); }"
    )

    page.wait_for_selector("svg rect#ok", state="attached")
    inside = page.evaluate(
        "() => Array.from(document.querySelectorAll('#hostile svg, #hostile svg *'))"
        ".map(e => e.localName + [...e.attributes].map(a => ' ' + a.name).join(''))"
    )
    # A link stays, and loses where it led: only pages of the program may be led to.
    assert inside == ["svg xmlns", "rect id", "a"]
    assert page.evaluate("window.bad") is None
    # The browser says that the policy stops handlers in the text, before they are thrown away.
    complaints.forgive("Executing inline event handler violates")


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_runs_over_the_edge(open_shell: Open, width: int) -> None:
    page = open_shell("administrator", width=width)

    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")

    assert over <= 0


def test_the_sidebar_becomes_a_rail_and_then_a_bottom_bar(open_shell: Open) -> None:
    page = open_shell(width=1024)
    rail = page.locator(".side").bounding_box()
    assert rail is not None
    assert rail["width"] == 56

    page.set_viewport_size({"width": 390, "height": 844})

    expect(page.locator(".side")).to_be_hidden()
    names = page.locator(".tabbar > *").all_inner_texts()
    assert names == ["Overview", "Samples", "Scan", "Storage", "More"]


def test_the_bell_counts_lists_and_marks_as_read(open_shell: Open) -> None:
    page = open_shell("principal_investigator")
    tell("principal_investigator", "Plan for 12 samples is ready")
    # The live feed, which this laboratory does without, would say this.
    page.evaluate("window.tracseq.setProps('live-notifications', {data: 1})")
    bell = page.get_by_role("button", name=re.compile("Notifications"))
    expect(bell).to_have_accessible_name(re.compile("Notifications ?, 1 unread"))

    # Opening asks for the newest; a press on a list that is just being replaced would be lost,
    # and the feed that tells of it anyway is not there.
    bell.click()
    page.wait_for_timeout(1500)
    listed = page.get_by_role("region", name="Newest notifications")
    expect(listed).to_contain_text("Plan for 12 samples is ready")
    listed.get_by_role("button", name="Mark all as read").click()

    expect(page.locator(".toastx")).to_contain_text("1 notification marked as read")
    expect(bell).to_have_accessible_name("Notifications")
    expect(listed.get_by_role("button", name="Mark all as read")).to_have_count(0)


def tell(role: str, title: str) -> None:
    """Tell the person of a role something, as the program does."""
    notice = Notice(
        kind=Kind.PLAN_READY, severity=Severity.INFO, title=title, body="12 moves", href="/storage"
    )
    with transaction.writing() as session:
        person = session.scalars(
            select(User.id).where(User.email == f"{role}@laboratory.example")
        ).one()
        notification_service.notify(
            session, user_ids=[UserId(person)], notice=notice, dedupe_key=title
        )


def test_a_page_that_hears_nothing_says_since_when(
    open_shell: Open, complaints: Complaints
) -> None:
    page = open_shell(apart=True)  # the clock is that of the whole profile
    page.clock.install()
    go(page, "/reports")
    expect(page.locator("#banner-stale")).to_be_hidden()

    page.evaluate("tracseq.stopListening()")  # the stream itself is alive
    page.route("**/live/versions", lambda route: route.abort())
    page.clock.fast_forward("01:00")
    page.clock.fast_forward("00:10")

    expect(page.locator("#banner-stale")).to_contain_text("Live updates stopped. Showing")
    page.unroute("**/live/versions")
    # Not a click, which waits for the button to be seen: the slow poll may have been first.
    page.locator("[data-reconnect]").dispatch_event("click")
    expect(page.locator("#banner-stale")).to_be_hidden()
    complaints.forgive("Failed to load resource")


def test_every_page_says_that_the_laboratory_is_a_demonstration(open_shell: Open) -> None:
    page = open_shell("guest")

    expect(page.locator(".bn-demo")).to_contain_text("people, samples and figures are made up")
