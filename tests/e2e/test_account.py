"""A person sees to their own account: password, sign-ins, tokens for their programs."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.test_admin import PASSWORD as OLD
from tests.e2e.test_admin import add_person, choose_password, enter
from tests.support.accessibility import look_at
from tests.support.browser import Complaints

SignIn = Callable[..., Page]
NEW = "nine cold racks of ice"


def person_of(page: Page, boss: Page, name: str, email: str) -> Page:
    """Let a new technician in, for a changed password would keep the other tests out."""
    choose_password(page, add_person(boss, name, email, "Technician"))
    enter(page, email)
    page.wait_for_url("**/")
    return page


def test_a_person_changes_their_password_by_keyboard_and_only_their_other_browser_is_out(
    sign_in: SignIn, open_page: SignIn, complaints: Complaints
) -> None:
    boss = sign_in("administrator")
    email = "nils@laboratory.example"
    here = person_of(open_page(), boss, "Nils Ahrens", email)
    there = open_page()
    there.goto("/login")
    enter(there, email)
    there.wait_for_url("**/")
    there.goto("about:blank")  # what an open page of a lost session says is not asked here
    here.get_by_title("Account of Nils Ahrens").click()
    here.get_by_role("link", name="Your account").click()
    expect(here.locator("#page-title")).to_have_text("Your account")
    expect(here.get_by_role("region", name="Your browsers")).to_contain_text("This browser")

    here.get_by_label("Current password").focus()
    here.keyboard.type("not this one")
    for text in (NEW, NEW):
        here.keyboard.press("Tab")
        here.keyboard.type(text)
    here.keyboard.press("Enter")
    problems = here.get_by_role("alert").filter(has_text="There is a problem")
    expect(problems).to_contain_text("The current password is not right.")
    expect(here.get_by_label("New password", exact=True)).to_have_value(NEW)
    here.get_by_label("Current password").fill(OLD)
    here.get_by_label("New password again").press("Enter")

    expect(here.locator("#toasts")).to_contain_text("Your password is changed")
    expect(here.get_by_label("Current password")).to_have_value("")
    there.goto("/account")
    expect(there.get_by_role("heading", name="Sign in")).to_be_visible()
    here.reload()
    expect(here.locator("#page-title")).to_have_text("Your account")
    complaints.forgive("401")  # what the browser says of being refused


def test_a_token_is_shown_once_opens_the_api_and_is_refused_once_revoked(
    sign_in: SignIn, open_page: SignIn
) -> None:
    page = person_of(open_page(), sign_in("administrator"), "Ida Falk", "ida@laboratory.example")
    page.goto("/account")
    page.get_by_label("What the token is for").fill("plate reader")
    page.get_by_label("What the token is for").press("Enter")
    secret = page.locator("#account-token-secret").input_value()
    mine = page.get_by_role("region", name="Your API tokens")
    expect(mine).to_contain_text("plate reader")
    headers = {"Authorization": f"Bearer {secret}"}
    assert page.request.get("/api/v1/me", headers=headers).status == 200

    assert look_at(page) == {}
    page.reload()
    expect(mine).to_contain_text("ago")
    expect(page.locator("#account-token-secret")).to_have_count(0)
    mine.get_by_role("button", name="Revoke plate reader").press("Enter")
    page.get_by_role("button", name="Revoke token").press("Enter")

    expect(page.get_by_text("No token yet")).to_be_visible()
    assert page.request.get("/api/v1/me", headers=headers).status == 401
