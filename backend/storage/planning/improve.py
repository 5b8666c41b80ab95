"""Ruin and recreate: take some lots out, put them back better, keep what is not worse."""

from collections.abc import Callable

import numpy as np

from backend.storage.planning.control import Control, Effort
from backend.storage.planning.fill import Fill
from backend.storage.planning.heuristics import insert
from backend.storage.planning.layout import BoolArray

_NOISE = 1e-6
_SMALL_RUIN = 8
_LARGE_RUIN = 24
_LISTEN_EVERY = 100


def improve(
    fill: Fill,
    effort: Effort,
    control: Control,
    listen: Callable[[float], None] = lambda _: None,
) -> bool:
    """Improve in place; return False when time or the caller ended it before the last round.

    ``listen`` is told the fraction of the rounds that are done, now and then. The random numbers
    come from ``effort.seed``: the same problem gives the same plan.
    """
    rng = np.random.default_rng(effort.seed)
    for done in range(effort.rounds):
        if not fill.allocation:
            return True
        if control.is_cancelled() or control.elapsed_s() > effort.search_limit_s:
            return False
        if done % _LISTEN_EVERY == 0:
            listen(done / effort.rounds)
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
            lots = fill.lots_in_rack(int(rack))
            return _sample(rng, lots, lot, _LARGE_RUIN), layout.rack_of_box == rack
        case 1:  # empty a box
            lots = sorted({i for i, b in links if b == box})
            return _sample(rng, lots, lot, _LARGE_RUIN), np.arange(len(layout.free)) == box
        case 2:  # lots of one project
            project = layout.project_of_lot[lot]
            same = np.flatnonzero(layout.project_of_lot == project)
            return _sample(rng, same.tolist(), lot, _SMALL_RUIN), None
        case _:  # lots with the same needs
            same = np.flatnonzero(layout.allowed[layout.sort_of_lot, box] & (layout.size > 0))
            return _sample(rng, same.tolist(), lot, _SMALL_RUIN), None


def _sample(rng: np.random.Generator, lots: list[int], always: int, limit: int) -> list[int]:
    """Return the lots, or a random ``limit`` of them, in order and with ``always`` among them."""
    if len(lots) <= limit:
        return lots
    chosen = rng.choice(lots, size=limit, replace=False).tolist()
    return sorted({always, *chosen})
