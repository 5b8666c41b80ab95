"""Ruin and recreate: take some lots out, put them back better, keep what is not worse."""

import numpy as np

from backend.storage.planning.control import Control, Effort
from backend.storage.planning.fill import Fill
from backend.storage.planning.heuristics import insert
from backend.storage.planning.layout import BoolArray

_NOISE = 1e-6
_SMALL_RUIN = 8


def improve(fill: Fill, effort: Effort, control: Control, until_s: float) -> bool:
    """Improve in place; return False when time or the caller ended it before the last round.

    The random numbers come from ``effort.seed``: the same problem gives the same plan.
    """
    rng = np.random.default_rng(effort.seed)
    for _ in range(effort.rounds):
        if not fill.allocation:
            return True
        if control.is_cancelled() or control.elapsed_s() > until_s:
            return False
        _attempt(fill, rng)
    return True


def _attempt(fill: Fill, rng: np.random.Generator) -> None:
    """One round: ruin, recreate, and put everything back as it was if that costs more."""
    before = fill.cost_s
    lots, banned = _ruin(fill, rng)
    taken = [step for lot in lots for step in fill.remove(lot)]
    order = sorted(lots, key=lambda lot: (-int(fill.left[lot]), lot))
    if rng.random() < 0.3:  # noqa: PLR2004  # now and then another order, or the search stands still
        order = [lots[i] for i in rng.permutation(len(lots))]
    insert(fill, order, banned)
    if fill.cost_s > before + _NOISE:
        for lot in lots:
            fill.remove(lot)
        for step in taken:
            fill.place(*step)


def _ruin(fill: Fill, rng: np.random.Generator) -> tuple[list[int], BoolArray | None]:
    """Choose lots that have something to gain from each other, and boxes to keep out of."""
    links = list(fill.allocation)
    lot, box = links[int(rng.integers(len(links)))]
    layout = fill.layout
    match int(rng.integers(4)):
        case 0:  # close a rack
            rack = layout.rack_of_box[box]
            return fill.lots_in_rack(int(rack)), layout.rack_of_box == rack
        case 1:  # empty a box
            return sorted({i for i, b in links if b == box}), np.arange(len(layout.free)) == box
        case 2:  # lots of one project
            project = layout.project_of_lot[lot]
            same = np.flatnonzero(layout.project_of_lot == project)
            return _sample(rng, same.tolist(), lot), None
        case _:  # lots with the same needs
            same = np.flatnonzero(
                layout.allowed[layout.sort_of_lot, box] & (layout.size > 0)
            )
            return _sample(rng, same.tolist(), lot), None


def _sample(rng: np.random.Generator, lots: list[int], always: int) -> list[int]:
    chosen = rng.choice(lots, size=min(_SMALL_RUIN, len(lots)), replace=False).tolist()
    return sorted({always, *chosen})
