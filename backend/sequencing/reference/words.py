"""What the fields of each kind are called, in which unit, and how a value is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from backend.sequencing.ids import ClockStart, I5Orientation
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.reference.content import (
    BaseContent,
    ChannelContent,
    Content,
    KitWell,
    ReadConfiguration,
    SheetSettingContent,
    UmiContent,
)
from backend.sequencing.reference.ids import MixingClass, ReferenceKind

DARK = "dark"
"""What a base lights that no channel sees."""


@dataclass(frozen=True, slots=True)
class KindWords:
    """A kind in the plural and in the singular, and what it is for."""

    many: str
    one: str
    about: str


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field as people read it; ``unit`` is empty for what has none."""

    label: str
    unit: str = ""
    help_text: str = ""


KINDS: Mapping[ReferenceKind, KindWords] = MappingProxyType(
    {
        ReferenceKind.PLATFORM: KindWords(
            "Platforms", "platform", "Makes of sequencers, and how they read the second index"
        ),
        ReferenceKind.FLOW_CELL: KindWords(
            "Flow cells", "flow cell", "Lanes, and the reads that a lane yields"
        ),
        ReferenceKind.CHEMISTRY: KindWords(
            "Chemistries", "chemistry", "Which channel sees which base"
        ),
        ReferenceKind.INDEX_KIT: KindWords(
            "Index kits", "index kit", "Wells and their index pairs, i5 forward; adapters and UMIs"
        ),
        ReferenceKind.RECIPE: KindWords("Recipes", "recipe", "Cycles, hours and PhiX of a run"),
        ReferenceKind.ASSAY: KindWords(
            "Assays", "assay", "What a library needs, and what is promised"
        ),
        ReferenceKind.POOLING: KindWords(
            "Pooling", "setting of pooling", "Factors, pipettes and shares of the laboratory"
        ),
        ReferenceKind.QUEUE_PLANNING: KindWords(
            "Queue planning",
            "setting of queue planning",
            "What is worth a delay, what may share a lane, how long runs are",
        ),
    }
)

