"""Whether every cycle of an index read gives the sequencer enough light to see by.

Which dye a base carries, and the rule for each chemistry, are DOMAIN 2c. Sequences are in the
direction in which they are read: turn i5 first (`orientation.as_sequenced`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import zip_longest
from types import MappingProxyType

BASES = "ACGT"
_ENDED = frozenset({""})
_FEW_LIBRARIES = 2
_FIRST_CYCLES = 2


class Chemistry(StrEnum):
    """How many channels a sequencer sees bases in, and which."""

    FOUR_CHANNEL = "four_channel"
    TWO_CHANNEL_RED_GREEN = "two_channel_red_green"
    TWO_CHANNEL_BLUE_GREEN = "two_channel_blue_green"
    XLEAP = "xleap"
    ONE_CHANNEL = "one_channel"
    AVIDITY = "avidity"
    NANOPORE = "nanopore"


CHANNELS: Mapping[Chemistry, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        Chemistry.FOUR_CHANNEL: {
            "A": frozenset({"red"}),
            "C": frozenset({"red"}),
            "G": frozenset({"green"}),
            "T": frozenset({"green"}),
        },
        Chemistry.TWO_CHANNEL_RED_GREEN: {
            "A": frozenset({"red", "green"}),
            "C": frozenset({"red"}),
            "G": frozenset(),
            "T": frozenset({"green"}),
        },
        Chemistry.TWO_CHANNEL_BLUE_GREEN: {
            "A": frozenset({"blue", "green"}),
            "C": frozenset({"blue"}),
            "G": frozenset(),
            "T": frozenset({"green"}),
        },
        Chemistry.XLEAP: {
            "A": frozenset({"blue"}),
            "C": frozenset({"blue", "green"}),
            "G": frozenset(),
            "T": frozenset({"green"}),
        },
        Chemistry.ONE_CHANNEL: {
            "A": frozenset({"image 1"}),
            "C": frozenset({"image 2"}),
            "G": frozenset(),
            "T": frozenset({"image 1", "image 2"}),
        },
    }
)
"""Channels that a base lights. AVITI sees each base by itself, a pore sees none."""


class Verdict(StrEnum):
    """What a cycle is good for."""

    GOOD = "good"
    WARNING = "warning"
    ERROR = "error"


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
    chemistry: Chemistry,
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
            chemistry,
            phix_share,
        )
        for cycle in range(length)
    )
    start, sentence = _start(sequences, chemistry)
    return Balance(cycles, start, sentence)


def dark_and_doubtful(sequences: Sequence[str], chemistry: Chemistry) -> tuple[int, int]:
    """Return how many cycles fail and how many warn, the start as one: `balance` without shares.

    A search asks this of thousands of sets.
    """
    found = [
        _judged(frozenset(bases) - _ENDED, chemistry)[0]
        for bases in zip_longest(*sequences, fillvalue="")
    ]
    found.append(_start(sequences, chemistry)[0])
    return found.count(Verdict.ERROR), found.count(Verdict.WARNING)


def _cycle(
    cycle: int, reads: Mapping[str, float], chemistry: Chemistry, phix_share: float
) -> CycleBalance:
    total = sum(reads.values())
    shares = {base: reads[base] / total * (1 - phix_share) + phix_share / 4 for base in BASES}
    lights = CHANNELS.get(chemistry, {})
    names = sorted({name for lit in lights.values() for name in lit})
    present = frozenset(base for base in BASES if reads[base])
    verdict, why = _judged(present, chemistry)
    return CycleBalance(
        cycle=cycle,
        base_shares=shares,
        channel_shares={
            name: sum(shares[base] for base, lit in lights.items() if name in lit) for name in names
        },
        verdict=verdict,
        sentence=f"Cycle {cycle}: {why}" if why else "",
    )


@cache  # of 16 sets of bases and seven chemistries
def _judged(present: frozenset[str], chemistry: Chemistry) -> tuple[Verdict, str]:
    seen = ", ".join(sorted(present))
    if chemistry is Chemistry.NANOPORE:
        return Verdict.GOOD, ""
    if chemistry is Chemistry.AVIDITY:
        if len(present) == 1:
            return Verdict.WARNING, f"all libraries have {seen}."
        return Verdict.GOOD, ""
    lights = CHANNELS[chemistry]
    lit = frozenset().union(*(lights[base] for base in present))
    dark = frozenset().union(*lights.values()) - lit
    if not lit:
        return Verdict.ERROR, "only G, which no channel lights. The sequencer loses its focus."
    verdict = _of_dark_channels(dark, chemistry)
    if verdict is Verdict.GOOD:
        return verdict, ""
    return verdict, f"only {seen}, so {' and '.join(sorted(dark))} sees nothing."


def _of_dark_channels(dark: frozenset[str], chemistry: Chemistry) -> Verdict:
    match chemistry:
        case Chemistry.FOUR_CHANNEL:
            return Verdict.ERROR if dark else Verdict.GOOD
        case Chemistry.XLEAP:
            return Verdict.WARNING if "green" in dark else Verdict.GOOD
        case Chemistry.ONE_CHANNEL:
            return Verdict.GOOD
        case _:
            return Verdict.WARNING if dark else Verdict.GOOD


def _start(sequences: Sequence[str], chemistry: Chemistry) -> tuple[Verdict, str]:
    """Judge the first two cycles: GG in every library leaves them dark (DOMAIN 2c)."""
    bright = (Chemistry.FOUR_CHANNEL, Chemistry.AVIDITY, Chemistry.NANOPORE)
    dark = chemistry not in bright
    if not dark or not sequences or not all(each.startswith("GG") for each in sequences):
        return Verdict.GOOD, ""
    few = len(sequences) <= _FEW_LIBRARIES
    return (
        Verdict.ERROR if few else Verdict.WARNING,
        f"Every index starts with {'G' * _FIRST_CYCLES}, so the first two cycles are dark.",
    )
