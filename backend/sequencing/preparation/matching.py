"""Which well of a worksheet a reading is of: by barcode, by well, or by a name. No I/O."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend.core import barcodes
from backend.samples import qc_rules
from backend.samples.ids import Metric
from backend.sequencing.preparation import rules
from backend.sequencing.preparation.ids import PlateShape, WellKind
from backend.sequencing.preparation.readings.columns import NO_TEMPLATE, POSITIVE
from backend.sequencing.preparation.readings.model import Finding, Reading, error, warning


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A well that readings may be of; ``barcodes`` and ``names`` are what its tubes are called."""

    place: int
    well: str
    kind: WellKind
    barcodes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A reading and its well."""

    target: Target
    reading: Reading


def match(
    readings: Sequence[Reading], targets: Sequence[Target], shape: PlateShape
) -> tuple[list[Matched], list[Finding]]:
    """Return readings with their wells, and why others have none.

    A barcode goes before a well: strips of a TapeStation are numbered by themselves. Two readings
    of one metric for one well are both left out; a person says which of them is right.
    """
    by_place = {target.place: target for target in targets}
    by_word = _words(targets)
    matched: list[Matched] = []
    findings: list[Finding] = []
    for reading in readings:
        target = _target(reading, by_place, by_word, shape)
        if target is None:
            label = reading.name or reading.well or "A line without a name"
            said = f"{label} is neither a well nor a barcode of this worksheet."
            findings.append(warning(reading.line, "not_of_worksheet", said))
        else:
            matched.append(Matched(target=target, reading=reading))
    times = Counter((each.target.place, each.reading.metric) for each in matched)
    return _once(matched, times, findings)


def _once(
    matched: Sequence[Matched], times: Mapping[tuple[int, Metric], int], findings: list[Finding]
) -> tuple[list[Matched], list[Finding]]:
    kept = []
    for each in matched:
        if times[each.target.place, each.reading.metric] == 1:
            kept.append(each)
            continue
        name = qc_rules.NAMES[each.reading.metric]
        said = f"{name} of {each.target.well} stands in several lines. Leave one of them."
        findings.append(error(each.reading.line, "repeated", said))
    seen: set[tuple[int, str]] = set()
    told = []
    for finding in sorted(findings, key=lambda finding: finding.line):
        if (finding.line, finding.message) not in seen:
            seen.add((finding.line, finding.message))
            told.append(finding)
    return kept, told


def _words(targets: Sequence[Target]) -> dict[str, Target]:
    """Return targets by what a file may call them; a word of several is none's."""
    said: list[tuple[str, Target]] = []
    for target in targets:
        said += [(barcodes.tidy(code), target) for code in target.barcodes]
        said += [(name.strip().upper(), target) for name in target.names]
    for kind, words in ((WellKind.NO_TEMPLATE, NO_TEMPLATE), (WellKind.POSITIVE, POSITIVE)):
        of_kind = [target for target in targets if target.kind is kind]
        said += [(word.upper(), target) for word in words for target in of_kind]
    times = Counter(word for word, _ in dict.fromkeys((word, each.place) for word, each in said))
    return {word: target for word, target in said if times[word] == 1}


def _target(
    reading: Reading,
    by_place: Mapping[int, Target],
    by_word: Mapping[str, Target],
    shape: PlateShape,
) -> Target | None:
    if reading.name:
        named = by_word.get(barcodes.tidy(reading.name))
        if named is not None:
            return named
    for label in (reading.well, reading.name):
        place = rules.place_of(label, shape)
        if place is not None and place in by_place:
            return by_place[place]
    return None
