"""Adapters, UMIs and settings of recipes in the sheets of runs, in every dialect that has them."""

import io
import warnings
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sequencing.ids import I5Orientation
from backend.sequencing.released.ids import CheckKind, CheckVerdict
from backend.sequencing.released.sheet_making import Draft, PlannedRun, make_sheet
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.layouts import LibraryLayout, Umi, UmiRead
from backend.sequencing.sheets.masking import masks_of
from backend.sequencing.sheets.model import Bases, Cycles, Entry, SampleSheet, SheetSample
from backend.sequencing.sheets.override_cycles import OverrideCycles, parse
from backend.sequencing.sheets.values import Dialect, Severity
from backend.sequencing.sheets.writing import write
from backend.sequencing.views import LaneLibrary
from tests.backend.sequencing.test_run_release_checks import checked, library
from tests.backend.sequencing.test_run_sheet_making import usual_platform
from tests.factories.sequencing import INDEX_PAIRS
from tests.support.sheet_strategies import FAR

with warnings.catch_warnings():
    # samshee 0.2.14 still imports jsonschema's RefResolver, which jsonschema has deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from samshee.samplesheetv2 import read_samplesheetv2

from sample_sheet import SampleSheet as SheetOfOthers

REVERSED, FORWARD = I5Orientation.REVERSE_COMPLEMENT, I5Orientation.FORWARD
TRUSEQ = LibraryLayout(
    adapter_read1="AGATCGGAAGAGCACACGTCTGAACTCCAGTCA",
    adapter_read2="AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT",
)
TRANSPOSASE = LibraryLayout(
    adapter_read1="CTGTCTCTTATACACATCT", adapter_read2="CTGTCTCTTATACACATCT"
)
INLINE = replace(
    TRUSEQ,
    umis=(
        Umi(read=UmiRead.READ_1, length=7, skipped_after=1),
        Umi(read=UmiRead.READ_2, length=7, skipped_after=1),
    ),
)
BEHIND_I7 = replace(TRUSEQ, umis=(Umi(read=UmiRead.INDEX_1, length=9),))
_OWN = ("OverrideCycles", "AdapterRead1", "AdapterRead2")
LANE = [library(number, 1, pair) for number, pair in enumerate(INDEX_PAIRS[:4], start=1)]


def made(
    dialect: Dialect,
    *layouts: LibraryLayout | None,
    libraries: list[LaneLibrary] = LANE,
    make: str = "novaseq_x_10b",
    **planned: Any,
) -> Draft:
    """Make the sheet of a run whose libraries have these layouts in turn; None is not known."""
    run = PlannedRun(
        code="NX-0231",
        platform=usual_platform(make),
        libraries=libraries,
        layouts={
            each.sample_id: layout
            for each, layout in zip(libraries, layouts * len(libraries), strict=False)
            if layout is not None
        },
        **{"lanes": 8, "orientation": REVERSED, **planned},
    )
    draft = make_sheet(run, dialect)
    assert not draft.seen.has_errors, draft.seen.findings
    return draft


def settings_of(draft: Draft) -> dict[str, str]:
    assert draft.seen.sheet is not None
    return {f"{each.key}{each.lane}": each.value for each in draft.seen.sheet.settings}


def own_of(draft: Draft, key: str) -> list[str]:
    assert draft.seen.sheet is not None
    return [each.own(key) for each in draft.seen.sheet.samples]


def test_kits_that_agree_say_it_once_for_the_whole_sheet() -> None:
    draft = made(Dialect.ILLUMINA_V2, INLINE)

    assert settings_of(draft) == {
        "FastqCompressionFormat": "gzip",
        "OverrideCycles": "U7N1Y143;I8;I8;U7N1Y143",
        "TrimUMI": "1",
        "AdapterRead1": TRUSEQ.adapter_read1,
        "AdapterRead2": TRUSEQ.adapter_read2,
    }
    assert own_of(draft, "OverrideCycles") == [""] * 4


