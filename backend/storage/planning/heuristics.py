"""First-fit, as people do it, and a greedy planner that looks at the cost of every box."""

from collections.abc import Iterable

import numpy as np

from backend.storage.planning.fill import Fill
from backend.storage.planning.layout import BoolArray, Layout


def first_fit(layout: Layout) -> Fill:
    """Fill boxes in their working order, lot after lot: what a technician does without a plan."""
    fill = Fill(layout)
    for lot in range(len(layout.size)):
        for box in np.flatnonzero(fill.open_boxes(lot)):
            if fill.left[lot] == 0:
                break
            fill.place(lot, int(box), int(min(fill.free[box], fill.left[lot])))
    return fill


def greedy(layout: Layout) -> Fill:
    """Place each lot where it costs least: fewest possible boxes first, large before small."""
    fill = Fill(layout)
    choices = layout.allowed.sum(axis=1)[layout.sort_of_lot]
    insert(fill, np.lexsort((-layout.size, choices)).tolist())
    return fill


def insert(fill: Fill, lots: Iterable[int], banned: BoolArray | None = None) -> None:
    """Place what is left of the lots, in their order; a ban is dropped where it leaves no box."""
    for lot in lots:
        while fill.left[lot] > 0:
            step = fill.best_box(lot, banned) or fill.best_box(lot)
            if step is None:
                break
            fill.place(lot, *step)
