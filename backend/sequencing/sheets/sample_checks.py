"""What holds for the samples of a sheet in any format: names, lanes, indexes, who is told apart."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product

from backend.sequencing.indexing.collisions import (
    Barcode,
    clash,
    near,
    relaxed,
    reused_i7,
    reversed_mates,
)
from backend.sequencing.sheets import vocabulary
from backend.sequencing.sheets.headings import INDEX1, INDEX2, LANE, PROJECT, SAMPLE_ID
from backend.sequencing.sheets.model import Bases, Cycles, SampleSheet, SheetSample, bases_of
from backend.sequencing.sheets.noting import of_sample, of_sheet
from backend.sequencing.sheets.values import Dialect, Finding
from backend.templates.reading.values import Severity

_ERROR, _WARNING = Severity.ERROR, Severity.WARNING
_MOST_CLASHES = 50
_MOST_COMPARED = 2000
_MOST_RELAXED = 400
_HEADS = {INDEX1: "index 1", INDEX2: "index 2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRule:
    """How long names may be in a format; None is without a limit."""

    sample_id: int | None
    project: int | None


def check_names(sheet: SampleSheet, rule: NameRule) -> list[Finding]:
    """Find identifiers and projects that are missing, too long, reserved, or of other letters."""
    found = []
    for sample in sheet.samples:
        if not sample.sample_id:
            found.append(_missing(sheet, sample))
        else:
            found += _name(sheet, sample, SAMPLE_ID, sample.sample_id, rule.sample_id)
        if sample.project:
            found += _name(sheet, sample, PROJECT, sample.project, rule.project)
    return found


def _missing(sheet: SampleSheet, sample: SheetSample) -> Finding:
    message = "The sample has no identifier. Fill it in."
    return of_sample("sample_id_missing", _ERROR, message, sheet, sample, field=SAMPLE_ID)


def _name(
    sheet: SampleSheet, sample: SheetSample, field: str, text: str, most: int | None
) -> list[Finding]:
    what = "Project" if field == PROJECT else "Sample"
    reserved = (vocabulary.RESERVED_PROJECTS if field == PROJECT else vocabulary.RESERVED_IDS) & {
        text.casefold()
    }
    code, message, write = "", "", None
    if vocabulary.NAME.fullmatch(text) is None:
        code = f"{field}_letters"
        message = f"{what} “{text}”: only letters of English, digits, - and _ may stand here."
        plain = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")
        write = plain or None
    elif most is not None and len(text) > most:
        code = f"{field}_long"
        message = f"{what} “{text}” has {len(text)} characters; {most} are the most."
    elif reserved:
        code = f"{field}_reserved"
        message = f"{what} “{text}” is a name that the demultiplexer uses itself. Choose another."
    if not code:
        return []
    return [of_sample(code, _ERROR, message, sheet, sample, field=field, value=text, write=write)]


def check_cells(sheet: SampleSheet, *, most_lanes: int) -> list[Finding]:
    """Find lanes and indexes that are none, and lanes given for some samples only."""
    found = []
    some = any(sample.lanes for sample in sheet.samples)
    for sample in sheet.samples:
        bad = dict(sample.unreadable)
        found += [
            _no_index(sheet, sample, field, bad[field])
            for field in (INDEX1, INDEX2)
            if field in bad
        ]
        if LANE in bad or any(lane > most_lanes for lane in sample.lanes):
            text = bad.get(LANE) or "+".join(map(str, sample.lanes))
            message = f"“{text}” is no lane. Lanes are 1 to {most_lanes}."
            found.append(
                of_sample("lane_number", _ERROR, message, sheet, sample, field=LANE, value=text)
            )
        elif some and not sample.lanes and sheet.dialect is not Dialect.AVITI:
            message = f"{sample.sample_id} has no lane, while others have one. Fill it in."
            found.append(of_sample("lane_missing", _ERROR, message, sheet, sample, field=LANE))
    return found


def _no_index(sheet: SampleSheet, sample: SheetSample, field: str, text: str) -> Finding:
    plain = re.sub(r"\s+", "", text).upper()
    write = plain if bases_of(plain) else None
    severity, wrong = _ERROR, "".join(sorted(set(plain) - set("ACGT+")))
    if write is not None:
        message = f"“{text}” is written with small letters or spaces."
    elif wrong == "N" and sheet.dialect is Dialect.ILLUMINA_V1:
        severity = _WARNING
        message = f"“{text}” holds N, which not every demultiplexer of the first format skips."
    elif wrong == "N":
        message = f"“{text}” holds N, which is no wildcard. Leave it out; OverrideCycles masks it."
    else:
        message = f"“{text}” is no index: it may hold A, C, G and T only."
    return of_sample(
        "index_letters", severity, message, sheet, sample, field=field, value=text, write=write
    )


def check_repeats(sheet: SampleSheet) -> list[Finding]:
    """Find rows that say the same again, and repeated samples that disagree.

    One identifier in several rows is legal: other lanes, or several indexes of one library as kits
    of 10x Genomics have them. The same index in the same lane again is not. Two projects for one
    identifier stop bcl2fastq: "Only 1 project is allowed for a given sampleId"
    (fls-bioinformatics-core/auto_process_ngs, issue 37).
    """
    found = []
    first: dict[str, SheetSample] = {}
    seen: dict[tuple[object, ...], SheetSample] = {}
    for sample in sheet.samples:
        for lane in sample.lanes or (0,):
            key = (sample.sample_id, lane, sample.index1, sample.index2)
            earlier = seen.setdefault(key, sample)
            if earlier is not sample and sample.sample_id and not sample.unreadable:
                message = (
                    f"{sample.sample_id} has this index in this lane on line {earlier.line} "
                    "already. Leave one of the lines out."
                )
                found.append(
                    of_sample("sample_twice", _ERROR, message, sheet, sample, field=SAMPLE_ID)
                )
                break
        before = first.setdefault(sample.sample_id, sample)
        if before.project != sample.project and sample.sample_id:
            message = (
                f"{sample.sample_id} is in project “{before.project}” on line {before.line} and "
                f"in “{sample.project}” here."
            )
            is_first = sheet.dialect is Dialect.ILLUMINA_V1
            severity = _ERROR if is_first else _WARNING
            found.append(
                of_sample("project_differs", severity, message, sheet, sample, field=PROJECT)
            )
    return found


def by_lane(sheet: SampleSheet) -> Mapping[int | None, Sequence[SheetSample]]:
    """Return samples by lane; those without one are in every lane. None is a sheet without any."""
    lanes = sorted({lane for sample in sheet.samples for lane in sample.lanes})
    if not lanes:
        return {None: sheet.samples}
    return {
        lane: [each for each in sheet.samples if lane in each.lanes or not each.lanes]
        for lane in lanes
    }


Allowance = Callable[[SheetSample, int | None], tuple[int, int]]
"""Mismatches forgiven in index 1 and index 2 for a sample in a lane."""


def check_lanes(
    sheet: SampleSheet,
    allowance: Allowance,
    *,
    independent: frozenset[int] = frozenset(),
    cut_to: Cycles | None = None,
) -> list[Finding]:
    """Find samples of a lane that lack an index or cannot be told apart.

    ``independent`` are lanes of IndependentIndexCollisionCheck. ``cut_to`` are the run's cycles
    where its demultiplexer cuts longer indexes to them, i5 written as it is read.
    """
    found = []
    for lane, samples in by_lane(sheet).items():
        if len({sample.sample_id for sample in samples}) < 2:  # noqa: PLR2004 nobody to confuse
            continue
        where = "" if lane is None else f" in lane {lane}"
        bare = [each for each in samples if not each.index1 and not each.unreadable]
        found += [
            of_sample(
                "index_missing",
                _ERROR,
                f"{sample.sample_id} has no index and is not alone{where}.",
                sheet,
                sample,
                field=INDEX1,
            )
            for sample in bare
        ]
        usable = [each for each in samples if each.index1 and not each.unreadable]
        if len(usable) > _MOST_COMPARED:
            message = f"{len(usable):,} samples{where} are too many to compare with each other."
            found.append(of_sheet("not_compared", _WARNING, message))
            continue
        found += _lengths(sheet, usable, where)
        found += _mixed(sheet, usable, where)
        read = [_as_read(each, cut_to) for each in usable]
        found += _clashes(sheet, usable, read, lane, allowance, independent=lane in independent)
    return found


def _lengths(sheet: SampleSheet, samples: Sequence[SheetSample], where: str) -> list[Finding]:
    found = []
    for field, name in _HEADS.items():
        indexes = [index for each in samples for index in _of(each, field)]
        lengths = sorted({len(index) for index in indexes})
        if len(lengths) > 1:
            message = (
                f"{name.capitalize()} has {' and '.join(map(str, lengths))} bases{where}: the "
                "shorter are compared over their own length, and read on into the adapter."
            )
            line = next(each.line for each in samples if _of(each, field))
            found.append(
                Finding(
                    code="index_lengths",
                    severity=_WARNING,
                    message=message,
                    line=line,
                    column=sheet.columns.get(field),
                )
            )
    return found


def _mixed(sheet: SampleSheet, samples: Sequence[SheetSample], where: str) -> list[Finding]:
    """Find samples without a second index among others that have one."""
    without = [each for each in samples if not each.index2]
    if not without or len(without) == len(samples):
        return []
    return [
        of_sample(
            "index2_missing",
            _WARNING,
            f"{sample.sample_id} has no second index, while others{where} have one.",
            sheet,
            sample,
            field=INDEX2,
        )
        for sample in without
    ]


def _clashes(
    sheet: SampleSheet,
    samples: Sequence[SheetSample],
    read: Sequence[SheetSample],
    lane: int | None,
    allowance: Allowance,
    *,
    independent: bool,
) -> list[Finding]:
    """Compare samples by what the run reads of them, ``read``."""
    where = "" if lane is None else f" in lane {lane}"
    if any(whole is not part for whole, part in zip(samples, read, strict=True)):
        where += " on the cycles that the run reads"
    place = f"{where.strip().capitalize()}, " if where else ""
    barcodes = [
        (each, _barcodes(part, *allowance(each, lane)))
        for each, part in zip(samples, read, strict=True)
    ]
    found: list[tuple[SheetSample, str]] = []
    for first_at, second_at in _near(read, independent=independent):
        (one, ones), (other, others) = barcodes[first_at], barcodes[second_at]
        if one.sample_id == other.sample_id:
            continue  # reads of both go into one sample
        near = (clash(a, b, independent=independent) for a, b in product(ones, others))
        first = next((each for each in near if each is not None), None)
        if first is not None:
            found.append((other, f"{place}{first.sentence}; see line {one.line}."))
    told = [
        of_sample(
            "index_collision",
            _ERROR,
            message,
            sheet,
            sample,
            field=INDEX1,
            value="-".join("+".join(each) for each in (sample.index1, sample.index2) if each),
        )
        for sample, message in found[:_MOST_CLASHES]
    ]
    every = [barcode for _, held in barcodes for barcode in held]
    return [*told, *_about(found, every, where, independent=independent)]


def _as_read(sample: SheetSample, cycles: Cycles | None) -> SheetSample:
    """Return a sample with its indexes as long as they are read; itself where all of them are."""
    if cycles is None:
        return sample
    index1 = tuple(Bases(each[: cycles.index1]) for each in sample.index1)
    index2 = tuple(Bases(each[: cycles.index2]) for each in sample.index2)
    if (index1, index2) == (sample.index1, sample.index2):
        return sample
    return replace(sample, index1=index1, index2=index2)


def _near(samples: Sequence[SheetSample], *, independent: bool) -> Iterable[tuple[int, int]]:
    """Return the places of pairs that may collide; of samples with several pairs, all of them."""
    if any(max(len(each.index1), len(each.index2)) > 1 for each in samples):
        return combinations(range(len(samples)), 2)
    i7 = ["".join(each.index1) for each in samples]
    return near(i7, ["".join(each.index2) for each in samples], independent=independent)


def _about(
    found: Sequence[object], every: Sequence[Barcode], where: str, *, independent: bool
) -> list[Finding]:
    """Say what would help against collisions, and which traps there are without any."""
    notes = []
    if found:
        more = len(found) - _MOST_CLASHES
        if more > 0:
            message = f"{more:,} more pairs{where} cannot be told apart."
            notes.append(of_sheet("index_collision", _ERROR, message))
        way = relaxed(every, independent=independent) if len(every) <= _MOST_RELAXED else None
        if way is not None:
            message = (
                f"With {way.mismatches_i7} mismatches in index 1 and {way.mismatches_i5} in "
                f"index 2, all samples{where} are told apart."
            )
            notes.append(of_sheet("collision_relaxed", Severity.INFO, message))
        return notes
    if len(every) <= _MOST_RELAXED:
        for one, other in reversed_mates(every)[:_MOST_CLASHES]:
            message = (
                f"Index 2 of {one} is that of {other} turned round{where}: read in the wrong "
                "direction, they would swap their reads unseen."
            )
            notes.append(of_sheet("index2_mates", _WARNING, message))
    shared = reused_i7(every)
    if shared:
        i7, names = next(iter(shared.items()))
        message = (
            f"{sum(map(len, shared.values())):,} samples{where} share an index 1 ({i7}: "
            f"{', '.join(names[:3])}…): on a patterned flow cell some of their reads swap."
        )
        notes.append(of_sheet("index1_shared", Severity.INFO, message))
    return notes


def _barcodes(sample: SheetSample, mismatches_i7: int, mismatches_i5: int) -> list[Barcode]:
    return [
        Barcode(
            name=sample.sample_id,
            i7=i7,
            i5=i5,
            mismatches_i7=mismatches_i7,
            mismatches_i5=mismatches_i5,
        )
        for i7, i5 in product(sample.index1, sample.index2 or ("",))
    ]


def _of(sample: SheetSample, field: str) -> Iterable[str]:
    return sample.index1 if field == INDEX1 else sample.index2
