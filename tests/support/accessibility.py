"""What is wrong with a page as it stands: axe-core for WCAG 2.2 A and AA, and what does not fit."""

import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, expect

_AXE = Path(__file__).resolve().parents[2] / "assets" / "vendor" / "axe.js"
# Colours on their way from one theme to the other are no state of the page. What passed stays in
# the page: on a full grid it takes longer to send than the run takes. Nor is a selector worked out
# for every element that was looked at: the findings show its markup. Style sheets are read anew
# only for a rule that is not asked for.
_RUN = """async tags => {
    const changing = document.getAnimations().filter(one => one instanceof CSSTransition);
    await Promise.allSettled(changing.map(one => one.finished));
    const result = await axe.run(
        document, {runOnly: tags, resultTypes: ["violations"], selectors: false,
        preload: {assets: ["media"]}});
    return result.violations.map(one => ({
        id: one.id, help: one.help, nodes: one.nodes.slice(0, 3).map(n => n.html.slice(0, 120)),
    }));
}"""
_DRAWN_ANEW = 10.0  # seconds
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WIDTHS = (1440, 1024, 390)


def look_at(
    page: Page, widths: Sequence[int] = WIDTHS, themes: Sequence[Theme] = THEMES
) -> dict[str, list[str]]:
    """Return what is wrong with the page as it stands, by address, theme and width.

    Without loading it anew: themes are compared at the first width, where everything is in view.
    """
    found: dict[str, list[str]] = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in themes if width == widths[0] else themes[:1]:
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
            found[f"{page.url} {theme} {width}"] = [*violations(page), *runs_over(page)]
    page.set_viewport_size({"width": widths[0], "height": 900})
    return {where: problems for where, problems in found.items() if problems}


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands: rule, what to do, the first elements.

    The script goes in through the driver, so the page's own script policy stays on.
    """
    if not page.evaluate("() => 'axe' in window"):  # else this document has it from an earlier look
        page.evaluate(_axe_source())
    found = page.evaluate(_RUN, _RULES)
    return [f"{one['id']}: {one['help']}: {one['nodes']}" for one in found]


def runs_over(page: Page) -> list[str]:
    """Return the parts of the frame that would scroll sideways, and by how many pixels.

    Drawings take a new width after the page has it, on a busy machine seconds after: what still
    runs over when their time is up does so for the reader too.
    """
    patience = time.monotonic() + _DRAWN_ANEW
    while (over := _too_wide(page)) and time.monotonic() < patience:
        page.wait_for_timeout(100)
    return [f"“{part}” runs over by {pixels} px" for part, pixels in over.items()]


def _too_wide(page: Page) -> dict[str, int]:
    over: dict[str, int] = page.evaluate(
        "() => Object.fromEntries([document.documentElement, document.getElementById('page')]"
        ".filter(e => e && e.scrollWidth > e.clientWidth + 1)"
        ".map(e => [e.id || e.localName, e.scrollWidth - e.clientWidth]))"
    )
    return over


@lru_cache(maxsize=1)
def _axe_source() -> str:
    return _AXE.read_text("utf-8") + "\n;null"
