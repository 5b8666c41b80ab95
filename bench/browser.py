"""What a person waits for: the first load of the Overview, and a commit until it is painted."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from bench.laboratory import Laboratory, first_project, register_one
from bench.measures import Measure, percentile
from tests.support.browser import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.support.running_laboratory import LaboratoryProcess

LOADS = 12
COMMITS = 60
_PAINTED = """() => {
    window.benchPaints = [];
    const seen = new MutationObserver(() => requestAnimationFrame(
        () => requestAnimationFrame(() => window.benchPaints.push(Date.now()))));
    seen.observe(document.getElementById("overview-figures"), {childList: true, subtree: true,
        characterData: true});
}"""


def measure(laboratory: Laboratory) -> list[Measure]:
    """Run the whole program over the laboratory and watch it in Chromium."""
    home = laboratory.settings.home / "program"
    home.mkdir(exist_ok=True)
    program = LaboratoryProcess(home, {"DATABASE_URL": str(laboratory.settings.database_url)})
    program.start()
    try:
        with chromium() as browser:
            loads = _first_loads(browser, program.url, laboratory)
            waits = _commit_to_pixel(browser, program.url, laboratory)
    finally:
        program.stop()
    return [
        Measure(
            name="First load of Overview in Chromium, cold cache, p95",
            figure=percentile(loads, 0.95),
            unit="s",
            bar=1.5,
            note=f"median {percentile(loads, 0.5):.2f} s of {LOADS}",
        ),
        Measure(
            name="Commit to pixel in an open Overview, p95",
            figure=percentile(waits, 0.95),
            unit="ms",
            bar=500,
            note=f"median {percentile(waits, 0.5):.0f} ms of {len(waits)}",
        ),
    ]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


def signed_in(browser: Browser, url: str, laboratory: Laboratory) -> Page:
    email, password = laboratory.sign_ins["administrator"]
    page = browser.new_context(base_url=url, viewport={"width": 1440, "height": 900}).new_page()
    page.goto("/login")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("#overview-figures .kpi")
    return page


def _first_loads(browser: Browser, url: str, laboratory: Laboratory) -> list[float]:
    page = signed_in(browser, url, laboratory)
    state = page.context.storage_state()
    taken = []
    for _ in range(LOADS):
        # A profile of its own each time: cookies are kept, nothing is cached.
        context = browser.new_context(
            base_url=url, storage_state=state, viewport={"width": 1440, "height": 900}
        )
        cold = context.new_page()
        start = time.perf_counter()
        cold.goto("/", wait_until="commit")
        cold.wait_for_selector("#overview-notices .panel")
        taken.append(time.perf_counter() - start)
        context.close()
    page.context.close()
    return taken


def _commit_to_pixel(browser: Browser, url: str, laboratory: Laboratory) -> list[float]:
    page = signed_in(browser, url, laboratory)
    page.wait_for_timeout(3000)
    page.evaluate(_PAINTED)
    code = first_project()
    waits = []
    for _ in range(COMMITS):
        page.evaluate("window.benchPaints.length = 0")
        register_one(code)
        committed = time.time() * 1000
        painted = _first_paint(page)
        waits.append(painted - committed)
        page.wait_for_timeout(250)
    return waits


def _first_paint(page: Page) -> float:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        paints = page.evaluate("window.benchPaints")
        if paints:
            return float(paints[0])
        page.wait_for_timeout(10)
    raise RuntimeError("The Overview did not change within 20 s of a commit.")
