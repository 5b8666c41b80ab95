"""What a sheet says beside its samples: adapters and UMIs by kit, and settings of the recipe.

- BCL Convert takes adapters and OverrideCycles for the whole sheet or in a column of the samples,
  never both, with ``na`` for a sample without an adapter (its guide, "Sample Sheet"; DOMAIN 2d).
- bcl2fastq takes them for the whole sheet only, several adapters parted by +, and UMIs at either
  end of a read of the library: Read1UMILength, Read1UMIStartFromCycle and the first cycle of the
  insert, Read1StartFromCycle, both counted from the read's first cycle (its guide, "Settings").
- Bases2Fastq takes them for a lane. The form of masks is of docs.elembio.io, "Run manifest", page
  "Settings"; the names UmiMask and R1FastQMask are those of RunManifest.json in the tests of TACA.
  Not verified, from memory: that a UMI stays in its read unless R1FastQMask leaves it out. As in
  the default mask, Y*N, the last cycle is not written: it has no next one to be phased by.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from backend.sequencing.ids import I5Orientation
from backend.sequencing.sheets.layouts import LibraryLayout, UmiRead
from backend.sequencing.sheets.masking import (
    OVERRIDE,
    index_segments,
    masks_of,
    whole_mask,
    with_own,
)
from backend.sequencing.sheets.model import Cycles, Entry, SheetSample
from backend.sequencing.sheets.vocabulary import AVITI_SETTINGS, V1_SETTINGS, V2_SETTINGS

_ABSENT = "na"
_YES = "1"
_Settings = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetParts:
    """Samples of a sheet in progress, with their layouts in the same order."""

    samples: tuple[SheetSample, ...]
    layouts: Sequence[LibraryLayout]
    cycles: Cycles
    orientation: I5Orientation
    own: Sequence[tuple[str, str]] = ()
    """Settings of the recipe; they go before what follows from the kits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Settings and samples as they are written, and what to know of them."""

    settings: tuple[Entry, ...]
    samples: tuple[SheetSample, ...]
    notes: tuple[str, ...] = ()


def settled_v2(parts: SheetParts) -> Settled:
    """Return what BCL Convert is told: of all samples where they agree, else of each."""
    settings: _Settings = {"FastqCompressionFormat": "gzip"}
    notes: list[str] = []
    samples = list(parts.samples)
    masks = masks_of(samples, parts.cycles, parts.orientation, parts.layouts)
    whole = whole_mask(parts.cycles)
    if len(set(masks)) == 1 and masks[0] != whole:
        settings[OVERRIDE] = masks[0]
    elif any(mask != whole for mask in masks):
        samples = with_own(samples, OVERRIDE, masks)
    if any("N" in mask for mask in masks):
        notes.append("OverrideCycles leaves out cycles that hold neither insert, index nor UMI.")
    if any("U" in mask for mask in masks):
        settings["TrimUMI"] = _YES
    for key, read, adapters in _adapters(parts):
        cut = [_no_longer(each, read) for each in adapters]
        if cut != adapters:
            notes.append(f"{key} is shortened to the {read} cycles of its read.")
        if len(set(cut)) == 1:
            settings |= {key: cut[0]} if cut[0] else {}
        else:
            samples = with_own(samples, key, [each or _ABSENT for each in cut])
    _take_own(settings, parts.own, V2_SETTINGS.keys(), notes)
    return Settled(
        settings=_entries(settings), samples=tuple(samples), notes=(*notes, *_unread(parts))
    )


def settled_v1(parts: SheetParts) -> Settled:
    """Return what bcl2fastq is told: one setting for all samples, or a note why there is none."""
    settings: _Settings = {}
    notes: list[str] = []
    names = {"AdapterRead1": "Adapter", "AdapterRead2": "AdapterRead2"}
    for key, read, adapters in _adapters(parts):
        if found := _joined([_no_longer(each, read) for each in adapters]):
            settings[names[key]] = found
        if len(set(adapters)) > 1:
            notes.append(_of_all(names[key]))
    if any(each.umis for each in parts.layouts):
        told = _bcl2fastq_umis(parts)
        settings |= told or {}
        if told is None:
            notes.append(
                "UMIs cannot be written in the first format: it has one layout for all samples, "
                "at an end of the reads. Take the second format where the sequencer does, or give "
                "the demultiplexer a bases mask."
            )
    _take_own(settings, parts.own, V1_SETTINGS, notes)
    return Settled(
        settings=_entries(settings), samples=parts.samples, notes=(*notes, *_unread(parts))
    )


def settled_aviti(parts: SheetParts) -> Settled:
    """Return what Bases2Fastq is told: of both lanes where they agree, else of each."""
    notes: list[str] = []
    lanes = sorted({lane for each in parts.samples for lane in each.lanes})
    by_lane = {str(lane): _aviti(_on_lane(parts, lane), notes) for lane in lanes} or {
        "": _aviti(parts, notes)
    }
    told = list(by_lane.values())
    if all(each == told[0] for each in told):
        by_lane = {"": told[0]}
    own: _Settings = {}
    _take_own(own, parts.own, AVITI_SETTINGS.keys(), notes)
    entries = [
        Entry(key, value, lane)
        for lane, found in by_lane.items()
        for key, value in found.items()
        if key not in own
    ]
    return Settled(
        settings=(*entries, *_entries(own)),
        samples=parts.samples,
        notes=(*dict.fromkeys(notes), *_unread(parts)),
    )


def _adapters(parts: SheetParts) -> list[tuple[str, int, list[str]]]:
    """Return by setting the cycles of the read and every sample's adapter; reads that are read."""
    reads: tuple[tuple[str, int | None, Callable[[LibraryLayout], str]], ...] = (
        ("AdapterRead1", parts.cycles.read1, lambda each: each.adapter_read1),
        ("AdapterRead2", parts.cycles.read2, lambda each: each.adapter_read2),
    )
    return [
        (key, cycles, [take(each) for each in parts.layouts])
        for key, cycles, take in reads
        if cycles
    ]


