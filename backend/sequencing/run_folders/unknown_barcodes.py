"""Why reads carry index pairs that are in no sheet: each pair is held against the lane's libraries.

A pair counts for the first explanation that fits it exactly; pairs that fit none stay unexplained.
The demultiplexer allows for mismatches already, so what is left that is off by a base or two is
told as sequencing errors.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.run_folders.limits import UNKNOWN_INDEX_PERCENT
from backend.sequencing.run_folders.model import UnknownBarcode

TOLD_SHARE = 0.5
"""Share of unknown reads from which an explanation is told as the reason."""
_DARK_RUN = 6
_NEAR = 2
_MOST_COMPARED = 100
"""Comparing with sequencing errors takes time; the most frequent pairs of a lane are enough."""


class Why(StrEnum):
    """Explanations, the surest first."""

    NO_SIGNAL = "no_signal"
    I5_REVERSED = "i5_reversed"
    I7_REVERSED = "i7_reversed"
    BOTH_REVERSED = "both_reversed"
    SWAPPED = "swapped"
    OTHER_LANE = "other_lane"
    SHIFTED = "shifted"
    HOPPED = "hopped"
    KIT = "kit"
    NEAR = "near"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Expected:
    """A library of a lane (0: of every lane), with its indexes as the sheet has them."""

    lane: int
    name: str
    index_i7: str
    index_i5: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How many unknown reads something explains. ``share`` (0–1) is of those that are listed."""

    why: Why
    reads: int
    share: float
    sentence: str
    examples: tuple[str, ...]
    """The most frequent pairs that it explains, with what they are."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the unknown barcodes tell, the largest explanation first. ``reads`` are all listed."""

    reads: int
    explanations: tuple[Explanation, ...]

    @property
    def main(self) -> Explanation | None:
        """Return what explains most of the reads, if anything does."""
        first = next((e for e in self.explanations if e.why is not Why.UNEXPLAINED), None)
        return first if first is not None and first.share >= TOLD_SHARE else None

    @property
    def sentence(self) -> str:
        """Say what the unknown barcodes tell, in one sentence."""
        if not self.reads:
            return "No unknown barcodes are listed."
        if self.main is not None:
            return self.main.sentence
        return (
            "No single reason explains half of the unknown reads. The largest: "
            f"{self.explanations[0].sentence}"
        )


Pair = tuple[str, str]
Kits = Mapping[str, Mapping[Pair, str]]
"""Index pairs of kits by their name in it, by the kit's name; i5 may be ""."""


def diagnose(
    unknown: Sequence[UnknownBarcode], expected: Sequence[Expected], kits: Kits | None = None
) -> Diagnosis:
    """Explain a run's unknown barcodes."""
    found: defaultdict[Why, list[tuple[UnknownBarcode, str]]] = defaultdict(list)
    lanes = {each.lane for each in unknown}
    known = {lane: _Lane.of(lane, expected, kits or {}) for lane in lanes}
    compared: defaultdict[int, int] = defaultdict(int)
    for each in unknown:
        compared[each.lane] += 1
        why, what = known[each.lane].explain(
            (each.index_i7, each.index_i5), near=compared[each.lane] <= _MOST_COMPARED
        )
        found[why].append((each, what))
    total = sum(each.reads for each in unknown)
    made = [_explanation(why, pairs, total) for why, pairs in found.items()]
    order = list(Why)
    return Diagnosis(total, tuple(sorted(made, key=lambda e: (-e.reads, order.index(e.why)))))


def telling(
    unknown: Sequence[UnknownBarcode], clusters_pf: Mapping[int, int | None]
) -> list[UnknownBarcode]:
    """Return the pairs that are too frequent to be errors: a library that no sheet names.

    Those without signal are left out, as checkQC does (``N`` in it, or six times G).
    """
    return [
        each
        for each in unknown
        if (passing := clusters_pf.get(each.lane))
        and 100 * each.reads / passing >= UNKNOWN_INDEX_PERCENT
        and not _is_dark((each.index_i7, each.index_i5))
    ]


