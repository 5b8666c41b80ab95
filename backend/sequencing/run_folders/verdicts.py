"""What the limits say of a run's lanes and libraries: a verdict, and a sentence for each reason.

A value that is missing leaves a lane unknown, never passed (DOMAIN 2f). A limit's own value passes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.sequencing.run_folders.limits import MODELS, RunLimit, limit_for
from backend.sequencing.run_folders.model import (
    FolderReading,
    LaneFigures,
    LibraryFigures,
    Platform,
)

_MILLION = 1_000_000
SHARE_OF_LANE = 0.75
"""Of its even share of a lane a library must get this much (checkQC, DOMAIN 2f)."""
TOP_UP_BELOW = 0.98
"""Of what was wanted: less is worth another lane, a hundredth more or less is not."""


class Verdict(StrEnum):
    """From best to worst; unknown stands behind pass, as nobody can say."""

    PASS = "pass"  # noqa: S105 a verdict
    UNKNOWN = "unknown"
    WARN = "warn"
    FAIL = "fail"


_ORDER = {each: place for place, each in enumerate(Verdict)}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was looked at, and what came of it, in words."""

    verdict: Verdict
    metric: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneVerdict:
    """What is to be said of a lane; ``reasons`` has the passed ones too."""

    lane: int
    verdict: Verdict
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryVerdict:
    """What is to be said of a library on a lane. ``wanted`` are reads, None when nobody said."""

    lane: int
    sample_id: str
    verdict: Verdict
    sentence: str
    wanted: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunVerdict:
    """What is to be said of the run: the worst of its lanes."""

    verdict: Verdict
    lanes: tuple[LaneVerdict, ...]
    libraries: tuple[LibraryVerdict, ...]
    held_to: str
    """Which limits were taken, in words."""


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst; unknown of none."""
    return max(verdicts, key=lambda each: _ORDER[each], default=Verdict.UNKNOWN)


def judge(
    reading: FolderReading,
    limits: Sequence[RunLimit],
    *,
    wanted: Mapping[tuple[int, str], int] | None = None,
) -> RunVerdict:
    """Judge a run. ``wanted`` are reads by lane and name of the library, as the sheet names it."""
    lengths = reading.summary.read_lengths
    longest = max(lengths, default=0)
    limit = limit_for(limits, reading.summary.model, longest) if longest else None
    phix = {each.lane: each.aligned_percent or 0.0 for each in reading.lanes}
    demultiplexed = _is_demultiplexed(reading)
    lanes = tuple(
        _judge_lane(each, limit, phix[each.lane], is_demultiplexed=demultiplexed)
        for each in reading.lanes
    )
    libraries = tuple(
        _judge_library(each, reading, limit, (wanted or {}).get((each.lane, each.sample_id)))
        for each in reading.libraries
    )
    return RunVerdict(
        verdict=worst([each.verdict for each in lanes]),
        lanes=lanes,
        libraries=libraries,
        held_to=_held_to(reading, limit, longest),
    )


def _is_demultiplexed(reading: FolderReading) -> bool:
    return bool(reading.libraries) or any(
        each.undetermined_reads is not None for each in reading.lanes
    )


def _held_to(reading: FolderReading, limit: RunLimit | None, longest: int) -> str:
    summary = reading.summary
    if summary.platform is not Platform.ILLUMINA:
        return "No limits are known for this platform: look at the vendor's own report."
    if not summary.model:
        what = " ".join(each for each in (summary.instrument, summary.instrument_type) if each)
        make = f"{what or 'the instrument'} and its flow cell"
        return f"No limits: the make of {make} is not recognised."
    if limit is None:
        name = MODELS.get(summary.model, summary.model)
        return f"No limits are kept for {name}. Add them under Limits."
    span = f"{limit.cycles_from}"
    if limit.cycles_to != limit.cycles_from:
        span += f" to {limit.cycles_to}"
    nearest = "" if limit.cycles_from <= longest <= limit.cycles_to else ", the nearest there are"
    return f"Limits of {limit.model} for reads of {span} cycles{nearest} (this run: {longest})."


def _judge_lane(
    lane: LaneFigures, limit: RunLimit | None, phix: float, *, is_demultiplexed: bool
) -> LaneVerdict:
    if lane.clusters_pf == 0:
        none = Reason(
            Verdict.FAIL,
            "clusters",
            f"Lane {lane.lane}: no cluster passes the filter. Look at the flow cell and its load.",
        )
        return LaneVerdict(lane=lane.lane, verdict=Verdict.FAIL, reasons=(none,))
    if limit is None:
        nothing = Reason(Verdict.UNKNOWN, "limits", f"Lane {lane.lane}: no limits to hold it to.")
        return LaneVerdict(lane=lane.lane, verdict=Verdict.UNKNOWN, reasons=(nothing,))
    reasons = [_clusters(lane, limit), *_qualities(lane, limit), *_errors(lane, limit)]
    if is_demultiplexed:
        reasons.append(_undetermined(lane, limit, phix))
    return LaneVerdict(
        lane=lane.lane,
        verdict=worst([each.verdict for each in reasons]),
        reasons=tuple(reasons),
    )


def _clusters(lane: LaneFigures, limit: RunLimit) -> Reason:
    start = f"Lane {lane.lane}"
    if lane.clusters_pf is None:
        return Reason(
            Verdict.UNKNOWN, "clusters", f"{start}: clusters passing filter are not known."
        )
    got = lane.clusters_pf / _MILLION
    verdict, asked = _at_least(got, limit.clusters_pf_warn, limit.clusters_pf_fail)
    return Reason(
        verdict,
        "clusters",
        f"{start}: {got:,.2f} M clusters pass the filter{_less(verdict, asked, ' M')}.",
    )


def _qualities(lane: LaneFigures, limit: RunLimit) -> list[Reason]:
    parts = [(f"read {each.number}", each.q30_percent) for each in lane.reads]
    if not any(share is not None for _, share in parts):
        parts = [("all reads", lane.q30_percent)]
    reasons = []
    for name, share in parts:
        start = f"Lane {lane.lane}, {name}"
        if share is None:
            reasons.append(Reason(Verdict.UNKNOWN, "q30", f"{start}: Q30 is not known."))
            continue
        verdict, asked = _at_least(share, limit.q30_warn, limit.q30_fail)
        sentence = f"{start}: {share:.1f}% of bases have Q30 or more{_less(verdict, asked, '%')}."
        reasons.append(Reason(verdict, "q30", sentence))
    return reasons


def _errors(lane: LaneFigures, limit: RunLimit) -> list[Reason]:
    if limit.error_warn is None and limit.error_fail is None:
        return []
    known = [each for each in lane.reads if each.error_percent is not None]
    if not known:
        sentence = (
            f"Lane {lane.lane}: the error rate is not known. It takes PhiX in the lane and "
            "ErrorMetricsOut.bin in InterOp."
        )
        return [Reason(Verdict.UNKNOWN, "error", sentence)]
    reasons = []
    for each in known:
        rate = each.error_percent or 0.0
        verdict, asked = _at_most(rate, limit.error_warn, limit.error_fail)
        more = "" if verdict is Verdict.PASS else f", more than {asked:g}%"
        sentence = f"Lane {lane.lane}, read {each.number}: error rate {rate:.2f}%{more}."
        reasons.append(Reason(verdict, "error", sentence))
    return reasons


def _undetermined(lane: LaneFigures, limit: RunLimit, phix: float) -> Reason:
    start = f"Lane {lane.lane}"
    share = lane.undetermined_percent
    if share is None:
        return Reason(
            Verdict.UNKNOWN, "undetermined", f"{start}: undetermined reads are not known."
        )
    warn = None if limit.undetermined_warn is None else limit.undetermined_warn + phix
    fail = None if limit.undetermined_fail is None else limit.undetermined_fail + phix
    verdict, asked = _at_most(share, warn, fail)
    more = "" if verdict is Verdict.PASS else f", more than {asked:.1f}%"
    with_phix = f" ({phix:.1f}% PhiX allowed for)" if phix else ""
    return Reason(
        verdict,
        "undetermined",
        f"{start}: {share:.1f}% of reads belong to no library{more}{with_phix}.",
    )


def _judge_library(
    library: LibraryFigures,
    reading: FolderReading,
    limit: RunLimit | None,
    wanted: int | None,
) -> LibraryVerdict:
    verdict, sentence = _library(library, reading, limit, wanted)
    return LibraryVerdict(
        lane=library.lane,
        sample_id=library.sample_id,
        verdict=verdict,
        sentence=sentence,
        wanted=wanted,
    )


def _library(
    library: LibraryFigures, reading: FolderReading, limit: RunLimit | None, wanted: int | None
) -> tuple[Verdict, str]:
    if library.reads is None:
        return Verdict.UNKNOWN, "Its reads are not known."
    got = f"{library.reads / _MILLION:,.2f} M reads"
    of_wanted = f" of {wanted / _MILLION:,.2f} M wanted" if wanted else ""
    share = _even_share(library, reading, limit)
    asked = SHARE_OF_LANE * share if share is not None else 0.0
    if wanted and library.reads >= wanted * TOP_UP_BELOW:
        return Verdict.PASS, f"{got}{of_wanted}."
    if library.reads < asked:
        even = f"{SHARE_OF_LANE:.0%} of an even share of lane {library.lane}"
        less = f"less than {asked / _MILLION:,.2f} M, {even}"
        return Verdict.FAIL, f"{got}{of_wanted}, and {less}." if wanted else f"{got}, {less}."
    if wanted:
        return Verdict.WARN, f"{got}{of_wanted}: a top-up is wanted."
    if share is None:
        return Verdict.UNKNOWN, f"{got}; nothing says how many were wanted."
    return Verdict.PASS, f"{got}, enough of lane {library.lane}."


def _even_share(
    library: LibraryFigures, reading: FolderReading, limit: RunLimit | None
) -> float | None:
    """Return what each library would have were the lane shared evenly.

    Of the limit's reads where it has them, as a lane that yielded little is no excuse; else of
    what the lane yielded.
    """
    number = len({each.sample_id for each in reading.libraries if each.lane == library.lane})
    if limit is not None and limit.library_reads_fail is not None:
        return limit.library_reads_fail * _MILLION / SHARE_OF_LANE / number
    lane = next((each for each in reading.lanes if each.lane == library.lane), None)
    passing = lane.clusters_pf if lane is not None else None
    return passing / number if passing else None


def _at_least(value: float, warn: float | None, fail: float | None) -> tuple[Verdict, float | None]:
    if fail is not None and value < fail:
        return Verdict.FAIL, fail
    if warn is not None and value < warn:
        return Verdict.WARN, warn
    return Verdict.PASS, None


def _at_most(value: float, warn: float | None, fail: float | None) -> tuple[Verdict, float | None]:
    if fail is not None and value > fail:
        return Verdict.FAIL, fail
    if warn is not None and value > warn:
        return Verdict.WARN, warn
    return Verdict.PASS, None


def _less(verdict: Verdict, asked: float | None, unit: str) -> str:
    return "" if verdict is Verdict.PASS else f", less than {asked:g}{unit}"