def _no_longer(adapters: str, cycles: int) -> str:
    """Return adapters as far as their read can hold them: more is refused."""
    return "+".join(each[:cycles] for each in adapters.split("+"))


def _joined(adapters: Sequence[str]) -> str:
    parts = dict.fromkeys(part for each in adapters for part in each.split("+") if part)
    return "+".join(parts)


def _of_all(key: str) -> str:
    return (
        f"{key} differs between the kits: every sample is trimmed by all of them, for the format "
        "has no setting of a sample."
    )


def _bcl2fastq_umis(parts: SheetParts) -> _Settings | None:
    """Return the settings of UMIs that all samples share; None where they cannot be written."""
    first = parts.layouts[0].umis
    if any(each.umis != first for each in parts.layouts):
        return None
    if any(each.read.is_index or each.skipped_before for each in first):
        return None
    found: _Settings = {}
    for umi in first:
        name = "Read1" if umi.read is UmiRead.READ_1 else "Read2"
        found |= {
            f"{name}StartFromCycle": str(umi.cycles + 1),
            f"{name}UMILength": str(umi.length),
            f"{name}UMIStartFromCycle": "1",
        }
    return found | {"TrimUMI": _YES}


def _on_lane(parts: SheetParts, lane: int) -> SheetParts:
    there = [
        (sample, layout)
        for sample, layout in zip(parts.samples, parts.layouts, strict=True)
        if lane in sample.lanes
    ]
    return replace(
        parts,
        samples=tuple(sample for sample, _ in there),
        layouts=[layout for _, layout in there],
    )


def _aviti(parts: SheetParts, notes: list[str]) -> _Settings:
    found: _Settings = {}
    for key, read, adapters in _adapters(parts):
        name = "R1" if key == "AdapterRead1" else "R2"
        if joined := _joined([_no_longer(each, read) for each in adapters]):
            found |= {f"{name}Adapter": joined, f"{name}AdapterTrim": "true"}
        if len(set(adapters)) > 1:
            notes.append(_of_all(f"{name}Adapter"))
    alike = {(each.umis, *_lengths(sample)) for sample, each in _pairs(parts)}
    if not any(each.umis for each in parts.layouts):
        return found
    if len(alike) == 1:
        found |= _aviti_masks(parts)
    else:
        notes.append(
            "UMIs differ between the libraries of a lane, and Bases2Fastq has one mask for each "
            "lane. Load them on lanes of their own."
        )
    return found


def _pairs(parts: SheetParts) -> list[tuple[SheetSample, LibraryLayout]]:
    return list(zip(parts.samples, parts.layouts, strict=True))


def _lengths(sample: SheetSample) -> tuple[int, int]:
    return len("".join(sample.index1[:1])), len("".join(sample.index2[:1]))


def _aviti_masks(parts: SheetParts) -> _Settings:
    """Return the masks of a lane whose libraries have one layout, in the order of sequencing."""
    layout, found = parts.layouts[0], {}
    i7, i5 = _lengths(parts.samples[0])
    umi_masks = []
    for umi in layout.umis:
        read = umi.read.name_in_masks
        if not umi.read.is_index:
            umi_masks.append(f"{read}:{_yes_no(umi.segments, 'U')}")
            found[f"{read}FastQMask"] = f"{read}:N{umi.cycles}Y*N"
            continue
        parts_of = index_segments(umi, i7 if umi.read is UmiRead.INDEX_1 else i5)
        reverse = parts.orientation is I5Orientation.REVERSE_COMPLEMENT
        if umi.read is UmiRead.INDEX_2 and reverse:
            parts_of.reverse()
        umi_masks.append(f"{read}:{_yes_no(parts_of, 'U')}")
        if any(kind == "I" for kind, _ in parts_of):
            found[f"{read}Mask"] = f"{read}:{_yes_no(parts_of, 'I')}"
    return {"UmiMask": "-".join(umi_masks), **found}


def _yes_no(segments: Sequence[tuple[str, int]], wanted: str) -> str:
    """Return a mask of Bases2Fastq: Y what is wanted, N all else to the end of the read."""
    made = "".join(f"{'Y' if kind == wanted else 'N'}{count}" for kind, count in segments)
    return f"{made}N*"


def _take_own(
    settings: _Settings, own: Sequence[tuple[str, str]], known: Collection[str], notes: list[str]
) -> None:
    """Put the recipe's settings in, those that the format has."""
    settings |= {key: value for key, value in own if key in known}
    lost = [key for key, _ in own if key not in known]
    if lost:
        notes.append(f"Settings of the recipe that this format does not have: {', '.join(lost)}.")


def _entries(settings: Mapping[str, str]) -> tuple[Entry, ...]:
    return tuple(Entry(key, value) for key, value in settings.items())


def _unread(parts: SheetParts) -> list[str]:
    """Say whose UMIs the run has no cycles for."""
    short = []
    for sample, layout in _pairs(parts):
        lengths = dict(zip((UmiRead.INDEX_1, UmiRead.INDEX_2), _lengths(sample), strict=True))
        for umi in layout.umis:
            read = getattr(parts.cycles, umi.read.value) or 0
            if umi.cycles + lengths.get(umi.read, 1) > read:
                short.append(f"{sample.sample_id} ({umi.read.name_in_masks})")
    if not short:
        return []
    more = f" and {len(short) - 3} more" if len(short) > 3 else ""  # noqa: PLR2004 named at most
    return [f"The run has too few cycles for the UMIs of {', '.join(short[:3])}{more}."]
