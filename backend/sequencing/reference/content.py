"""What a version of each kind says. Strict: a word for a number, or a field too many, is refused.

Keys name entries of another kind. Sequences are A, C, G and T; i5 is in forward direction, as an
adapter sheet lists it, whichever way the sequencer reads it.
"""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from backend.sequencing.ids import ClockStart, I5Orientation
from backend.sequencing.indexing.colours import (
    BASES,
    USUAL_COLOURS,
    Channel,
    Chemistry,
    Colours,
    Verdict,
    why_impossible,
)
from backend.sequencing.reference.ids import MixingClass, ReferenceKind
from backend.sequencing.sheets.layouts import LibraryLayout, Umi, UmiRead
from backend.sequencing.sheets.vocabulary import why_no_setting

MOST_WELLS = 384
KEY_PATTERN = r"^[a-z0-9][a-z0-9_]{0,59}$"
WELL = re.compile(r"^([A-P])(0[1-9]|1[0-9]|2[0-4])$")
"""A well of a plate of up to 384, column with two digits: A01."""


def _in_capitals(written: object) -> object:
    return "".join(written.split()).upper() if isinstance(written, str) else written


Key = Annotated[str, StringConstraints(strip_whitespace=True, pattern=KEY_PATTERN)]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
_Bases = Annotated[str, StringConstraints(pattern=r"^[ACGT]{4,24}$")]
_Adapters = Annotated[
    str,
    BeforeValidator(_in_capitals),
    StringConstraints(max_length=300, pattern=r"^([ACGT]+(\+[ACGT]+)*)?$"),
]
"""A, C, G and T; several parted by ``+``, none is empty."""
_Skipped = Annotated[int, Field(ge=0, le=24)]
_Cycles = Annotated[int, Field(ge=0, le=650)]
_Percent = Annotated[Decimal, Field(ge=0, le=100)]
_Hours = Annotated[Decimal, Field(ge=0, le=10_000, decimal_places=3)]
_Price = Annotated[Decimal, Field(gt=0, le=10_000_000, decimal_places=2)]
_RunHours = Annotated[Decimal, Field(gt=0, le=400, decimal_places=1)]
_Project = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Content(BaseModel):
    """The content of any kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ChannelContent(Content):
    """A colour that is looked for, and what a cycle is in which no library lights it."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{0,19}$")
    ]
    when_dark: Verdict


class BaseContent(Content):
    """What a base lights; without channels it is dark."""

    base: Annotated[str, StringConstraints(pattern=f"^[{BASES}]$")]
    channels: Annotated[tuple[_Name, ...], Field(max_length=2)] = ()


class ChemistryContent(Content):
    """How a sequencer sees bases. Without channels and lights it has the usual ones."""

    detection: Chemistry
    channels: Annotated[tuple[ChannelContent, ...], Field(max_length=4)] = ()
    lights: Annotated[tuple[BaseContent, ...], Field(max_length=4)] = ()
    note: _Words = ""

    @property
    def colours(self) -> Colours:
        """Return the colours as checks and drawings take them."""
        lit = {each.base: frozenset(each.channels) for each in self.lights}
        return Colours(
            self.detection,
            tuple(Channel(each.name, each.when_dark) for each in self.channels),
            tuple(lit.get(base, frozenset()) for base in BASES),
        )

    @model_validator(mode="before")
    @classmethod
    def _usual_colours(cls, given: object) -> object:
        if not isinstance(given, Mapping) or given.get("channels") or given.get("lights"):
            return given
        detection = given.get("detection")
        if not isinstance(detection, str) or detection not in set(Chemistry):
            return given  # which its own field tells
        usual = USUAL_COLOURS[Chemistry(detection)]
        channels = [{"name": each.name, "when_dark": each.when_dark} for each in usual.channels]
        lights = [{"base": base, "channels": sorted(usual.lit(base))} for base in BASES]
        return {**given, "channels": channels, "lights": lights}

    @model_validator(mode="after")
    def _possible(self) -> Self:
        given = "".join(each.base for each in self.lights)
        if self.channels and sorted(given) != list(BASES):
            raise ValueError("Say once of each of A, C, G and T what it lights.")
        if said := why_impossible(self.colours):
            raise ValueError(said)
        return self


