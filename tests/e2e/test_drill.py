"""A whole drill in the running laboratory: a curve rises, people act, the incident is signed."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, create_engine, text

from backend.core import clock
from tests.support.drill import MINUTE, Drill, keep_cold, make_drill, rising, send, where
from tests.support.running_laboratory import RunningLaboratory
from tests.support.shell_pages import go, scan

SignIn = Callable[..., Page]
WARM_MIN, AGO_MIN = 60, 8
"""The logger's backlog ends so long ago: what it sends next is cold for long enough at once."""


@pytest.fixture
def laboratory(app_server: RunningLaboratory) -> Iterator[Engine]:
    engine = create_engine(app_server.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def drill(laboratory: Engine) -> Iterator[Drill]:
    made = make_drill(laboratory, "DRILL", tubes=2)
    yield made
    keep_cold(laboratory, made)


def alarm_is_acknowledged(page: Page, drill: Drill) -> None:
    """Acknowledge the alarm in its row of the page that is open."""
    row = page.get_by_role("row").filter(has_text=drill.failing)
    expect(row).to_contain_text("Above the limit")  # told live
    row.get_by_role("button", name="Acknowledge").click()
    asking = page.get_by_role("dialog", name="Acknowledge the alarm")
    asking.get_by_label("What you found").fill("The compressor is silent")
    asking.get_by_role("button", name="Acknowledge").click()
    expect(row.get_by_role("button", name="Acknowledge")).to_have_count(0)


def incident_is_opened_from_the_overview(page: Page, drill: Drill) -> str:
    """Follow the alarm's link to its incident; return the incident's address."""
    go(page, "/")
    needed = page.get_by_role("region", name="Needs attention").get_by_role("listitem")
    line = needed.filter(has_text=f"{drill.failing} is too warm")
    expect(line).to_contain_text("Acknowledged.")
    line.get_by_role("link", name=re.compile("^INC-")).click()
    page.wait_for_url("**/incidents/INC-*")
    return page.url


def holds_are_decided(page: Page, drill: Drill, inside: set[str]) -> None:
    """Compare the samples with those of the database; put one on hold, leave the others usable."""
    listed = page.get_by_role("region", name="Samples that stood there")
    codes = listed.get_by_role("link").filter(has_text=re.compile("."))
    expect(codes).to_have_count(len(inside))
    assert set(codes.all_inner_texts()) == inside
    page.get_by_role("checkbox", name=f"Choose {drill.tubes[0]}").check()
    page.get_by_role("button", name="Accept holds").click()
    accepting = page.get_by_role("dialog", name="Accept the proposed holds")
    accepting.get_by_label("Which").select_option("chosen")
    accepting.get_by_role("button", name="Put on hold").click()
    expect(listed.get_by_text("On hold", exact=True)).to_be_visible()
    page.get_by_role("button", name="Decline holds").click()
    declining = page.get_by_role("dialog", name="Decline the proposed holds")
    declining.get_by_label("Reason").fill("A buffered probe stayed cold")
    declining.get_by_role("button", name="Leave them usable").click()
    expect(declining).to_be_hidden()
    head = page.get_by_role("region", name="Incident", exact=True)
    expect(head).not_to_contain_text("undecided")


def tubes_are_carried_by_scanner(page: Page, drill: Drill) -> None:
    """Ask for the plan, accept it and walk its list; a scanner is all that is used there."""
    page.get_by_role("button", name=f"Plan evacuation of {drill.failing}").click()
    page.get_by_role("button", name=f"Accept all {len(drill.tubes)}").click()
    page.get_by_role("link", name=re.compile("^Open PL-")).click()
    for _ in drill.tubes:
        at_hand = page.locator(".pk-code")
        expect(at_hand).to_have_text(re.compile(rf"^{drill.tubes[0][:-1]}"))
        code = at_hand.inner_text()
        scan(page, code)
        expect(page.locator("#pick-said")).to_contain_text(f"{code} is in your hand.")
        scan(page, drill.safe_box)
        expect(page.locator("#pick-said")).to_contain_text(f"{code} placed in {drill.safe_box}/")
    expect(page.get_by_text("Every tube has its answer.")).to_be_visible()


def incident_is_signed(page: Page, password: str) -> None:
    """Close the incident that is open on the page."""
    expect(page.get_by_text("Contained", exact=True)).to_be_visible()
    page.get_by_role("button", name="Close and sign").click()
    closing = page.get_by_role("dialog", name="Close the incident")
    closing.get_by_label("Cause").fill("The compressor failed.")
    closing.get_by_label("What was done").fill("Its tubes were carried to another unit.")
    closing.get_by_label("Disposition").select_option("retest")
    closing.get_by_label("Your password").fill(password)
    closing.get_by_role("button", name="Sign and close").click()
    expect(closing).to_be_hidden()


@pytest.mark.slow
def test_a_failing_freezer_from_its_curve_to_the_signature(
    sign_in: SignIn, app_server: RunningLaboratory, laboratory: Engine, drill: Drill
) -> None:
    page, password = sign_in("technician"), app_server.sign_ins["technician"][1]
    go(page, "/alarms")
    ended = clock.utc_now().replace(second=0, microsecond=0) - MINUTE * AGO_MIN
    curve = rising(WARM_MIN, start_c=-80.0, end_c=-52.0)
    sent = send(app_server.url, drill, ended - MINUTE * (WARM_MIN - 1), curve)
    assert sent == WARM_MIN

    alarm_is_acknowledged(page, drill)
    incident = incident_is_opened_from_the_overview(page, drill)
    holds_are_decided(page, drill, inside=stood_there(laboratory, drill))
    tubes_are_carried_by_scanner(page, drill)
    assert where(laboratory, drill) == {drill.safe_box}

    go(page, incident)
    cold = int((clock.utc_now() - ended) / MINUTE)
    assert send(app_server.url, drill, ended + MINUTE, [-79.0] * cold) == cold
    incident_is_signed(page, password)
    ending = page.get_by_role("region", name="How it ended")
    expect(ending).to_contain_text(re.compile("Signed by .*closing of a temperature incident"))
    frozen = page.get_by_role("button", name=re.compile("Close and sign|Accept holds|look after"))
    expect(frozen).to_have_count(0)
    go(page, f"/storage/{drill.failing}")
    expect(page.get_by_role("main").get_by_text("in alarm")).to_have_count(0)


def stood_there(laboratory: Engine, drill: Drill) -> set[str]:
    """Return the barcodes that the database holds in the failing unit."""
    with laboratory.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT sample.barcode FROM sample "
                "JOIN placement ON placement.sample_id = sample.id AND removed_at IS NULL "
                "JOIN storage_node box ON box.id = placement.box_id "
                "JOIN storage_node unit ON unit.id = box.unit_id WHERE unit.label = :unit"
            ),
            {"unit": drill.failing},
        )
        return {row.barcode for row in rows}