FIELDS: Mapping[str, FieldWords] = MappingProxyType(
    {
        "detection": FieldWords("Detection"),
        "channels": FieldWords(
            "Channels",
            "",
            "One a line with what a cycle is in which nothing lights it: error, warning or good, "
            "such as red: warning. Empty takes the usual ones, with what bases light.",
        ),
        "lights": FieldWords(
            "What a base lights", "", "One a line, such as A: red + green, or G: dark."
        ),
        "note": FieldWords("Note"),
        "maker": FieldWords("Maker"),
        "run_prefix": FieldWords("Prefix of runs", "", "Two to four capital letters."),
        "chemistry": FieldWords("Chemistry"),
        "i5_orientation": FieldWords("Second index is read"),
        "is_patterned": FieldWords("Patterned flow cell"),
        "sheet_name": FieldWords("Name in sample sheets", "", "InstrumentPlatform of a v2 sheet."),
        "low_diversity_phix_percent": FieldWords(
            "PhiX for low diversity", "%", "The least its maker asks for; empty where unknown."
        ),
        "platform": FieldWords("Platform"),
        "lanes": FieldWords("Lanes"),
        "reads_pf_millions_per_lane": FieldWords(
            "Reads of a lane", "M", "Passing filter; empty until somebody has looked it up."
        ),
        "configurations": FieldWords(
            "Read configurations", "cycles", "One a line, such as 300 cycles: 151 + 151."
        ),
        "adapter_read1": FieldWords(
            "Adapter of read 1", "", "What is trimmed behind a short insert; several parted by +."
        ),
        "adapter_read2": FieldWords(
            "Adapter of read 2", "", "Empty: none is trimmed. Not taken over from read 1."
        ),
        "umis": FieldWords(
            "UMIs",
            "",
            "One a line: U bases of the UMI, N bases left out, as read 1: U7N1, or index 1: U9 "
            "behind the index, or index 1: U8 before. Empty: none.",
        ),
        "wells": FieldWords("Index pairs"),
        "flow_cell": FieldWords("Flow cell"),
        "read1_cycles": FieldWords("Read 1", "cycles"),
        "read2_cycles": FieldWords("Read 2", "cycles", "0 for a single read."),
        "index1_cycles": FieldWords("Index 1", "cycles"),
        "index2_cycles": FieldWords("Index 2", "cycles"),
        "run_hours": FieldWords("Run takes", "h", "Empty until it has been measured."),
        "price": FieldWords(
            "A run costs", "", "Flow cell and reagents, in one currency; weighs sizes in planning."
        ),
        "phix_percent": FieldWords("PhiX", "%"),
        "sheet_settings": FieldWords(
            "Settings of its sample sheets",
            "",
            "One a line, such as NoLaneSplitting: true. Adapters, masks and UMIs follow from the "
            "kits.",
        ),
        "library_type": FieldWords("Library type"),
        "mixing": FieldWords("Shares a lane"),
        "reads_millions": FieldWords("Reads of a library", "M", "Passing filter."),
        "coverage_x": FieldWords("Coverage", "×"),
        "target_megabases": FieldWords("Target", "Mb", "What the coverage is meant over."),
        "turnaround_working_days": FieldWords("Turnaround", "working days"),
        "clock_start": FieldWords(
            "Turnaround counts", "", "Empty: as the laboratory's calendar and targets say."
        ),
        "thresholds": FieldWords(
            "QC thresholds", "", "Analysis they are published for; empty takes the material's."
        ),
        "dsdna_g_per_mol_per_bp": FieldWords("Mass of a base pair", "g/mol"),
        "pipette_minimum_hand_ul": FieldWords("Least by hand", "µL"),
        "pipette_minimum_robot_ul": FieldWords("Least by robot", "µL"),
        "dead_volume_ul": FieldWords("Dead volume", "µL", "Stays in the tube."),
        "undetermined_percent": FieldWords("Undetermined reads", "%"),
        "run_delay_hours": FieldWords(
            "Saving a run is worth", "h of delay", "Of one library; a run is added to save more."
        ),
        "lane_delay_hours": FieldWords("Saving a lane is worth", "h of delay"),
        "uneven_delay_hours": FieldWords(
            "Even lanes are worth",
            "h of delay",
            "For a lane as full as its run's fullest; 0 for none.",
        ),
        "missing_channel_delay_minutes": FieldWords(
            "A missing colour costs", "min of delay", "For each cycle of an index read."
        ),
        "dark_cycle_delay_minutes": FieldWords(
            "A dark cycle costs", "min of delay", "A cycle of an index read that nothing lights."
        ),
        "left_out_delay_days": FieldWords(
            "A library left out costs",
            "days of delay",
            "High, so that only what must be is left out.",
        ),
        "single_with_dual": FieldWords("One index beside two in a lane"),
        "unequal_indexes": FieldWords("Indexes of different lengths in a lane"),
        "projects_apart": FieldWords(
            "Projects kept apart", "", "Share a lane with no other project. One code a line."
        ),
        "fill_booked_runs": FieldWords(
            "Fill up runs that are booked",
            "",
            "Libraries are proposed for their lanes until they begin; a person accepts.",
        ),
        "usual_run_hours": FieldWords(
            "A run takes, where unknown",
            "h",
            "Where neither recipe, flow cell nor an earlier booking says it.",
        ),
        "horizon_days": FieldWords("Planned ahead", "days"),
        "planned_percent": FieldWords("Planned share of a lane", "%", "Of what is left: safety."),
    }
)