class PlatformContent(Content):
    """A make of sequencer with the reagents that decide how it reads."""

    maker: _Name
    run_prefix: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}$")]
    """Letters before the number of a run, as in NX-0031."""
    chemistry: Key
    i5_orientation: I5Orientation
    is_patterned: bool
    """Whether clusters sit in wells: free adapters hop between libraries there."""
    sheet_name: _Words = ""
    """InstrumentPlatform of a sample sheet v2; empty where none is known."""
    low_diversity_phix_percent: _Percent | None = None
    """The least share of PhiX that its maker asks for with low diversity; None where unknown."""


class ReadConfiguration(Content):
    """The most cycles of a reagent kit, read by read; ``read2_cycles`` 0 is a single read."""

    name: _Name
    read1_cycles: Annotated[int, Field(ge=1, le=650)]
    read2_cycles: _Cycles = 0


class FlowCellContent(Content):
    """A flow cell of a platform."""

    platform: Key
    lanes: Annotated[int, Field(ge=1, le=96)]
    reads_pf_millions_per_lane: (
        Annotated[Decimal, Field(gt=0, le=100_000, decimal_places=3)] | None
    ) = None
    """Clusters passing filter that a lane yields, millions; a pair of reads counts once.

    None where nobody has looked it up: no instrument is put into service with it.
    """
    configurations: Annotated[tuple[ReadConfiguration, ...], Field(max_length=20)] = ()
    """Read lengths that reagents are sold for; none where none are known."""
    run_hours: _RunHours | None = None
    """Hours of a run for which no recipe says them; None until the laboratory has measured it."""
    price: _Price | None = None
    """What a run with it costs, flow cell and reagents, in the laboratory's currency.

    Against the prices of other sizes it says which one a run is worth; None until it is entered.
    """


class KitWell(Content):
    """An index pair of a kit; without a second index, ``i5`` is None."""

    well: Annotated[str, StringConstraints(pattern=WELL.pattern)] | None = None
    """Place on the kit's plate; None where the maker gives none."""
    name: _Name
    i7: _Bases
    i5: _Bases | None = None


class UmiContent(Content):
    """A molecular identifier of a kit's libraries (`sheets.layouts.Umi`), in cycles."""

    read: UmiRead
    length: Annotated[int, Field(ge=1, le=32)]
    skipped_before: _Skipped = 0
    skipped_after: _Skipped = 0
    before_index: bool = False
    """Of an index read: whether it stands before the index, as the kit lists it."""


