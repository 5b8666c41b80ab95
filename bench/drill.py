"""How long an alarm takes: from the acceptance of a reading until it stands on an open page."""

import time

from playwright.sync_api import Page

from backend.core import clock
from bench.browser import chromium, program, signed_in
from bench.laboratory import Laboratory
from bench.measures import Measure, percentile
from tests.support.drill import MINUTE, keep_cold, make_drill, rising, send

ALARMS = 8
BAR_S = 2.0
_WARM_MIN = 60
_SHOWN = """unit => {
    window.benchShown = null;
    const look = () => {
        const rows = [...document.querySelectorAll("tr")];
        if (window.benchShown === null && rows.some(row => row.textContent.includes(unit))) {
            requestAnimationFrame(() => { window.benchShown = Date.now(); });
        }
    };
    window.benchWatch?.disconnect();  // the one of the unit before would see its own row
    window.benchWatch = new MutationObserver(look);
    window.benchWatch.observe(document.body, {childList: true, subtree: true});
}"""


def measure(laboratory: Laboratory) -> list[Measure]:
    """Run the whole program, let units of their own warm up and watch the Alarms page."""
    with program(laboratory) as url, chromium() as browser:
        page = signed_in(browser, url, laboratory)
        page.goto("/alarms")
        page.wait_for_timeout(3000)
        waits = [_wait_s(page, url, laboratory, number) for number in range(ALARMS)]
    return [
        Measure(
            name="A reading's acceptance to its alarm on an open page, slowest",
            figure=max(waits),
            unit="s",
            bar=BAR_S,
            note=f"median {percentile(waits, 0.5):.2f} s of {len(waits)}, each of its own unit",
        )
    ]


def _wait_s(page: Page, url: str, laboratory: Laboratory, number: int) -> float:
    name = f"BENCH{clock.utc_now():%d%H%M%S}{number}"
    drill = make_drill(laboratory.engine, name, tubes=1)
    page.evaluate(_SHOWN, drill.failing)
    start = clock.utc_now().replace(second=0, microsecond=0) - MINUTE * (_WARM_MIN - 1)
    send(url, drill, start, rising(_WARM_MIN, start_c=-80.0, end_c=-52.0))
    accepted = time.time() * 1000
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        shown = page.evaluate("window.benchShown")
        if shown is not None:
            keep_cold(laboratory.engine, drill)
            return max(0.0, (float(shown) - accepted) / 1000)
        page.wait_for_timeout(20)
    raise RuntimeError(f"The alarm of {drill.failing} was not shown within 90 s.")
