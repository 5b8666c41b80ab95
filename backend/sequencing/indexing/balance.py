"""Whether every cycle of an index read gives the sequencer enough light to see by.

Sequences are in the direction in which they are read: turn i5 first (`orientation.as_sequenced`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, zip_longest

from backend.sequencing.indexing.colours import (
    BASES,
    Chemistry,
    Colours,
    Sight,
    Verdict,
    colours_of,
)

_ENDED = frozenset({""})
_FEW_LIBRARIES = 2
_FIRST_CYCLES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleBalance:
    """One cycle of an index read, counted from 1; shares are of planned reads, 0–1."""

    cycle: int
    base_shares: Mapping[str, float]
    channel_shares: Mapping[str, float]
    verdict: Verdict
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """An index read of a lane, cycle by cycle, and what holds for its first cycles together."""

    cycles: tuple[CycleBalance, ...]
    start: Verdict = Verdict.GOOD
    start_sentence: str = ""

    @property
    def verdict(self) -> Verdict:
        """Return the worst of all cycles and of the start."""
        found = {each.verdict for each in self.cycles} | {self.start}
        for verdict in (Verdict.ERROR, Verdict.WARNING):
            if verdict in found:
                return verdict
        return Verdict.GOOD

    def count(self, verdict: Verdict) -> int:
        """Return how many cycles, the start counted as one more, have a verdict."""
        return sum(each.verdict is verdict for each in self.cycles) + (self.start is verdict)


def balance(
    sequences: Sequence[str],
    sight: Sight,
    *,
    reads: Sequence[float] | None = None,
    phix_share: float = 0.0,
) -> Balance:
    """Judge an index read of a lane. Libraries whose index has ended do not count in a cycle.

    ``reads`` are planned reads of each library, in any unit (all alike when None); ``phix_share``
    (0–1) of the lane counts as a quarter of each base in the shares, and never in a verdict: a
    cycle that only PhiX lights shows nothing of the libraries.

    Raises:
        ValueError: a letter other than A, C, G or T, or a library without planned reads.
    """
    if wrong := {base for each in sequences for base in each} - set(BASES):
        raise ValueError(f"{min(wrong)} is no base.")
    weights = [1.0] * len(sequences) if reads is None else list(reads)
    if len(weights) != len(sequences) or any(weight <= 0 for weight in weights):
        raise ValueError("Every library of a lane has planned reads, more than 0.")
    colours = colours_of(sight)
    length = max(map(len, sequences), default=0)
    cycles = tuple(
        _cycle(
            cycle + 1,
            {
                base: sum(
                    weight
                    for each, weight in zip(sequences, weights, strict=True)
                    if each[cycle : cycle + 1] == base
                )
                for base in BASES
            },
            colours,
            phix_share,
        )
        for cycle in range(length)
    )
    start, sentence = _start(sequences, colours)
    return Balance(cycles, start, sentence)


def dark_and_doubtful(sequences: Sequence[str], sight: Sight) -> tuple[int, int]:
    """Return how many cycles fail and how many warn, the start as one: `balance` without shares.

    A search asks this of thousands of sets.
    """
    colours = colours_of(sight)
    verdicts = _verdicts(colours)
    found = [
        verdicts[frozenset(bases) - _ENDED][0] for bases in zip_longest(*sequences, fillvalue="")
    ]
    found.append(_start(sequences, colours)[0])
    return found.count(Verdict.ERROR), found.count(Verdict.WARNING)


def _cycle(
    cycle: int, reads: Mapping[str, float], colours: Colours, phix_share: float
) -> CycleBalance:
    total = sum(reads.values())
    shares = {base: reads[base] / total * (1 - phix_share) + phix_share / 4 for base in BASES}
    names = sorted(channel.name for channel in colours.channels)
    present = frozenset(base for base in BASES if reads[base])
    verdict, why = _verdicts(colours)[present]
    return CycleBalance(
        cycle=cycle,
        base_shares=shares,
        channel_shares={
            name: sum(shares[base] for base in BASES if name in colours.lit(base)) for name in names
        },
        verdict=verdict,
        sentence=f"Cycle {cycle}: {why}" if why else "",
    )


@cache  # a few versions of chemistries; hashing colours once a cycle would cost a search dearly
def _verdicts(colours: Colours) -> Mapping[frozenset[str], tuple[Verdict, str]]:
    """Return what each set of bases in a cycle is good for, and why not."""
    sets = [
        frozenset(bases) for size in range(len(BASES) + 1) for bases in combinations(BASES, size)
    ]
    return {present: _judged(present, colours) for present in sets}


def _judged(present: frozenset[str], colours: Colours) -> tuple[Verdict, str]:
    seen = ", ".join(sorted(present))
    if colours.detection is Chemistry.NANOPORE:
        return Verdict.GOOD, ""
    if colours.detection is Chemistry.AVIDITY:
        if len(present) == 1:
            return Verdict.WARNING, f"all libraries have {seen}."
        return Verdict.GOOD, ""
    lit = frozenset().union(*(colours.lit(base) for base in present))
    dark = [channel for channel in colours.channels if channel.name not in lit]
    if not lit:
        said = f"only {seen}, which no channel lights. The sequencer loses its focus."
        return Verdict.ERROR, said
    found = {channel.when_dark for channel in dark}
    for verdict in (Verdict.ERROR, Verdict.WARNING):
        if verdict in found:
            names = " and ".join(sorted(channel.name for channel in dark))
            return verdict, f"only {seen}, so {names} sees nothing."
    return Verdict.GOOD, ""


def _start(sequences: Sequence[str], colours: Colours) -> tuple[Verdict, str]:
    """Judge the first cycles: a dark base twice in every library leaves them dark (DOMAIN 2c)."""
    dark = next((base * _FIRST_CYCLES for base in colours.dark_bases), "")
    if not dark or not sequences or not all(each.startswith(dark) for each in sequences):
        return Verdict.GOOD, ""
    few = len(sequences) <= _FEW_LIBRARIES
    return (
        Verdict.ERROR if few else Verdict.WARNING,
        f"Every index starts with {dark}, so the first two cycles are dark.",
    )