class IndexKitContent(Content):
    """The index pairs of a kit, in the order of its plate, and what else its libraries carry."""

    maker: _Name
    adapter_read1: _Adapters = ""
    """What read 1 runs into behind a short insert, and a demultiplexer trims."""
    adapter_read2: _Adapters = ""
    umis: Annotated[tuple[UmiContent, ...], Field(max_length=4)] = ()
    wells: Annotated[tuple[KitWell, ...], Field(min_length=1, max_length=MOST_WELLS)]

    @property
    def layout(self) -> LibraryLayout:
        """Return what a sheet needs to know of the kit's libraries beside their indexes."""
        return LibraryLayout(
            adapter_read1=self.adapter_read1,
            adapter_read2=self.adapter_read2,
            umis=tuple(Umi(**each.model_dump()) for each in self.umis),
        )

    @field_validator("umis")
    @classmethod
    def _one_umi_a_read(cls, umis: tuple[UmiContent, ...]) -> tuple[UmiContent, ...]:
        reads = [each.read for each in umis]
        if twice := next((read for read in reads if reads.count(read) > 1), None):
            raise ValueError(f"{twice.in_words.capitalize()} has two UMIs. Keep one of each read.")
        inline = next((e.read for e in umis if e.before_index and not e.read.is_index), None)
        if inline is not None:
            raise ValueError(f"{inline.in_words.capitalize()} has no index. Leave out “before”.")
        return umis

    @property
    def is_unique_dual(self) -> bool:
        """Whether no index of either side is used twice (UDI)."""
        i7, i5 = [each.i7 for each in self.wells], [each.i5 for each in self.wells]
        return None not in i5 and len(set(i7)) == len(i7) and len(set(i5)) == len(i5)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        first = self.wells[0]
        for each in self.wells:
            if len(each.i7) != len(first.i7) or len(each.i5 or "") != len(first.i5 or ""):
                raise ValueError(
                    f"{each.name} has indexes of another length than {first.name}. "
                    "A kit has one length on each side."
                )
        for what, seen in (
            ("name", [each.name for each in self.wells]),
            ("well", [each.well for each in self.wells if each.well]),
            ("index pair", [f"{each.i7}+{each.i5 or ''}" for each in self.wells]),
        ):
            twice = next((one for one, times in Counter(seen).items() if times > 1), None)
            if twice is not None:
                raise ValueError(f"The {what} {twice} stands there twice. Keep it once.")
        return self


class SheetSettingContent(Content):
    """A setting of a sample sheet, as its format spells it."""

    key: _Name
    value: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _of_a_format(self) -> Self:
        if said := why_no_setting(self.key, self.value):
            raise ValueError(said)
        return self


class RecipeContent(Content):
    """How a flow cell is run, in cycles; ``read2_cycles`` and index cycles 0 are not read."""

    flow_cell: Key
    read1_cycles: Annotated[int, Field(ge=1, le=650)]
    read2_cycles: _Cycles
    index1_cycles: Annotated[int, Field(ge=0, le=24)]
    index2_cycles: Annotated[int, Field(ge=0, le=24)]
    run_hours: _RunHours | None = None
    """Hours from start to last base; None until the laboratory has measured it."""
    phix_percent: _Percent = Decimal(1)
    """Share of PhiX in the pool that is loaded, percent."""
    sheet_settings: Annotated[tuple[SheetSettingContent, ...], Field(max_length=30)] = ()
    """Settings that the sheets of its runs have beside those that follow from kits and cycles."""

    @field_validator("sheet_settings")
    @classmethod
    def _each_setting_once(
        cls, settings: tuple[SheetSettingContent, ...]
    ) -> tuple[SheetSettingContent, ...]:
        keys = [each.key for each in settings]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise ValueError(f"{twice} is set twice. Keep it once.")
        return settings

    @property
    def cycles(self) -> int:
        """All cycles of the run."""
        return self.read1_cycles + self.read2_cycles + self.index1_cycles + self.index2_cycles


class AssayContent(Content):
    """What is done to a sample from order to data, and what is promised."""

    library_type: _Name
    mixing: MixingClass
    read1_cycles: Annotated[int, Field(ge=1, le=650)]
    read2_cycles: _Cycles
    reads_millions: Annotated[Decimal, Field(gt=0, le=100_000, decimal_places=3)] | None = None
    """Clusters a library needs, millions; a pair of reads counts once."""
    coverage_x: Annotated[Decimal, Field(gt=0, le=100_000)] | None = None
    """Mean depth over the target, times."""
    target_megabases: Annotated[Decimal, Field(gt=0, le=1_000_000)] | None = None
    """Bases that ``coverage_x`` is meant over, millions."""
    phix_percent: _Percent = Decimal(1)
    """The least share of PhiX its lanes need, percent."""
    turnaround_working_days: Annotated[int, Field(ge=1, le=365)] | None = None
    """Promised from the start of the clock to delivery, working days."""
    clock_start: ClockStart | None = None
    """From what on its turnaround is counted; None as the laboratory's terms have it."""
    thresholds: _Words = ""
    """Analysis whose thresholds of quality control judge its libraries; empty is the material's."""


