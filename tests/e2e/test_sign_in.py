"""Signing in and out as people do: with a script or without, refused, idle, everywhere."""

from playwright.sync_api import Browser, expect

from tests.factories.people import PASSWORD
from tests.support.accessibility import violations
from tests.support.browser import Complaints, watched_page
from tests.support.shell_pages import Open, go, ready


def test_signing_out_leads_to_the_sign_in_page_and_back_leads_nowhere(
    open_shell: Open, complaints: Complaints
) -> None:
    page = open_shell()
    page.get_by_title("Account of Mara Lindqvist").click()

    page.get_by_role("button", name="Sign out").first.click()

    page.wait_for_url("**/login?reason=signed-out")
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    page.go_back()
    page.wait_for_url("**/login**")
    complaints.forgive("401")  # what was under way when the sign-in ended


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


def test_sign_in_works_without_any_script(
    browser: Browser, shell_address: str, complaints: Complaints
) -> None:
    context = browser.new_context(base_url=shell_address, java_script_enabled=False)
    page = watched_page(context, complaints)
    page.goto("/login?next=/samples")
    page.fill("#email", "technician@laboratory.example")
    page.fill("#password", PASSWORD)

    page.click("text=Sign in >> nth=-1")

    page.wait_for_url("**/samples")
    assert any(cookie["name"] == "tracseq_session" for cookie in context.cookies())
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


def test_a_page_whose_session_has_ended_says_so_once_asks_no_more_and_leads_back(
    open_shell: Open, complaints: Complaints
) -> None:
    page = open_shell()
    go(page, "/health?range=7d")
    expect(page.locator(".hs .big")).to_be_visible()
    page.context.clear_cookies()

    # Nobody touches the page: its own next question finds the session ended.
    said = page.get_by_text("You were signed out.", exact=True)
    expect(said).to_be_visible()
    expect(said).to_have_count(1)
    complaints.forgive("401")  # what the browser says of being refused
    assert complaints == []
    expect(page.locator(".hs .big")).to_be_visible()

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(11_000)  # longer than the page waits between two questions
    # Scripts are fetched ahead once, whoever is signed in; they are files and no questions.
    assert [url for url in asked if "/_dash-component-suites/" not in url] == []
    assert complaints == []

    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Email").fill("technician@laboratory.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.wait_for_url("**/health?range=7d")
    ready(page)


def test_a_link_of_a_page_whose_session_has_ended_leads_there_by_way_of_sign_in(
    open_shell: Open, complaints: Complaints
) -> None:
    page = open_shell()
    go(page, "/health")
    page.context.clear_cookies()
    expect(page.get_by_text("You were signed out.", exact=True)).to_be_visible()
    assert violations(page) == []
    complaints.forgive("401")

    page.get_by_role("link", name="Samples", exact=True).first.click()

    page.wait_for_url("**/login?next=*samples*")