def test_kits_that_differ_say_it_for_each_sample() -> None:
    draft = made(Dialect.ILLUMINA_V2, INLINE, TRANSPOSASE, None, BEHIND_I7)

    assert settings_of(draft) == {"FastqCompressionFormat": "gzip", "TrimUMI": "1"}
    # The run has 17 cycles of index 1, as the library with a UMI behind its i7 needs.
    assert own_of(draft, "OverrideCycles") == [
        "U7N1Y143;I8N9;I8;U7N1Y143",
        "Y151;I8N9;I8;Y151",
        "Y151;I8N9;I8;Y151",
        "Y151;I8U9;I8;Y151",
    ]
    assert own_of(draft, "AdapterRead1") == [
        TRUSEQ.adapter_read1,
        TRANSPOSASE.adapter_read1,
        "na",
        TRUSEQ.adapter_read1,
    ]


@pytest.mark.parametrize(
    ("umi", "orientation", "mask"),
    [
        (Umi(read=UmiRead.INDEX_1, length=9), FORWARD, "I8U9N1;I8"),
        (Umi(read=UmiRead.INDEX_1, length=8, before_index=True), FORWARD, "U8I8N2;I8"),
        (Umi(read=UmiRead.INDEX_2, length=4), FORWARD, "I8N10;I8U4"),
        # Masks of i5 are written forward: what a reversing sequencer reads last stands in front.
        (Umi(read=UmiRead.INDEX_2, length=3), REVERSED, "I8N10;N1I8U3"),
    ],
)
def test_a_umi_stands_where_the_kit_has_it(umi: Umi, orientation: I5Orientation, mask: str) -> None:
    sample = SheetSample(sample_id="A", index1=(Bases("ACGTACGT"),), index2=(Bases("TTGGAACC"),))
    second = 12 if umi.read is UmiRead.INDEX_2 else 8
    cycles = Cycles(read1=100, read2=100, index1=18, index2=second)

    made_mask = masks_of([sample], cycles, orientation, [LibraryLayout(umis=(umi,))])

    assert made_mask == [f"Y100;{mask};Y100"]


def test_an_index_read_that_is_all_umi_needs_no_index() -> None:
    single = [library(number, 1, (pair[0], None)) for number, pair in enumerate(INDEX_PAIRS[:3])]
    layout = LibraryLayout(umis=(Umi(read=UmiRead.INDEX_2, length=10),))

    draft = made(Dialect.ILLUMINA_V2, layout, libraries=single)

    assert settings_of(draft)["OverrideCycles"] == "Y151;I8;U10;Y151"


def test_an_adapter_longer_than_its_read_is_shortened_and_said() -> None:
    cycles = Cycles(read1=28, read2=90, index1=8, index2=8)

    draft = made(Dialect.ILLUMINA_V2, TRUSEQ, cycles=cycles)

    assert settings_of(draft)["AdapterRead1"] == TRUSEQ.adapter_read1[:28]
    assert settings_of(draft)["AdapterRead2"] == TRUSEQ.adapter_read2
    assert "AdapterRead1 is shortened to the 28 cycles of its read." in draft.notes


def test_settings_of_the_recipe_go_before_and_foreign_ones_are_said() -> None:
    settings = [("TrimUMI", "0"), ("NoLaneSplitting", "true"), ("UmiFastQ", "true")]

    draft = made(Dialect.ILLUMINA_V2, INLINE, settings=settings)

    assert settings_of(draft)["TrimUMI"] == "0"
    assert settings_of(draft)["NoLaneSplitting"] == "true"
    assert "Settings of the recipe that this format does not have: UmiFastQ." in draft.notes


def test_the_first_format_has_one_setting_for_all_and_says_where_that_is_not_enough() -> None:
    alike = made(Dialect.ILLUMINA_V1, INLINE, make="nextseq_500_high", lanes=1)
    mixed = made(Dialect.ILLUMINA_V1, INLINE, TRANSPOSASE, make="nextseq_500_high", lanes=1)

    assert settings_of(alike) == {
        "Adapter": TRUSEQ.adapter_read1,
        "AdapterRead2": TRUSEQ.adapter_read2,
        "Read1StartFromCycle": "9",
        "Read1UMILength": "7",
        "Read1UMIStartFromCycle": "1",
        "Read2StartFromCycle": "9",
        "Read2UMILength": "7",
        "Read2UMIStartFromCycle": "1",
        "TrimUMI": "1",
    }
    assert settings_of(mixed)["Adapter"] == f"{TRUSEQ.adapter_read1}+{TRANSPOSASE.adapter_read1}"
    assert "TrimUMI" not in settings_of(mixed)
    assert any("UMIs cannot be written in the first format" in each for each in mixed.notes)
    assert any("Adapter differs between the kits" in each for each in mixed.notes)


