"""At the receiving desk: a tube is received as it was found, by keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backend.auth.ids import Role
from backend.core import transaction
from tests.factories.people import PASSWORD, make_user
from tests.factories.samples import make_sample
from tests.support.accessibility import look_at
from tests.support.browser import Complaints, MakeProfile, watched_page
from tests.support.servers import Servers
from tests.support.web_server import web_server


@pytest.fixture(scope="module")
def address(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    servers.drop("tracseq_arriving")
    engine = transaction.make_engine(servers.clone_template("tracseq_arriving"))
    with web_server(engine, Path(tmp_path_factory.mktemp("arriving"))) as served:
        yield served
    engine.dispose()
    servers.drop("tracseq_arriving")


@pytest.fixture
def page(lend_profile: MakeProfile, address: str, complaints: Complaints) -> Iterator[Page]:
    """Return a page on which a technician is signed in."""
    with transaction.writing() as session:
        email = make_user(session, Role.TECHNICIAN).email
    opened = watched_page(lend_profile(address), complaints)
    opened.set_viewport_size({"width": 1440, "height": 900})
    opened.goto("/login")
    opened.get_by_label("Email").fill(email)
    opened.get_by_label("Password", exact=True).fill(PASSWORD)
    opened.get_by_role("button", name="Sign in").click()
    opened.wait_for_url("**/")
    return opened


def test_a_thawed_tube_is_received_by_keyboard_and_goes_on_hold(page: Page, tmp_path: Path) -> None:
    with transaction.writing() as session:
        code = make_sample(session).barcode
    page.goto(f"/samples/{code}")
    page.get_by_role("button", name="Change status").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Change status")
    dialog.get_by_role("radio", name="Receive", exact=True).focus()
    page.keyboard.press("Space")
    good = dialog.get_by_role("checkbox", name="Good")
    expect(good).to_be_checked()
    expect(dialog).to_contain_text("It does not go on hold.")

    good.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")

    expect(dialog.get_by_role("checkbox", name="Thawed")).to_be_checked()
    expect(good).not_to_be_checked()
    expect(dialog).to_contain_text("It goes on hold: Temperature exposure (thawed).")
    assert look_at(page) == {}
    for theme, width in (("light", 1440), ("dark", 1440), ("light", 390)):
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
        page.screenshot(path=tmp_path / f"dialog-{theme}-{width}.png")
    page.set_viewport_size({"width": 1440, "height": 900})
    dialog.get_by_label("Temperature on arrival").focus()
    page.keyboard.type("4,5")
    dialog.get_by_role("button", name="Change status").focus()
    page.keyboard.press("Enter")

    expect(dialog).to_be_hidden()
    expect(page.locator(".axes")).to_contain_text("Temperature exposure")
    expect(page.get_by_role("region", name="Details")).to_contain_text("Thawed; 4.5 °C")
    expect(page.get_by_role("row", name=re.compile("Condition on arrival"))).to_be_visible()
    page.screenshot(path=tmp_path / "received.png")


def test_a_slip_at_the_desk_is_corrected_and_what_was_written_stays(page: Page) -> None:
    with transaction.writing() as session:
        code = make_sample(session).barcode
    page.goto(f"/samples/{code}")
    page.get_by_role("button", name="Change status").click()
    dialog = page.get_by_role("dialog", name="Change status")
    dialog.get_by_role("radio", name="Receive", exact=True).check()
    dialog.get_by_role("checkbox", name="Thawed").check()
    dialog.get_by_label("Temperature on arrival").fill("4,5")
    dialog.get_by_role("button", name="Change status").click()
    details = page.get_by_role("region", name="Details")
    expect(details).to_contain_text("Thawed; 4.5 °C")

    details.get_by_role("button", name="Correct").click()
    correcting = page.get_by_role("dialog", name="Say how it arrived")
    expect(correcting.get_by_role("checkbox", name="Thawed")).to_be_checked()
    expect(correcting.get_by_label("Temperature on arrival")).to_have_value("4.5")
    assert look_at(page) == {}
    correcting.get_by_role("checkbox", name="Good").check()
    expect(correcting.get_by_role("checkbox", name="Thawed")).not_to_be_checked()
    expect(correcting).to_contain_text("It does not go on hold.")
    correcting.get_by_label("Reason").fill("Read from the wrong line")
    correcting.get_by_role("button", name="Write it down").click()

    expect(correcting).to_be_hidden()
    expect(details).to_contain_text("Good; 4.5 °C. Written down by")
    expect(details).to_contain_text("Thawed; 4.5 °C. Corrected by")
    expect(details).to_contain_text("“Read from the wrong line”")
    corrected = page.get_by_role("row", name=re.compile("Condition on arrival corrected"))
    expect(corrected).to_be_visible()
