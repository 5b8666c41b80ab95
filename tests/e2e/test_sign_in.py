"""Signing in and out as people do: with a script or without, refused, idle, everywhere."""

from playwright.sync_api import Browser, expect

from tests.factories.people import PASSWORD
from tests.support.accessibility import violations
from tests.support.browser import Complaints, watched_page
from tests.support.shell_pages import Open


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