def test_elements_manifest_has_settings_for_each_lane_where_they_differ() -> None:
    two = [*LANE[:2], *(replace(each, lane=2) for each in LANE[2:])]
    element: dict[str, Any] = {"make": "aviti", "orientation": FORWARD, "lanes": 2}

    alike = made(Dialect.AVITI, INLINE, libraries=two, **element)
    differ = made(
        Dialect.AVITI, BEHIND_I7, BEHIND_I7, TRANSPOSASE, TRANSPOSASE, libraries=two, **element
    )

    assert settings_of(alike) == {
        "R1Adapter": TRUSEQ.adapter_read1,
        "R1AdapterTrim": "true",
        "R2Adapter": TRUSEQ.adapter_read2,
        "R2AdapterTrim": "true",
        "UmiMask": "R1:Y7N1N*-R2:Y7N1N*",
        "R1FastQMask": "R1:N8Y*N",
        "R2FastQMask": "R2:N8Y*N",
    }
    assert settings_of(differ)["UmiMask1"] == "I1:N8Y9N*"
    assert settings_of(differ)["I1Mask1"] == "I1:Y8N9N*"
    assert settings_of(differ)["R1Adapter2"] == TRANSPOSASE.adapter_read1
    assert "UmiMask2" not in settings_of(differ)


def test_umis_that_differ_on_a_lane_of_element_are_left_out_and_said() -> None:
    draft = made(Dialect.AVITI, BEHIND_I7, TRUSEQ, make="aviti", orientation=FORWARD, lanes=2)

    assert "UmiMask" not in settings_of(draft)
    assert any("UMIs differ between the libraries of a lane" in each for each in draft.notes)


def test_a_recipe_that_reads_no_umi_is_warned_of() -> None:
    layouts = {each.sample_id: BEHIND_I7 for each in LANE}
    enough = Cycles(read1=151, read2=151, index1=17, index2=8)

    read = checked(LANE, layouts=layouts, cycles=enough)[CheckKind.INDEX_LENGTH]
    lost = checked(LANE, layouts=layouts, cycles=replace(enough, index1=10))
    cut = checked(LANE, layouts=layouts, cycles=replace(enough, index1=6))

    assert read.verdict is CheckVerdict.PASS
    assert lost[CheckKind.INDEX_LENGTH].verdict is CheckVerdict.WARNING
    assert "the UMI is not read" in lost[CheckKind.INDEX_LENGTH].sentences[0]
    assert cut[CheckKind.INDEX_LENGTH].verdict is CheckVerdict.FAIL
    draft = made(Dialect.ILLUMINA_V2, BEHIND_I7, cycles=replace(enough, index1=8))
    assert "OverrideCycles" not in settings_of(draft)
    assert any("too few cycles for the UMIs of LIB-0001 (I1)" in each for each in draft.notes)


umi_lengths = st.builds(
    lambda length, before, after: {
        "length": length,
        "skipped_before": before,
        "skipped_after": after,
    },
    st.integers(1, 12),
    st.integers(0, 2),
    st.integers(0, 3),
)
adapters = st.sampled_from(["", TRUSEQ.adapter_read1, "CTGTCTCTTATACACATCT+ATGTGTATAAGAGACA"])


@st.composite
def layout(draw: st.DrawFn) -> LibraryLayout:
    reads = draw(st.lists(st.sampled_from(list(UmiRead)), unique=True, max_size=4))
    umis = [
        Umi(
            read=read,
            before_index=read.is_index and draw(st.booleans()),
            **draw(umi_lengths),
        )
        for read in reads
    ]
    return LibraryLayout(
        adapter_read1=draw(adapters), adapter_read2=draw(adapters), umis=tuple(umis)
    )


