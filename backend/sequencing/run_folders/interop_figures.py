"""From InterOp records to the figures of lanes and reads, counted as Illumina's viewer counts.

A read's last cycle is sequenced only to phase the one before it and is left out of Q30, yield and
error rate; densities are the mean and the standard deviation over a lane's tiles.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backend.sequencing.run_folders.interop import Binary, Qualities, Records, TileValues
from backend.sequencing.run_folders.model import LaneFigures, ReadFigures

_Q30 = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What InterOp files gave; None is a file that is not there or could not be read."""

    tiles: TileValues | None = None
    qualities: Qualities | None = None
    errors: Binary | None = None


@dataclass(frozen=True, slots=True)
class _Span:
    """The cycles of a read that count, from 1, ends included."""

    read: ReadFigures
    first: int
    last: int


def lanes_of(measured: Measured, reads: Sequence[ReadFigures]) -> tuple[LaneFigures, ...]:
    """Return each lane's figures, by lane."""
    found: set[int] = set()
    if measured.tiles is not None:
        found |= {int(lane) for lane in np.unique(measured.tiles.clusters["lane"])}
    if measured.qualities is not None:
        found |= {int(lane) for lane in np.unique(measured.qualities.records["lane"])}
    spans = _spans(reads)
    return tuple(_lane(measured, spans, lane) for lane in sorted(found) if lane > 0)


def reads_of(measured: Measured, reads: Sequence[ReadFigures]) -> tuple[ReadFigures, ...]:
    """Return each read's figures over all lanes; index reads have them too."""
    return tuple(_read(measured, span, None) for span in _spans(reads))


def q30_percent(
    measured: Measured, reads: Sequence[ReadFigures], lane: int | None = None
) -> float | None:
    """Return the share of bases with a quality of 30 or more, over the reads that are no index."""
    good = total = 0
    for span in _spans(reads):
        if span.read.is_index:
            continue
        more_good, more = _bases(measured.qualities, span, lane)
        good, total = good + more_good, total + more
    return 100 * good / total if total else None


def cycles_done(measured: Measured) -> int | None:
    """Return the highest cycle that has qualities."""
    if measured.qualities is None or not len(measured.qualities.records):
        return None
    return int(measured.qualities.records["cycle"].max())


def _spans(reads: Sequence[ReadFigures]) -> list[_Span]:
    spans, first = [], 1
    for each in reads:
        last = first + each.cycles - 1
        spans.append(_Span(each, first, max(last - 1, first)))
        first = last + 1
    return spans


def _lane(measured: Measured, spans: Sequence[_Span], lane: int) -> LaneFigures:
    reads = tuple(_read(measured, each, lane) for each in spans if not each.read.is_index)
    plain = [each.read for each in spans]
    errors = [each.error_percent for each in reads if each.error_percent is not None]
    aligned = [each.aligned_percent for each in reads if each.aligned_percent is not None]
    figures = LaneFigures(
        lane=lane,
        q30_percent=q30_percent(measured, plain, lane),
        error_percent=float(np.mean(errors)) if errors else None,
        aligned_percent=float(np.mean(aligned)) if aligned else None,
        reads=reads,
    )
    return figures if measured.tiles is None else _with_tiles(figures, measured.tiles, lane)


def _with_tiles(figures: LaneFigures, tiles: TileValues, lane: int) -> LaneFigures:
    clusters, passing = _newest(tiles.clusters, lane), _newest(tiles.clusters_pf, lane)
    density, density_sd = _spread(_newest(tiles.density, lane))
    density_pf, density_pf_sd = _spread(_newest(tiles.density_pf, lane))
    return replace(
        figures,
        clusters=_total(clusters),
        clusters_pf=_total(passing),
        density_k_per_mm2=density,
        density_sd=density_sd,
        density_pf_k_per_mm2=density_pf,
        density_pf_sd=density_pf_sd,
    )


def _read(measured: Measured, span: _Span, lane: int | None) -> ReadFigures:
    good, total = _bases(measured.qualities, span, lane)
    return replace(
        span.read,
        q30_percent=100 * good / total if total else None,
        yield_bases=total or None,
        error_percent=_error(measured.errors, span, lane),
        aligned_percent=_aligned(measured.tiles, span.read.number, lane),
    )


def _bases(qualities: Qualities | None, span: _Span, lane: int | None) -> tuple[int, int]:
    """Return bases of quality 30 or more, and all."""
    if qualities is None:
        return 0, 0
    rows = qualities.records[_chosen(qualities.records, span, lane)]
    by_score = rows["counts"].sum(axis=0, dtype=np.uint64)
    return int(by_score[qualities.scores >= _Q30].sum()), int(by_score.sum())


def _error(errors: Binary | None, span: _Span, lane: int | None) -> float | None:
    if errors is None:
        return None
    rates = errors.records["rate"][_chosen(errors.records, span, lane)]
    rates = rates[np.isfinite(rates)]
    return float(rates.mean(dtype=np.float64)) if len(rates) else None


def _aligned(tiles: TileValues | None, read: int, lane: int | None) -> float | None:
    if tiles is None:
        return None
    rows = tiles.aligned[tiles.aligned["read"] == read]
    rows = rows if lane is None else rows[rows["lane"] == lane]
    return float(rows["value"].mean()) if len(rows) else None


def _chosen(records: Records, span: _Span, lane: int | None) -> Records:
    within = (records["cycle"] >= span.first) & (records["cycle"] <= span.last)
    return within if lane is None else within & (records["lane"] == lane)


def _newest(rows: Records, lane: int) -> Records:
    """Return a lane's values, of each tile the one written last."""
    rows = rows[rows["lane"] == lane]
    # The file is appended to: what a tile was found to have later counts.
    _, last = np.unique(rows["tile"][::-1], return_index=True)
    values: Records = rows["value"][::-1][last]
    return values


def _total(values: Records) -> int | None:
    return round(float(values.sum())) if len(values) else None


def _spread(per_mm2: Records) -> tuple[float | None, float | None]:
    """Return mean and standard deviation over tiles, in thousands per mm²."""
    if not len(per_mm2):
        return None, None
    sd = float(per_mm2.std(ddof=1)) / 1000 if len(per_mm2) > 1 else None
    return float(per_mm2.mean()) / 1000, sd
