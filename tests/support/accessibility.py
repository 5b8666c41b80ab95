"""What is wrong with a page as it stands: axe-core for WCAG 2.2 A and AA, and what does not fit."""

from functools import lru_cache
from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).resolve().parents[2] / "assets" / "vendor" / "axe.js"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands: rule, what to do, the first elements.

    The script goes in through the driver, so the page's own script policy stays on.
    """
    page.evaluate(_axe_source())
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", _RULES)
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
        for one in found["violations"]
    ]


def runs_over(page: Page) -> list[str]:
    """Return the parts of the frame that would scroll sideways, and by how many pixels."""
    over: dict[str, int] = page.evaluate(
        "() => Object.fromEntries([document.documentElement, document.getElementById('page')]"
        ".filter(e => e && e.scrollWidth > e.clientWidth + 1)"
        ".map(e => [e.id || e.localName, e.scrollWidth - e.clientWidth]))"
    )
    return [f"“{part}” runs over by {pixels} px" for part, pixels in over.items()]


@lru_cache(maxsize=1)
def _axe_source() -> str:
    return _AXE.read_text("utf-8") + "\n;null"
