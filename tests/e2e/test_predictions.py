"""The Predictions page as a principal investigator meets it."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

SignIn = Callable[..., Page]


def test_the_forecast_says_a_date_its_interval_and_its_score(sign_in: SignIn) -> None:
    page = sign_in("principal_investigator")

    page.goto("/predictions?zone=-80")

    outlook = page.get_by_role("region", name="Outlook")
    expect(outlook.get_by_role("heading", level=2)).to_contain_text("−80 °C", timeout=60_000)
    expect(outlook).to_contain_text("80% interval held")
    expect(page.get_by_role("region", name="Model card")).to_contain_text("Limits")
    expect(page.get_by_text("No model exists yet for freezer failure")).to_be_visible()


def test_the_chart_has_a_table_with_the_same_numbers(sign_in: SignIn) -> None:
    page = sign_in("analyst")
    page.goto("/predictions")

    page.get_by_role("button", name="Table").click()

    expect(page.get_by_role("columnheader", name="80% from")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("cell", name=re.compile("forecast")).first).to_be_visible()


def test_who_may_not_judge_predictions_cannot_ask_for_one(sign_in: SignIn) -> None:
    page = sign_in("analyst")

    page.goto("/predictions")

    expect(page.get_by_role("heading", name="Predictions", level=1)).to_be_visible()
    expect(page.get_by_role("button", name="Forecast anew")).to_have_count(0)
