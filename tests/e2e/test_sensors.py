"""Connecting a logger without a terminal: a sensor, its calibration, its token and its end."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

SignIn = Callable[..., Page]


def test_an_administrator_connects_a_logger_and_takes_its_token_back(sign_in: SignIn) -> None:
    page = sign_in("administrator")
    page.goto("/sensors")
    page.get_by_label("Code", exact=True).fill("ULT-04-H1")
    page.get_by_label("Unit", exact=True).select_option(label="ULT-04")
    page.get_by_label("Measures").select_option(label="Humidity")
    page.get_by_role("button", name="Add sensor").click()
    sensor = page.get_by_role("row").filter(has_text="ULT-04-H1")
    expect(sensor).to_contain_text("Never")

    sensor.get_by_role("link", name="Calibrate ULT-04-H1").click()
    page.get_by_label("Correction").fill("a little")
    page.get_by_role("button", name="Keep calibration").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_label("Correction")).to_have_value("a little")
    page.get_by_label("Correction").fill("−1,5")
    page.get_by_label("How it was done").fill("Against the reference")
    page.get_by_role("button", name="Keep calibration").click()
    expect(sensor).to_contain_text(re.compile(r"-1\.50|−1\.50"))

    page.get_by_role("link", name="Loggers").click()
    page.get_by_label("Name of the logger").fill("East bench")
    page.get_by_label("Records for").select_option(label="Only ULT-04-H1, ULT-04")
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_label("New token")).to_have_value(re.compile("^tracseqd_"))
    token = page.get_by_role("row").filter(has_text="East bench")
    expect(token).to_contain_text("not yet")

    token.get_by_role("link", name="Take back the token of East bench").click()
    page.get_by_label("Why").fill("The logger is broken")
    page.get_by_role("button", name="Take back").click()
    expect(token).to_have_count(0)