class PoolingContent(Content):
    """The laboratory's settings of pooling and of filling lanes."""

    dsdna_g_per_mol_per_bp: Annotated[Decimal, Field(ge=600, le=700)]
    """Mean mass of a base pair, g/mol: nM = ng/µL × 10⁶ / (this × bp)."""
    pipette_minimum_hand_ul: Annotated[Decimal, Field(gt=0, le=100)]
    """The least that a person pipettes, µL."""
    pipette_minimum_robot_ul: Annotated[Decimal, Field(gt=0, le=100)]
    """The least that a robot pipettes, µL."""
    dead_volume_ul: Annotated[Decimal, Field(ge=0, le=100)]
    """What stays in a tube and cannot be taken, µL."""
    phix_percent: Annotated[Decimal, Field(ge=0, lt=100)]
    """Share of PhiX in a lane for which no recipe says another, percent."""
    undetermined_percent: Annotated[Decimal, Field(ge=0, lt=100)]
    """Share of a lane's reads that no library gets, percent."""
    planned_percent: Annotated[Decimal, Field(gt=0, le=100)]
    """Share of what is left that may be planned on, percent: the safety."""


class QueuePlanningContent(Content):
    """By what the queue is planned: what is worth a delay, what shares a lane, how long runs are.

    A delay is that of one library: 5 hours for a run say that a plan which saves a run may bring
    one library 5 hours later, or five of them one hour.
    """

    run_delay_hours: _Hours
    """Delay that is worth a run less."""
    lane_delay_hours: _Hours
    """Delay that is worth a lane less."""
    uneven_delay_hours: _Hours
    """Delay that is worth a lane as full as the fullest of its run, when it would be empty."""
    missing_channel_delay_minutes: _Hours
    """Delay that is worth a channel lit in a cycle of an index read."""
    dark_cycle_delay_minutes: _Hours
    """Delay that is worth a cycle of an index read in which anything is lit."""
    left_out_delay_days: Annotated[Decimal, Field(ge=1, le=100_000, decimal_places=1)]
    """Delay that is worth a place for a library that has none."""
    single_with_dual: bool
    """Whether libraries of one index may lie beside those of two."""
    unequal_indexes: bool
    """Whether indexes of different lengths may lie in a lane, side by side."""
    projects_apart: Annotated[tuple[_Project, ...], Field(max_length=50)] = ()
    """Codes of projects that share a lane with no other."""
    fill_booked_runs: bool
    """Whether libraries may be proposed for lanes of runs that are booked and have not begun."""
    usual_run_hours: Annotated[Decimal, Field(ge=1, le=400, decimal_places=1)]
    """Hours of a run for which neither recipe, flow cell nor an earlier booking says them."""
    horizon_days: Annotated[int, Field(ge=2, le=90)]
    """Days ahead that are planned."""


CONTENT: Mapping[ReferenceKind, type[Content]] = MappingProxyType(
    {
        ReferenceKind.PLATFORM: PlatformContent,
        ReferenceKind.FLOW_CELL: FlowCellContent,
        ReferenceKind.CHEMISTRY: ChemistryContent,
        ReferenceKind.INDEX_KIT: IndexKitContent,
        ReferenceKind.RECIPE: RecipeContent,
        ReferenceKind.ASSAY: AssayContent,
        ReferenceKind.POOLING: PoolingContent,
        ReferenceKind.QUEUE_PLANNING: QueuePlanningContent,
    }
)

REFERS: Mapping[ReferenceKind, tuple[str, ReferenceKind]] = MappingProxyType(
    {
        ReferenceKind.PLATFORM: ("chemistry", ReferenceKind.CHEMISTRY),
        ReferenceKind.FLOW_CELL: ("platform", ReferenceKind.PLATFORM),
        ReferenceKind.RECIPE: ("flow_cell", ReferenceKind.FLOW_CELL),
    }
)
"""The field of a kind that is the key of an entry of another kind."""
