"""A sheet of Illumina's first format, or a bare table, as one of the second.

The second format has i5 forward always; the first has it as it is sequenced (DOMAIN 2d). What has
no place in the second format is left out and said. UMIs at the beginning of reads, which bcl2fastq
has as settings of their own, become part of OverrideCycles; BCL Convert trims them unless told
otherwise, and bcl2fastq only if told to.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from backend.sequencing.errors import SheetRefused
from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.orientation import i5_reading, reverse_complement
from backend.sequencing.sheets.layouts import LibraryLayout, Umi, UmiRead
from backend.sequencing.sheets.masking import OVERRIDE, masks_of, whole_mask, with_own
from backend.sequencing.sheets.model import Bases, Cycles, Entry, SampleSheet, SheetSample
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.sheets.vocabulary import V2_SETTINGS, is_v2_column

_RENAMED: Mapping[str, str] = MappingProxyType(
    {"Adapter": "AdapterRead1", "AdapterRead2": "AdapterRead2", "MaskAdapter": "AdapterRead1"}
)
_UMI_KEYS = ("UMILength", "UMIStartFromCycle", "StartFromCycle")
"""Of bcl2fastq, behind Read1 or Read2; both starts are counted from the read's first cycle."""
_MEANS_NOTHING = frozenset({("ReverseComplement", "0")})


@dataclass(frozen=True, slots=True)
class Converted:
    """The sheet of the second format, and a sentence for everything that changed its form."""

    sheet: SampleSheet
    notes: tuple[str, ...]


def to_v2(
    sheet: SampleSheet, *, i5: I5Orientation | None = None, run: Cycles | None = None
) -> Converted:
    """Convert a sheet; ``i5`` says how the instrument reads it, if the sheet's name does not.

    Raises:
        SheetRefused: not of the first format, no cycles, or nothing says how i5 is read.
    """
    if sheet.dialect not in (Dialect.ILLUMINA_V1, Dialect.TABLE):
        raise SheetRefused("Only a sheet of Illumina's first format or a bare table is converted.")
    cycles = _cycles(sheet, run)
    notes: list[str] = []
    orientation = _orientation(sheet, i5, notes)
    samples = tuple(_forward(each, orientation) for each in sheet.samples)
    layout = _layout(sheet)
    settings = _settings(sheet, layout, notes)
    if not sheet.setting(OVERRIDE):
        samples = _with_masks(samples, cycles, orientation, layout, notes)
    samples = _known_columns(samples, notes)
    kept = tuple(each for each in sheet.others if re.fullmatch(r"\w+_(Settings|Data)", each.name))
    lost = [f"[{each.name}]" for each in sheet.others if each not in kept]
    if lost:
        notes.append(f"Left out, for the second format has no such section: {', '.join(lost)}.")
    return Converted(
        SampleSheet(
            dialect=Dialect.ILLUMINA_V2,
            header=_header(sheet, notes),
            cycles=cycles,
            settings=settings,
            samples=samples,
            others=kept,
        ),
        tuple(notes),
    )


def _cycles(sheet: SampleSheet, run: Cycles | None) -> Cycles:
    """Return the run's reads; without RunInfo the sheet's, with its longest indexes."""
    if run is not None:  # the second format leaves out reads that a run does not have
        return Cycles(
            read1=run.read1,
            read2=run.read2 or None,
            index1=run.index1 or None,
            index2=run.index2 or None,
        )
    if sheet.cycles is None or not sheet.cycles.read1:
        raise SheetRefused("The sheet says no cycles of its reads. Give the run's RunInfo.xml.")
    longest = {
        "index1": max((len(one) for each in sheet.samples for one in each.index1), default=0),
        "index2": max((len(one) for each in sheet.samples for one in each.index2), default=0),
    }
    return replace(sheet.cycles, **{name: count or None for name, count in longest.items()})


def _orientation(
    sheet: SampleSheet, given: I5Orientation | None, notes: list[str]
) -> I5Orientation:
    if given is None and any(each.index2 for each in sheet.samples):
        instrument = sheet.header_value("Instrument Type", "InstrumentType", "Application")
        known = i5_reading(instrument)
        if known is None:
            named = f"“{instrument}”" if instrument else "The sheet names no instrument, which"
            raise SheetRefused(
                f"{named} does not say how i5 is read, and the two formats write it differently. "
                "Say it (“i5 is read” on the page, --i5 in a terminal), or give the run's "
                "RunInfo.xml."
            )
        given = known.orientation
        notes.append(f"{instrument} reads i5 {given.value.replace('_', ' ')} (from the table).")
    if given is I5Orientation.REVERSE_COMPLEMENT and any(each.index2 for each in sheet.samples):
        notes.append("Every i5 was turned round: the second format has it forward.")
    return given or I5Orientation.FORWARD