VALUES: Mapping[StrEnum, str] = MappingProxyType(
    {
        Chemistry.FOUR_CHANNEL: "four channels",
        Chemistry.TWO_CHANNEL_RED_GREEN: "two channels, red and green",
        Chemistry.TWO_CHANNEL_BLUE_GREEN: "two channels, blue and green",
        Chemistry.XLEAP: "two channels, XLEAP",
        Chemistry.ONE_CHANNEL: "one channel, two images",
        Chemistry.AVIDITY: "avidity",
        Chemistry.NANOPORE: "pores, no colours",
        I5Orientation.FORWARD: "forward",
        I5Orientation.REVERSE_COMPLEMENT: "as reverse complement",
        ClockStart.ORDERED: "from the request",
        ClockStart.RECEIVED: "from the complete order, its samples received",
        ClockStart.ACCEPTED: "from the complete order, its samples accepted",
        MixingClass.ANY: "with any library",
        MixingClass.SAME_TYPE: "only with its own type",
        MixingClass.ALONE: "with no other assay",
    }
)


@dataclass(frozen=True, slots=True)
class Change:
    """What a field was and is, in words."""

    label: str
    before: str
    after: str


def written(value: object) -> str:
    """Return a value as people read it, without its unit; a dash where there is none."""
    match value:
        case None | "" | ():
            return "–"
        case bool():
            return "yes" if value else "no"
        case StrEnum():
            return VALUES[value]
        case Decimal():
            return f"{value.normalize():f}"
        case tuple():
            return _several(value)
        case _:
            return str(value)


def configuration(each: ReadConfiguration) -> str:
    """Return a read configuration as the form takes it: name, a colon, cycles."""
    second = f" + {each.read2_cycles}" if each.read2_cycles else ""
    return f"{each.name}: {each.read1_cycles}{second}"


def channel(each: ChannelContent) -> str:
    """Return a channel as the form takes it: name, a colon, what its darkness is."""
    return f"{each.name}: {each.when_dark.value}"


def base_light(each: BaseContent) -> str:
    """Return a base as the form takes it, a colon, what it lights."""
    return f"{each.base}: {' + '.join(each.channels) or DARK}"


def umi(each: UmiContent) -> str:
    """Return a UMI as the form takes it: read, a colon, its cycles by kind."""
    cycles = "".join(
        f"{kind}{count}"
        for kind, count in (
            ("N", each.skipped_before),
            ("U", each.length),
            ("N", each.skipped_after),
        )
        if count
    )
    return f"{each.read.in_words}: {cycles}{' before' if each.before_index else ''}"


def sheet_setting(each: SheetSettingContent) -> str:
    """Return a setting of a sheet as the form takes it: key, a colon, value."""
    return f"{each.key}: {each.value}"


def line(each: object) -> str:
    """Return one of several values as a line of its form."""
    match each:
        case ReadConfiguration():
            return configuration(each)
        case ChannelContent():
            return channel(each)
        case BaseContent():
            return base_light(each)
        case UmiContent():
            return umi(each)
        case SheetSettingContent():
            return sheet_setting(each)
        case _:
            return str(each)


def differences(before: Content, after: Content) -> list[Change]:
    """Return what changed between two versions of an entry, in the order of its fields."""
    changes = []
    for name in type(after).model_fields:
        was, now = getattr(before, name), getattr(after, name)
        if was == now:
            continue
        if name == "wells":
            changes += _wells(was, now)
        else:
            unit = FIELDS[name].unit
            label = f"{FIELDS[name].label}, {unit}" if unit else FIELDS[name].label
            changes.append(Change(label, written(was), written(now)))
    return changes


def _wells(before: tuple[KitWell, ...], after: tuple[KitWell, ...]) -> list[Change]:
    was = {each.name: _pair(each) for each in before}
    now = {each.name: _pair(each) for each in after}
    names = [*now, *(name for name in was if name not in now)]
    changed = [
        Change(name, was.get(name, "–"), now.get(name, "–"))
        for name in names
        if was.get(name) != now.get(name)
    ]
    return changed or [Change("Order of the wells", "as before", "another")]


def _pair(each: KitWell) -> str:
    place = f"{each.well} " if each.well else ""
    return f"{place}{each.i7}{f' + {each.i5}' if each.i5 else ''}"


def _several(values: tuple[object, ...]) -> str:
    if isinstance(values[0], KitWell):
        return f"{len(values)} pairs"
    return "; ".join(map(line, values))
