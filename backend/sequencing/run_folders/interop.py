"""Illumina's InterOp files: tile, quality, error and extraction metrics, read by our own code.

Layouts are those that Illumina publishes (illumina.github.io/interop: Tile versions 2 and 3, Q
versions 4 to 7, Error versions 3 and 4, Extraction version 2). Every file is a head, whose first
two bytes are the version and the length of a record, then records up to the end; all numbers are
little-endian. Nothing of Illumina's GPL library is needed for these; for layouts that are not known
here it may be installed and is asked in a process of its own (`runs.interop_process`).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from backend.sequencing.run_folders.values import Unreadable

Records = npt.NDArray[Any]
"""One row a record, with named fields; of shape (n_records,)."""

_ID_16 = [("lane", "<u2"), ("tile", "<u2")]
_ID_32 = [("lane", "<u2"), ("tile", "<u4")]
_CYCLE = [("cycle", "<u2")]
_SCORES = 50
# What a value of tile metrics version 2 is; from _ALIGNED on one code a read, in its order.
_DENSITY, _DENSITY_PF, _CLUSTERS, _CLUSTERS_PF = 100, 101, 102, 103
_ALIGNED, _CONTROL = 300, 400
_TILE_3_HEAD = 6
_TICKS_PER_MICROSECOND = 10
_TIME_BITS = 0x3FFF_FFFF_FFFF_FFFF
"""The two highest bits of a time say which clock it is of."""
_FIRST_TICK = datetime(1, 1, 1, tzinfo=UTC)
_LATEST_DAYS = 3_600_000


@dataclass(frozen=True, slots=True)
class Binary:
    """The records of a file. ``cut`` says that its last record is not whole."""

    records: Records
    cut: bool


@dataclass(frozen=True, slots=True)
class Qualities:
    """Quality counts: ``counts`` has shape (n_records, n_bins), ``scores`` (n_bins,)."""

    records: Records
    scores: npt.NDArray[np.int64]
    cut: bool


@dataclass(frozen=True, slots=True)
class TileValues:
    """Values of one kind: ``lane``, ``read`` (0: none) and ``value``, each of shape (n,)."""

    clusters: Records
    clusters_pf: Records
    density: Records
    density_pf: Records
    aligned: Records
    cut: bool


def read_tiles(content: bytes) -> TileValues:
    """Return cluster counts, densities (per mm²) and the share aligned to PhiX (percent), by tile.

    Raises:
        Unreadable: a version that is not known, or no head.
    """
    match _version(content):
        case 2:
            read = _records(content, 2, [*_ID_16, ("code", "<u2"), ("value", "<f4")])
            rows = read.records
            codes = rows["code"].astype(np.int64)
            reads = np.where((codes >= _ALIGNED) & (codes < _CONTROL), codes - _ALIGNED + 1, 0)
            return TileValues(
                clusters=_values(rows, codes == _CLUSTERS, rows["value"]),
                clusters_pf=_values(rows, codes == _CLUSTERS_PF, rows["value"]),
                density=_values(rows, codes == _DENSITY, rows["value"]),
                density_pf=_values(rows, codes == _DENSITY_PF, rows["value"]),
                aligned=_values(rows, reads > 0, rows["value"], reads),
                cut=read.cut,
            )
        case 3:
            return _tiles_3(content)
        case other:
            raise _unknown_version(other)


def _tiles_3(content: bytes) -> TileValues:
    if len(content) < _TILE_3_HEAD:
        raise Unreadable("its head is not whole. Copy it again")
    area = float(np.frombuffer(content[2:6], dtype="<f4")[0])
    raw = _records(
        content, _TILE_3_HEAD, [*_ID_32, ("code", "u1"), ("first", "<u4"), ("second", "<f4")]
    )
    rows = raw.records
    first_as_float = rows["first"].astype("<u4").view("<f4")
    tile, of_read = rows["code"] == ord("t"), rows["code"] == ord("r")
    per_mm2 = 1 / area if np.isfinite(area) and area > 0 else np.nan
    return TileValues(
        clusters=_values(rows, tile, first_as_float),
        clusters_pf=_values(rows, tile, rows["second"]),
        density=_values(rows, tile, first_as_float.astype(float) * per_mm2),
        density_pf=_values(rows, tile, rows["second"].astype(float) * per_mm2),
        aligned=_values(rows, of_read, rows["second"], rows["first"]),
        cut=raw.cut,
    )


def read_qualities(content: bytes) -> Qualities:
    """Return counts of bases by quality score, lane, tile and cycle.

    Raises:
        Unreadable: a version that is not known, or no whole head.
    """
    version = _version(content)
    if version not in {4, 5, 6, 7}:
        raise _unknown_version(version)
    head, scores = 2, np.arange(1, _SCORES + 1)
    binned = False
    if version > 4:  # noqa: PLR2004 a version
        head, values = _bins(content)
        if values is not None:
            binned, scores = version > 5, values if version > 5 else scores  # noqa: PLR2004
    number = len(scores) if binned else _SCORES
    place = _ID_32 if version == 7 else _ID_16  # noqa: PLR2004
    read = _records(content, head, [*place, *_CYCLE, ("counts", "<u4", (number,))])
    return Qualities(records=read.records, scores=scores, cut=read.cut)


def _bins(content: bytes) -> tuple[int, npt.NDArray[np.int64] | None]:
    """Return where records begin, and the score that each bin stands for."""
    if len(content) < 3 or (content[2] and len(content) < 4):  # noqa: PLR2004
        raise Unreadable("its head is not whole. Copy it again")
    if not content[2]:
        return 3, None
    number = content[3]
    end = 4 + 3 * number
    if not 0 < number <= _SCORES or len(content) < end:
        raise Unreadable("its head is not whole. Copy it again")
    return end, np.frombuffer(content[4 + 2 * number : end], dtype="u1").astype(np.int64)


def read_errors(content: bytes) -> Binary:
    """Return error rates (percent) by lane, tile and cycle.

    Raises:
        Unreadable: a version that is not known, or no head.
    """
    match _version(content):
        case 3:
            tail = [("rate", "<f4"), ("reads", "<u4", (5,))]
            return _records(content, 2, [*_ID_16, *_CYCLE, *tail])
        case 4:
            return _records(content, 2, [*_ID_32, *_CYCLE, ("rate", "<f4")])
        case other:
            raise _unknown_version(other)


def read_last_time(content: bytes) -> tuple[datetime | None, int, bool]:
    """Return when the last cycle was imaged, that cycle, and whether the file is cut.

    The time is the instrument's own clock, marked as UTC as Illumina's tools do.

    Raises:
        Unreadable: a version that is not known, or no head.
    """
    version = _version(content)
    if version != 2:  # noqa: PLR2004
        raise _unknown_version(version)
    tail = [("focus", "<f4", (4,)), ("intensity", "<u2", (4,)), ("at", "<u8")]
    read = _records(content, 2, [*_ID_16, *_CYCLE, *tail])
    if not len(read.records):
        return None, 0, read.cut
    microseconds = int((read.records["at"] & _TIME_BITS).max()) // _TICKS_PER_MICROSECOND
    span = timedelta(days=min(microseconds // 86_400_000_000, _LATEST_DAYS))
    span += timedelta(microseconds=microseconds % 86_400_000_000)
    return _FIRST_TICK + span, int(read.records["cycle"].max()), read.cut


def _version(content: bytes) -> int:
    if len(content) < 2:  # noqa: PLR2004
        raise Unreadable("it is empty or has only begun to be copied. Copy it again")
    return content[0]


def _unknown_version(version: int) -> Unreadable:
    return Unreadable(
        f"version {version} of its layout is not known here. Its figures are left out"
    )


def _records(content: bytes, head: int, fields: list[Any]) -> Binary:
    """Return the whole records behind a head of ``head`` bytes.

    Raises:
        Unreadable: the file says that its records have another length.
    """
    kind = np.dtype(fields)
    if content[1] != kind.itemsize:
        raise Unreadable(
            f"its records should have {kind.itemsize} bytes, it says {content[1]}. It is another "
            "file, or damaged"
        )
    whole, rest = divmod(len(content) - head, kind.itemsize)
    return Binary(np.frombuffer(content, dtype=kind, count=max(whole, 0), offset=head), rest != 0)


def _values(
    rows: Records, chosen: npt.NDArray[np.bool_], values: Records, reads: Records | None = None
) -> Records:
    """Return lane, tile, read and value of the chosen rows whose value is a number."""
    kept = chosen & np.isfinite(values)
    out = np.zeros(
        int(kept.sum()),
        dtype=[("lane", "<i8"), ("tile", "<i8"), ("read", "<i8"), ("value", "<f8")],
    )
    out["lane"], out["tile"] = rows["lane"][kept], rows["tile"][kept]
    out["value"] = values[kept]
    if reads is not None:
        out["read"] = reads[kept]
    return out
