"""An administrator lets a person in, and out again, as people do it."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support import pdf_reading
from tests.support.accessibility import look_at
from tests.support.browser import Complaints

SignIn = Callable[..., Page]
PASSWORD = "eleven magnets in a drawer"
TABS = ("people", "roles", "projects", "sign-ins", "audit", "laboratory")


def add_person(page: Page, name: str, email: str, *roles: str) -> str:
    """Add a person on the Admin page and return their one-time link."""
    page.goto("/admin?tab=people&person=new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Email", exact=True).fill(email)
    for role in roles:
        page.get_by_label(re.compile(f"^{role}")).check()
    page.get_by_role("button", name="Add person").click()
    link = page.locator("#admin-link-text")
    expect(link).to_be_visible()
    return link.input_value()


def choose_password(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.wait_for_url("**/login?reason=password-set")


def enter(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_a_technician_is_invited_signs_in_is_refused_admin_and_is_out_at_once_when_locked(
    sign_in: SignIn, open_page: SignIn, complaints: Complaints
) -> None:
    boss = sign_in("administrator")
    link = add_person(boss, "Rosa Lima", "rosa@laboratory.example", "Technician")
    theirs = open_page()
    choose_password(theirs, link)
    enter(theirs, "rosa@laboratory.example")
    theirs.wait_for_url("**/")

    theirs.goto("/admin")
    expect(theirs.get_by_text("Not included in your role").first).to_be_visible()

    theirs.goto("/sequencing")
    expect(theirs.locator("#page-title")).to_have_text("Sequencing")
    boss.goto("/admin?tab=people")
    boss.get_by_role("link", name="Rosa Lima").click()
    boss.get_by_role("button", name="Lock", exact=True).click()
    boss.get_by_role("button", name="Lock Rosa Lima").click()
    expect(boss.get_by_role("button", name="Unlock")).to_be_visible()

    theirs.goto("/sequencing")
    expect(theirs.get_by_role("heading", name="Sign in")).to_be_visible()
    enter(theirs, "rosa@laboratory.example")
    expect(theirs.get_by_role("alert")).to_contain_text("not right")
    complaints.forgive("401")  # what the browser says of being refused


def test_what_is_wrong_with_a_new_person_stands_at_its_field_and_what_was_typed_stays(
    sign_in: SignIn,
) -> None:
    page = sign_in("administrator")
    page.goto("/admin?tab=people&person=new")
    page.get_by_label("Name", exact=True).fill("Nobody Yet")
    page.get_by_label("Email", exact=True).fill("no address")

    page.get_by_role("button", name="Add person").click()

    problems = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(problems).to_contain_text("Write an address such as ada@laboratory.org.")
    expect(problems).to_contain_text("Choose at least one role.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Nobody Yet")


def test_nobody_takes_their_own_rights_so_the_last_administrator_stays(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    page.goto("/admin")

    page.get_by_role("row").filter(has_text="admin@demo.example").get_by_role("link").click()

    expect(page.get_by_text("This is you.")).to_be_visible()
    expect(page.get_by_role("button", name="Lock", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Save roles")).to_have_count(0)


def test_a_project_is_added_gets_a_member_and_is_closed(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    page.goto("/admin?tab=projects")
    page.get_by_label("Code", exact=True).fill("LIVER-4")
    page.get_by_label("Name", exact=True).fill("Liver organoids")
    page.get_by_role("button", name="Add project").click()
    page.get_by_role("link", name="LIVER-4").click()

    page.get_by_label("Add a member").select_option(label="Salma Haddad, scientist@demo.example")
    page.get_by_role("button", name="Add member").click()

    expect(page.get_by_role("row").filter(has_text="Salma Haddad")).to_be_visible()
    page.get_by_role("button", name="Close project").click()
    page.get_by_role("button", name="Close LIVER-4").click()
    expect(page.get_by_role("button", name="Open again")).to_be_visible()


def test_the_trail_shows_who_did_what_and_its_chain_is_verified(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    add_person(page, "Omar Aziz", "omar@laboratory.example", "Guest", "Analyst")

    page.goto("/admin?tab=audit")
    page.get_by_label("Record").select_option("user")
    page.get_by_label("Act begins with").fill("auth.user_created")
    page.get_by_role("button", name="Show").click()

    page.wait_for_url("**action=auth.user_created**")
    newest = page.get_by_role("row").nth(1)
    expect(newest).to_contain_text("omar@laboratory.example")
    expect(newest).to_contain_text("analyst, guest")
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text("The chain is whole")).to_be_visible(timeout=30_000)


def test_a_short_part_of_the_trail_is_taken_out_as_pages(sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("administrator")
    page.goto("/admin?tab=audit&action=auth.laboratory")
    expect(page.get_by_role("table")).to_be_visible()

    with page.expect_download() as download:
        page.get_by_role("button", name="Take out as PDF").click()

    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    pages = pdf_reading.pages_of(saved.read_bytes())
    assert saved.name == "audit.pdf"
    assert "act begins with auth.laboratory" in pages[0]
    assert "auth.laboratory_created" in pages[0]
    assert pages[-1].splitlines()[-1] == f"Page {len(pages)} of {len(pages)}"
    expect(page.get_by_text("taken out as PDF.")).to_be_visible()
    assert look_at(page) == {}


def test_a_long_part_of_the_trail_is_made_by_a_worker_for_who_asked(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page, other = sign_in("administrator"), sign_in("guest")
    page.goto("/admin?tab=audit&entity=sample")
    page.get_by_role("button", name="Take out as PDF").click()

    link = page.get_by_role("link", name=re.compile("^Download PDF, .* entries$"))
    expect(link).to_be_visible(timeout=240_000)
    address = link.get_attribute("href") or ""
    with page.expect_download() as download:
        link.click()
    saved = tmp_path / "audit.pdf"
    download.value.save_as(saved)

    pages = pdf_reading.pages_of(saved.read_bytes())
    assert "record sample" in pages[0]
    assert pages[-1].splitlines()[-1] == f"Page {len(pages)} of {len(pages)}"
    assert other.request.get(address).status == 403
    page.goto(f"/admin?tab=audit&export={address.rpartition('/')[2]}")
    expect(page.get_by_role("link", name=re.compile("^Download PDF"))).to_be_visible()
    assert look_at(page) == {}


def test_a_sign_in_is_ended_from_the_list(sign_in: SignIn, complaints: Complaints) -> None:
    boss, theirs = sign_in("administrator"), sign_in("guest", anew=True)
    boss.goto("/admin?tab=sign-ins")

    # Earlier walks of this laboratory have left sign-ins of the same person; all of them end.
    ends = boss.get_by_role("button", name=re.compile("End the sign-in of Mei Tanaka"))
    expect(ends.first).to_be_visible()
    for left in reversed(range(ends.count())):
        ends.first.click()
        expect(ends).to_have_count(left)

    theirs.goto("/samples")
    expect(theirs.get_by_role("heading", name="Sign in")).to_be_visible()
    complaints.forgive("401")  # what the browser says of being refused


def test_what_opens_beside_the_lists_reads_well_and_fits(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    found = {}
    for opened in ("people&person=new", "projects&project=CARDIO-7"):
        page.goto(f"/admin?tab={opened}")
        page.wait_for_selector(".page .panel, .page .bd-form")
        found |= look_at(page)

    assert found == {}
