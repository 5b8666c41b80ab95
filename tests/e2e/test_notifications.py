"""A report is ready: the page says so without reload, a mail goes out, and it is marked as read."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.support.running_laboratory import RunningLaboratory

SignIn = Callable[..., Page]

TITLE = "Report ready: Samples by status and occupancy by zone"


def _have_a_report_built(page: Page) -> None:
    page.goto("/reports")
    with page.expect_response(re.compile("_dash-update-component")):
        page.get_by_role("button", name="Build now").first.click()


def test_what_a_person_asked_for_is_told_live_mailed_once_and_marked_as_read(
    sign_in: SignIn, app_server: RunningLaboratory, mailbox: list[Any]
) -> None:
    watching, working = sign_in("analyst"), sign_in("analyst")
    watching.goto("/notifications")
    watching.get_by_text("Told to you").wait_for()
    before = watching.get_by_role("link", name=TITLE).count()

    _have_a_report_built(working)

    expect(watching.get_by_role("link", name=TITLE)).to_have_count(before + 1, timeout=90_000)
    newest = watching.locator(".no-i").filter(has_text=TITLE).first
    expect(newest).to_contain_text("Mailed", timeout=60_000)
    email, _ = app_server.sign_ins["analyst"]
    mine = [mail for mail in mailbox if email in mail["To"] and TITLE in mail["Subject"]]
    assert len({mail["Message-ID"] for mail in mine}) == len(mine) == 1

    newest.get_by_role("button", name=f"Mark as read: {TITLE}").click()
    expect(watching.get_by_text("1 notification marked as read")).to_be_visible()
    expect(watching.locator(".no-i.un").filter(has_text=TITLE)).to_have_count(0)
    watching.get_by_role("button", name="Undo").click()
    expect(watching.locator(".no-i.un").filter(has_text=TITLE)).to_have_count(1)


def _told_of_a_report(page: Page) -> int:
    """Have one built and return how many unread ones other tests have left beside it."""
    page.goto("/notifications?show=unread")
    page.get_by_text("Told to you").wait_for()
    before = page.get_by_role("link", name=TITLE).count()
    _have_a_report_built(page)
    page.goto("/notifications?show=unread")
    expect(page.get_by_role("link", name=TITLE)).to_have_count(before + 1, timeout=90_000)
    return before


def test_following_a_notification_opens_what_it_is_about_and_marks_it(sign_in: SignIn) -> None:
    page = sign_in("analyst")
    before = _told_of_a_report(page)

    page.get_by_role("link", name=TITLE).first.click()

    page.wait_for_url("**/reports")
    page.goto("/notifications?show=unread")
    page.get_by_text("Told to you").wait_for()
    expect(page.get_by_role("link", name=TITLE)).to_have_count(before, timeout=30_000)


def test_all_are_marked_as_read_at_once(sign_in: SignIn) -> None:
    page = sign_in("analyst")
    _told_of_a_report(page)

    page.get_by_role("button", name="Mark all as read").click()

    expect(page.get_by_text("Nothing is unread")).to_be_visible()


def test_choices_are_kept_and_alarms_cannot_be_switched_off(sign_in: SignIn) -> None:
    page = sign_in("scientist")
    page.goto("/notifications")
    mail = page.get_by_label("Import registered: by e-mail")
    expect(mail).to_be_checked()
    expect(page.get_by_label("Temperature alarm: in tracseq")).to_be_disabled()

    with page.expect_response(re.compile("_dash-update-component")):
        mail.uncheck()
    page.reload()

    expect(page.get_by_label("Import registered: by e-mail")).not_to_be_checked()