def _forward(sample: SheetSample, orientation: I5Orientation) -> SheetSample:
    if orientation is I5Orientation.FORWARD:
        return sample
    return replace(sample, index2=tuple(Bases(reverse_complement(each)) for each in sample.index2))


def _header(sheet: SampleSheet, notes: list[str]) -> tuple[Entry, ...]:
    taken = {
        "RunName": sheet.header_value("Experiment Name", "Project Name"),
        "RunDescription": sheet.header_value("Description"),
        "InstrumentType": sheet.header_value("Instrument Type"),
    }
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", taken["RunName"]).strip("_")
    entries = [Entry("FileFormatVersion", "2")]
    values = {**taken, "RunName": name}
    entries += [Entry(key, value) for key, value in values.items() if value and value.isascii()]
    used = {"Experiment Name", "Description", "Instrument Type", "IEMFileVersion"}
    lost = [each.key for each in sheet.header if each.key not in used and each.value]
    if lost:
        notes.append(f"Left out of [Header]: {', '.join(lost)}.")
    return (*entries, Entry("IndexOrientation", "Forward"))


def _layout(sheet: SampleSheet) -> LibraryLayout:
    """Return the UMIs that stand at the beginning of the reads by the first format's settings."""
    umis = []
    for read in (UmiRead.READ_1, UmiRead.READ_2):
        name = read.value.capitalize()
        length, first, insert = (
            int(text) if (text := sheet.setting(f"{name}{key}")).isdecimal() else 0
            for key in _UMI_KEYS
        )
        before = max(first, 1) - 1
        after = insert - 1 - before - length if insert else 0
        if length and after >= 0:
            umi = Umi(read=read, length=length, skipped_before=before, skipped_after=after)
            umis.append(umi)
    return LibraryLayout(umis=tuple(umis))


def _settings(sheet: SampleSheet, layout: LibraryLayout, notes: list[str]) -> tuple[Entry, ...]:
    held: dict[str, str] = {"TrimUMI": "0"} if layout.umis else {}
    if layout.umis and (trim := sheet.setting("TrimUMI")):
        held["TrimUMI"] = trim
    masked = {f"{each.read.value.capitalize()}{key}" for each in layout.umis for key in _UMI_KEYS}
    lost = []
    for entry in sheet.settings:
        key = _RENAMED.get(entry.key, entry.key)
        if (entry.key, entry.value) in _MEANS_NOTHING or not entry.value or entry.key in masked:
            continue
        if key not in V2_SETTINGS:
            lost.append(f"{entry.key},{entry.value}")
            continue
        held.setdefault(key, entry.value)
        if entry.key == "MaskAdapter":
            held["AdapterBehavior"] = "mask"
    if lost:
        notes.append(f"Left out, for BCL Convert has no such setting: {'; '.join(lost)}.")
    return tuple(Entry(key, value) for key, value in held.items())


def _with_masks(
    samples: Sequence[SheetSample],
    cycles: Cycles,
    orientation: I5Orientation,
    layout: LibraryLayout,
    notes: list[str],
) -> tuple[SheetSample, ...]:
    """Give every sample its OverrideCycles where an index is shorter than its read, or for UMIs."""
    masks = masks_of(samples, cycles, orientation, [layout] * len(samples))
    whole = whole_mask(cycles)
    if all(mask == whole for mask in masks) or any(each.own(OVERRIDE) for each in samples):
        return tuple(samples)
    if layout.umis:
        notes.append("UMIs became part of OverrideCycles, one column of every sample.")
    if any("N" in mask for mask in masks):
        notes.append("OverrideCycles leaves out cycles that hold neither insert, index nor UMI.")
    return tuple(with_own(samples, OVERRIDE, masks))


def _known_columns(samples: Sequence[SheetSample], notes: list[str]) -> tuple[SheetSample, ...]:
    """Leave out columns that BCL Convert does not know, and names that repeat the identifier."""
    lost = sorted({name for each in samples for name, _ in each.extra if not is_v2_column(name)})
    if lost:
        notes.append(f"Left out of the samples: {', '.join(lost)}.")
    if any(each.name not in ("", each.sample_id) for each in samples):
        notes.append("Sample_Name is read only with --sample-name-column-enabled.")
    names = {each.name for each in samples if each.name != each.sample_id}
    return tuple(
        replace(
            each,
            name=each.name if names - {""} else "",
            extra=tuple(pair for pair in each.extra if is_v2_column(pair[0])),
        )
        for each in samples
    )