@st.composite
def runs(draw: st.DrawFn) -> dict[str, Any]:
    count = draw(st.integers(1, 6))
    dual = draw(st.booleans())
    libraries = [
        library(place, draw(st.integers(1, 2)), (FAR[place], FAR[-place] if dual else None))
        for place in range(1, count + 1)
    ]
    known = draw(st.lists(st.none() | layout(), min_size=count, max_size=count))
    return {
        "libraries": libraries,
        "lanes": 2,
        "orientation": draw(st.sampled_from(list(I5Orientation))),
        "layouts": known,
    }


def made_of(dialect: Dialect, drawn: dict[str, Any], make: str) -> SampleSheet:
    layouts = drawn["layouts"]
    rest = {key: value for key, value in drawn.items() if key != "layouts"}
    draft = made(dialect, *layouts, make=make, **rest)
    assert draft.seen.sheet is not None
    again = examine(write(draft.seen.sheet))
    assert again.sheet == draft.seen.sheet
    return draft.seen.sheet


def alone_of(sheet: SampleSheet, sample: SheetSample) -> SampleSheet:
    own = tuple(Entry(key, text) for key in _OWN if (text := sample.own(key)) and text != "na")
    return replace(
        sheet,
        settings=(Entry("SoftwareVersion", "4.3.13"), *sheet.settings, *own),
        samples=(replace(sample, extra=()),),
    )


@given(runs())
def test_whatever_kits_a_run_has_its_second_format_is_taken_by_samshee_too(
    drawn: dict[str, Any],
) -> None:
    sheet = made_of(Dialect.ILLUMINA_V2, drawn, "novaseq_x_10b")

    # Its schema knows no settings of a sample, which BCL Convert takes from 4.1 on: it is given the
    # sheet of each sample with what is the sample's own as settings of the whole.
    for each in sheet.samples:
        alone = alone_of(sheet, each)
        found = read_samplesheetv2(io.StringIO(write(alone).decode())).applications["BCLConvert"]
        assert [row["Sample_ID"] for row in found["data"]] == [each.sample_id]
        assert {key: str(found["settings"][key]) for key in _OWN if key in found["settings"]} == {
            entry.key: entry.value for entry in alone.settings if entry.key in _OWN
        }
        for key in _OWN:
            assert not (each.own(key) and sheet.setting(key))
    for sample in sheet.samples:
        written = sample.own("OverrideCycles") or sheet.setting("OverrideCycles")
        if not written:
            continue
        masks = parse(written)
        assert isinstance(masks, OverrideCycles)
        assert sheet.cycles is not None
        known = UUID(int=int(sample.sample_id[-4:]))
        layouts = dict(
            zip([each.sample_id for each in drawn["libraries"]], drawn["layouts"], strict=True)
        )
        umis = layouts[known].umis if layouts[known] else ()
        assert masks.umi_cycles == sum(each.length for each in umis)
        by_read = masks.by_read(sheet.cycles)
        assert [by_read[read].cycles for read, _ in sheet.cycles.in_order] == [
            count for _, count in sheet.cycles.in_order
        ]


@given(runs())
def test_whatever_kits_a_run_has_its_first_format_is_taken_by_sample_sheet_too(
    drawn: dict[str, Any],
) -> None:
    sheet = made_of(Dialect.ILLUMINA_V1, {**drawn, "lanes": 1}, "nextseq_500_high")

    found = SheetOfOthers(io.StringIO(write(sheet).decode()))

    assert dict(found.Settings) == {each.key: each.value for each in sheet.settings}
    assert [each["Sample_ID"] for each in found.samples] == [
        each.sample_id for each in sheet.samples
    ]


@given(runs())
def test_whatever_kits_a_run_has_elements_manifest_is_in_order(drawn: dict[str, Any]) -> None:
    sheet = made_of(Dialect.AVITI, drawn, "aviti")

    found = examine(write(sheet)).findings
    assert [each for each in found if each.severity is Severity.ERROR] == []
