"""Lanes as InterOp and the demultiplexer tell them, put together."""

from collections.abc import Sequence
from dataclasses import replace

from backend.sequencing.run_folders.demultiplexed import Demultiplexed
from backend.sequencing.run_folders.model import LaneFigures


def merged_lanes(
    measured: Sequence[LaneFigures], demultiplexed: Demultiplexed
) -> tuple[LaneFigures, ...]:
    """Return every lane that either names; what the instrument measured counts first."""
    by_lane = {each.lane: each for each in measured}
    named = set(by_lane) | set(demultiplexed.clusters_pf) | set(demultiplexed.undetermined)
    named |= {each.lane for each in demultiplexed.libraries}
    return tuple(
        _with(by_lane.get(lane) or LaneFigures(lane=lane), demultiplexed)
        for lane in sorted(named)
        if lane > 0
    )


def _with(lane: LaneFigures, found: Demultiplexed) -> LaneFigures:
    clusters_pf = lane.clusters_pf
    if clusters_pf is None:
        clusters_pf = found.clusters_pf.get(lane.lane)
    q30 = lane.q30_percent if lane.q30_percent is not None else _q30(lane.lane, found)
    return replace(
        lane,
        clusters=lane.clusters if lane.clusters is not None else found.clusters.get(lane.lane),
        clusters_pf=clusters_pf,
        q30_percent=q30,
        undetermined_reads=found.undetermined.get(lane.lane),
    )


def _q30(lane: int, found: Demultiplexed) -> float | None:
    """Return the libraries' Q30 weighed by their bases: of what could be told apart only."""
    own = [
        (each.q30_percent, each.yield_bases)
        for each in found.libraries
        if each.lane == lane and each.q30_percent is not None and each.yield_bases
    ]
    total = sum(bases for _, bases in own)
    return sum(share * bases for share, bases in own) / total if total else None
