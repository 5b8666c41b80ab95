"""The queue board as people use it: by keyboard, by mouse, and from a request form."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

SignIn = Callable[..., Page]


def test_a_card_moves_with_the_bracket_keys_and_comes_back_with_undo(sign_in: SignIn) -> None:
    page = sign_in("technician")
    page.goto("/sequencing")
    waiting = page.get_by_role("region", name="Waiting")
    card = waiting.locator("[data-card]").first
    code = card.locator("b").inner_text()

    card.focus()
    page.keyboard.press("]")

    pooled = page.get_by_role("region", name="Pooled")
    expect(page.get_by_text(f"{code} moved to Pooled")).to_be_visible()
    expect(pooled.get_by_text(code, exact=True)).to_be_visible()

    page.get_by_role("button", name="Undo").click()

    expect(waiting.get_by_text(code, exact=True)).to_be_visible()


def test_the_runs_of_two_days_are_drawn_and_said(sign_in: SignIn) -> None:
    page = sign_in("technician")

    page.goto("/sequencing")

    calendar = page.get_by_role("region", name="Run calendar")
    expect(calendar.locator(".drawing[role=img]")).to_have_attribute(
        "aria-label", re.compile(r"^Runs: ")
    )


def test_a_request_with_problems_keeps_what_was_typed(sign_in: SignIn) -> None:
    page = sign_in("scientist")
    page.goto("/sequencing?request=LIB-NOWHERE")
    page.get_by_label("Project").select_option(index=1)
    page.get_by_label("Reads for each library").fill("25")

    page.get_by_role("button", name="Request sequencing").click()

    problems = page.get_by_role("alert").filter(has_text="There is a problem")
    expect(problems).to_contain_text("LIB-NOWHERE is not a sample of your projects")
    expect(page.get_by_label("Libraries")).to_have_value("LIB-NOWHERE")
    expect(page.get_by_label("Reads for each library")).to_have_value("25")


def test_who_may_not_plan_sees_the_board_without_moves(sign_in: SignIn) -> None:
    page = sign_in("analyst")

    page.goto("/sequencing")

    expect(page.get_by_role("region", name="Queue board")).to_be_visible()
    expect(page.get_by_role("link", name="Plan run")).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("^Move "))).to_have_count(0)