@dataclass(frozen=True, slots=True)
class _Lane:
    """What is expected on a lane, as pairs with the library's name."""

    own: Mapping[Pair, str]
    others: Mapping[Pair, str]
    kits: Mapping[Pair, str]

    @classmethod
    def of(cls, lane: int, expected: Sequence[Expected], kits: Kits) -> "_Lane":
        own = {_pair(each): each.name for each in expected if each.lane in {0, lane}}
        others = {
            _pair(each): f"{each.name} of lane {each.lane}"
            for each in expected
            if each.lane not in {0, lane}
        }
        # A pair of several kits is named by the one that most of the lane's libraries are of.
        likely = sorted(kits.items(), key=lambda kit: len(kit[1].keys() & own.keys()))
        in_kits = {
            pair: f"{name} of {kit}" for kit, pairs in likely for pair, name in pairs.items()
        }
        return cls(own, others, in_kits)

    def explain(self, pair: Pair, *, near: bool) -> tuple[Why, str]:
        """Return the first explanation that fits, and which library or index it would be."""
        if _is_dark(pair):
            return Why.NO_SIGNAL, "no signal"
        guesses: Sequence[tuple[Why, Callable[[Pair], str | None]]] = (
            *((why, lambda seen, turn=turn: self.own.get(turn(seen))) for why, turn in _TURNS),
            (Why.OTHER_LANE, self.others.get),
            (Why.SHIFTED, self._shifted),
            (Why.HOPPED, self._hopped),
            (Why.KIT, self._in_kit),
            (Why.NEAR, self._near if near else lambda _: None),
        )
        found = ((why, name) for why, guess in guesses if (name := guess(pair)))
        return next(found, (Why.UNEXPLAINED, ""))

    def _in_kit(self, pair: Pair) -> str | None:
        return self.kits.get(pair) or (self.kits.get((pair[0], "")) if pair[1] else None)

    def _shifted(self, pair: Pair) -> str:
        """Return the library whose indexes these are, read from a base too early or too late."""
        for (i7, i5), name in self.own.items():
            fits_i7, moved_i7 = _fits(pair[0], i7)
            fits_i5, moved_i5 = _fits(pair[1], i5)
            if fits_i7 and fits_i5 and (moved_i7 or moved_i5):
                return name
        return ""

    def _hopped(self, pair: Pair) -> str:
        first = next((name for (i7, _), name in self.own.items() if i7 == pair[0]), None)
        second = next((name for (_, i5), name in self.own.items() if i5 and i5 == pair[1]), None)
        return f"i7 of {first}, i5 of {second}" if first and second else ""

    def _near(self, pair: Pair) -> str:
        for (i7, i5), name in self.own.items():
            if _off(pair[0], i7) <= _NEAR and _off(pair[1], i5) <= _NEAR:
                return name
        return ""


_TURNS: Sequence[tuple[Why, Callable[[Pair], Pair]]] = (
    (Why.I5_REVERSED, lambda pair: (pair[0], reverse_complement(pair[1]))),
    (Why.I7_REVERSED, lambda pair: (reverse_complement(pair[0]), pair[1])),
    (Why.BOTH_REVERSED, lambda pair: (reverse_complement(pair[0]), reverse_complement(pair[1]))),
    (Why.SWAPPED, lambda pair: (pair[1], pair[0])),
)

_SAID: Mapping[Why, str] = {
    Why.NO_SIGNAL: "have no signal in an index (N, or G throughout): PhiX, adapter dimers, or an "
    "index read that failed",
    Why.I5_REVERSED: "match your i5 reverse-complemented. Turn the sheet's i5 round and "
    "demultiplex again",
    Why.I7_REVERSED: "match your i7 reverse-complemented. Turn the sheet's i7 round and "
    "demultiplex again",
    Why.BOTH_REVERSED: "match both indexes reverse-complemented. Turn them round in the sheet and "
    "demultiplex again",
    Why.SWAPPED: "match your libraries with i7 and i5 swapped. Change the two columns of the sheet "
    "and demultiplex again",
    Why.OTHER_LANE: "match libraries of another lane. Look whether lanes were loaded in another "
    "order than the sheet says",
    Why.SHIFTED: "match your indexes moved by one base. Look at the cycles of the index reads and "
    "at OverrideCycles",
    Why.HOPPED: "carry the i7 of one of your libraries and the i5 of another: index hopping, or "
    "libraries that were mixed",
    Why.KIT: "are indexes of a kit that no library of the lane carries. Look whether a "
    "neighbouring well was used, or a library is missing in the sheet",
    Why.NEAR: "differ from your indexes by one or two bases: sequencing errors",
    Why.UNEXPLAINED: "match nothing that is known here",
}


def _explanation(why: Why, pairs: Sequence[tuple[UnknownBarcode, str]], total: int) -> Explanation:
    reads = sum(each.reads for each, _ in pairs)
    share = reads / total if total else 0.0
    most = sorted(pairs, key=lambda pair: -pair[0].reads)[:5]
    return Explanation(
        why=why,
        reads=reads,
        share=share,
        sentence=f"{share:.0%} of the unknown reads {_SAID[why]}.",
        examples=tuple(_example(each, what) for each, what in most),
    )


def _example(barcode: UnknownBarcode, what: str) -> str:
    code = "+".join(each for each in (barcode.index_i7, barcode.index_i5) if each)
    named = f" ({what})" if what else ""
    return f"{code}: {barcode.reads:,} reads in lane {barcode.lane}{named}"


def _pair(library: Expected) -> Pair:
    return library.index_i7, library.index_i5


def _is_dark(pair: Pair) -> bool:
    """Say whether an index has a base that was not called, or is dark in most of its cycles."""
    return any("N" in index or "G" * min(_DARK_RUN, len(index)) in index for index in pair if index)


def _fits(seen: str, expected: str) -> tuple[bool, bool]:
    """Say whether an index is the expected one, as it is or moved by one base; and if moved."""
    if seen == expected:
        return True, False
    if len(seen) < 2 or len(expected) < 2:  # noqa: PLR2004 a shift needs two bases
        return False, False
    width = min(len(seen), len(expected)) - 1
    is_moved = seen[1 : 1 + width] == expected[:width] or seen[:width] == expected[1 : 1 + width]
    return is_moved, is_moved


def _off(seen: str, expected: str) -> int:
    if not seen and not expected:
        return 0
    if not seen or not expected:
        return _NEAR + 1
    return sum(a != b for a, b in zip(seen, expected, strict=False))
