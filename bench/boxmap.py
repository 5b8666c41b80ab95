"""A box until it is painted: from its data in the browser to the frame that shows it."""

from playwright.sync_api import Page

from bench.browser import chromium, program, signed_in
from bench.laboratory import Laboratory
from bench.measures import Measure, percentile
from tests.support.storage_scenes import Scene, open_box, set_up

LOADS = 8
_SHAPES = ((9, 9), (8, 12), (16, 24))
_BAR_MS = 200
_REPAINT = """async () => {
    const taken = [];
    for (const mode of ["age", "volume", "type"]) {
        const began = performance.now();
        document.querySelector(`[data-boxmap-mode=${mode}]`).click();
        await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
        taken.push(performance.now() - began);
    }
    return taken;
}"""


def measure(laboratory: Laboratory) -> list[Measure]:
    """Open boxes of each shape, all but four positions taken, and colour them otherwise."""
    found = []
    with program(laboratory) as url, chromium() as browser:
        # Who sees every project: a hidden tube would be drawn with less.
        page = signed_in(browser, url, laboratory, role="technician")
        for rows, columns in _SHAPES:
            standing = rows * columns - 4
            scene = set_up(
                laboratory.engine, tubes=0, rows=rows, columns=columns, standing=standing
            )
            painted, repainted = _paints(page, scene)
            found += [
                _line(f"Box map {rows} × {columns} until it is painted", painted),
                _line(f"Box map {rows} × {columns} until it is coloured otherwise", repainted),
            ]
    return found


def _paints(page: Page, scene: Scene) -> tuple[list[float], list[float]]:
    painted: list[float] = []
    repainted: list[float] = []
    for _ in range(LOADS):
        open_box(page, scene)
        page.wait_for_timeout(500)
        painted += page.evaluate("performance.getEntriesByName('boxmap').map(e => e.duration)")
        repainted += page.evaluate(_REPAINT)
    return painted, repainted


def _line(name: str, taken: list[float]) -> Measure:
    return Measure(
        name=f"{name}, p95",
        figure=percentile(taken, 0.95),
        unit="ms",
        bar=_BAR_MS,
        note=f"median {percentile(taken, 0.5):.0f} ms of {len(taken)}",
    )
