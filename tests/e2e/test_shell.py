"""The frame in a real browser: theme, keys, scanner, toasts, widths, accessibility."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from backend.core import transaction
from tests.factories.people import PASSWORD
from tests.support.accessibility import violations
from tests.support.browser import Complaints, watched_page
from tests.support.servers import Servers
from tests.support.web_server import web_server

Open = Callable[..., Page]
WIDTHS = [1440, 1024, 390]


@pytest.fixture(scope="module")
def address(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    servers.drop("tracseq_shell")
    engine = transaction.make_engine(servers.clone_template("tracseq_shell"))
    home = Path(tmp_path_factory.mktemp("shell"))
    with web_server(engine, home) as served:
        yield served
    engine.dispose()
    servers.drop("tracseq_shell")


@pytest.fixture
def open_shell(browser: Browser, address: str, complaints: Complaints) -> Iterator[Open]:
    """Return ``open_shell(role, width=, theme=)``: a page signed in, the frame drawn."""
    contexts = []

    def opener(role: str = "technician", *, width: int = 1440, theme: str = "light") -> Page:
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = watched_page(context, complaints)
        page.goto("/login")
        if role:
            page.get_by_label("Email").fill(f"{role}@laboratory.example")
            page.get_by_label("Password", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url("**/")
            ready(page)
        return page

    yield opener
    for context in contexts:
        context.close()


def ready(page: Page) -> None:
    page.wait_for_function("window.tracseq && window.tracseq.hasArrived")


def go(page: Page, path: str) -> None:
    page.goto(path)
    ready(page)


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
    with first.expect_response("**/_dash-update-component*"):
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
    scanning.keyboard.type("DNA-251118-K7F3", delay=3)
    scanning.keyboard.press("Enter")

    assert scans_of(scanning) == [["scan", "DNA-251118-K7F3"]]
    assert scanning.url.endswith("/"), "no letter of the code acted as a shortcut"


def test_a_scan_does_not_stay_in_a_field_that_happens_to_have_the_focus(scanning: Page) -> None:
    scanning.locator("#search").fill("before")

    scanning.keyboard.type("DNA-251118-K7F3", delay=3)
    scanning.keyboard.press("Enter")

    expect(scanning.locator("#search")).to_have_value("before")
    assert scans_of(scanning) == [["scan", "DNA-251118-K7F3"]]


def test_a_person_who_types_is_not_a_scanner(scanning: Page) -> None:
    scanning.locator("#search").focus()

    scanning.keyboard.type("GUTMAP-07", delay=70)

    expect(scanning.locator("#search")).to_have_value("GUTMAP-07")
    assert scans_of(scanning) == []


def test_after_the_prefix_key_even_a_slow_and_short_code_is_a_scan(scanning: Page) -> None:
    scanning.keyboard.press("F9")
    scanning.keyboard.type("B-07", delay=60)
    scanning.keyboard.press("Tab")

    assert scans_of(scanning) == [["scan", "B-07"]]


def test_the_same_code_twice_within_a_second_counts_once(scanning: Page) -> None:
    for _ in range(2):
        scanning.keyboard.type("DNA-251118-K7F3", delay=3)
        scanning.keyboard.press("Enter")

    assert len(scans_of(scanning)) == 1


def test_a_page_that_takes_scans_gets_them_before_the_search(scanning: Page) -> None:
    scanning.evaluate(
        "() => document.getElementById('page').insertAdjacentHTML("
        "'beforeend', '<div data-takes-scans></div>')"
    )

    scanning.keyboard.type("DNA-251118-K7F3", delay=3)
    scanning.keyboard.press("Enter")

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

    scanning.keyboard.type("DNA-251118-K7F3", delay=3)
    scanning.keyboard.press("Enter")

    expect(scanning.locator("#code")).to_have_value("DNA-251118-K7F3")
    expect(scanning.locator("#subject")).to_be_focused()
    scanning.keyboard.press("Enter")
    assert not scanning.evaluate("window.submitted || false")
    assert scans_of(scanning) == []


def test_an_unknown_code_is_answered_with_what_to_do(open_shell: Open) -> None:
    page = open_shell("technician")

    page.keyboard.type("XYZ-000000-0000", delay=3)
    page.keyboard.press("Enter")

    expect(page.locator(".toastx")).to_contain_text("carries XYZ-000000-0000")
    expect(page.get_by_role("link", name="Register this barcode")).to_be_visible()


def test_a_toast_offers_undo_and_z_takes_it(open_shell: Open) -> None:
    page = open_shell()
    page.evaluate(
        "() => { window.undone = null; window.tracseq.setProps = (id, props) => {"
        " window.undone = [id, props.data.move_id]; };"
        " window.tracseq.toast({message: '3 samples moved', tone: 'ok',"
        " undo: {store: 'undo-storage', data: {move_id: 'm1'}}}); }"
    )
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    page.keyboard.press("z")

    page.wait_for_function("window.undone")
    assert page.evaluate("window.undone") == ["undo-storage", "m1"]
    expect(page.locator(".toastx")).to_have_count(0)


def test_a_name_with_markup_in_a_toast_stays_text(open_shell: Open) -> None:
    page = open_shell()

    page.evaluate("() => window.tracseq.toast({message: '<img src=x onerror=1>', tone: 'ok'})")

    expect(page.locator(".toastx")).to_contain_text("<img src=x onerror=1>")
    expect(page.locator(".toastx img")).to_have_count(0)


def test_a_drawing_from_the_server_brings_no_script_with_it(open_shell: Open) -> None:
    page = open_shell()

    page.evaluate(
        "() => { const d = document.createElement('div');"
        ' d.setAttribute(\'data-svg\', \'<svg xmlns="http://www.w3.org/2000/svg" onload="x()">'
        '<script>window.bad=1<\\/script><rect id="ok" onclick="x()"/>'
        '<foreignObject/><a href="javascript:1"/></svg>\');'
        " document.getElementById('page').append(d); }"
    )

    page.wait_for_selector("svg rect#ok", state="attached")
    inside = page.evaluate(
        "() => Array.from(document.querySelectorAll('[data-svg] svg, [data-svg] svg *'))"
        ".map(e => e.localName + [...e.attributes].map(a => ' ' + a.name).join(''))"
    )
    assert inside == ["svg", "rect id"]
    assert page.evaluate("window.bad") is None


def test_signing_out_leads_to_the_sign_in_page_and_back_leads_nowhere(open_shell: Open) -> None:
    page = open_shell()
    page.get_by_title("Account of Mara Lindqvist").click()

    page.get_by_role("button", name="Sign out").first.click()

    page.wait_for_url("**/login?reason=signed-out")
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    page.go_back()
    page.wait_for_url("**/login**")


def test_an_abandoned_window_warns_and_then_signs_out(open_shell: Open) -> None:
    page = open_shell()

    page.evaluate(
        "localStorage.setItem('tracseq-active-at', String(Date.now() - 1000 * 60 * 29.5))"
    )
    warning = page.get_by_role("dialog", name="You are about to be signed out")
    expect(warning).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    page.keyboard.press("Enter")
    expect(warning).to_be_hidden()
    page.evaluate("localStorage.setItem('tracseq-active-at', '0')")

    page.wait_for_url("**/login?reason=idle")


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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_frame(open_shell: Open, width: int, theme: str) -> None:
    page = open_shell("administrator", width=width, theme=theme)
    go(page, "/no/such/page")

    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_layers(open_shell: Open, theme: str) -> None:
    page = open_shell("administrator", theme=theme)
    page.evaluate("() => window.tracseq.toast({message: 'Moved', tone: 'ok', link: ['Open', '/']})")
    page.get_by_title("Account of Mara Lindqvist").click()
    assert violations(page) == []

    page.keyboard.press("Escape")
    page.get_by_title("Notifications").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()

    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_on_the_sign_in_page(open_shell: Open, width: int, theme: str) -> None:
    page = open_shell("", width=width, theme=theme)

    assert violations(page) == []
    page.goto("/setup")
    assert violations(page) == []


def test_sign_in_works_without_any_script(
    browser: Browser, address: str, complaints: Complaints
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = watched_page(context, complaints)
    page.goto("/login?next=/samples")
    page.fill("#email", "technician@laboratory.example")
    page.fill("#password", PASSWORD)

    page.click("text=Sign in >> nth=-1")

    page.wait_for_url("**/samples")
    context.close()


def test_a_refused_sign_in_says_so_and_puts_the_focus_on_the_password(
    open_shell: Open, complaints: Complaints
) -> None:
    page = open_shell("")
    page.get_by_label("Email").fill("guest@laboratory.example")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value("guest@laboratory.example")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    assert violations(page) == []
    complaints.forgive("401")
