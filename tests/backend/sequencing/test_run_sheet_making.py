"""The sheet of a planned run in each dialect: what its machine and its demultiplexer read."""

import pytest

from backend.sequencing.ids import I5Orientation
from backend.sequencing.indexing.colours import Chemistry, colours_of
from backend.sequencing.indexing.orientation import reverse_complement
from backend.sequencing.reference.content import FlowCellContent, PlatformContent
from backend.sequencing.reference.usual import usual
from backend.sequencing.released.native_barcodes import native_barcode
from backend.sequencing.released.platforms import Platform, platform
from backend.sequencing.released.sheet_making import Draft, PlannedRun, make_sheet
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.views import LaneLibrary
from tests.backend.sequencing.test_run_release_checks import LANE, library
from tests.factories.sequencing import INDEX_PAIRS

REVERSED = I5Orientation.REVERSE_COMPLEMENT


USUAL = {each.key: each.content for each in usual()}


def usual_platform(key: str) -> Platform:
    """A platform as laboratories start with it, by its own key or a flow cell's."""
    kept = USUAL[key]
    if isinstance(kept, FlowCellContent):
        key, kept = kept.platform, USUAL[kept.platform]
    assert isinstance(kept, PlatformContent)
    found = platform(key, kept, colours_of(Chemistry(kept.chemistry)))
    assert found is not None
    return found


def made(
    flow_cell_of: str,
    dialect: Dialect,
    libraries: list[LaneLibrary],
    *,
    orientation: I5Orientation = REVERSED,
    lanes: int = 8,
    flow_cell: str = "",
    kit: str = "",
) -> Draft:
    run = PlannedRun(
        code="NX-0231",
        platform=usual_platform(flow_cell_of),
        lanes=lanes,
        orientation=orientation,
        libraries=libraries,
        flow_cell=flow_cell,
        kit=kit,
    )
    return make_sheet(run, dialect)


def test_a_sheet_of_the_second_format_has_i5_forward_and_no_errors() -> None:
    draft = made("novaseq_x_10b", Dialect.ILLUMINA_V2, LANE)

    assert not draft.seen.has_errors, draft.seen.findings
    sheet = draft.seen.sheet
    assert sheet is not None
    assert [(each.index1[0], each.index2[0]) for each in sheet.samples] == list(INDEX_PAIRS[:4])
    assert sheet.header_value("RunName") == "NX-0231"
    assert sheet.header_value("InstrumentPlatform") == "NovaSeqXSeries"
    assert {each.project for each in sheet.samples} == {"HELIX-2"}
    assert sheet.cycles is not None
    assert sheet.cycles.in_order == (("R1", 151), ("I1", 8), ("I2", 8), ("R2", 151))


@pytest.mark.parametrize("orientation", list(I5Orientation))
def test_a_sheet_of_the_first_format_has_i5_as_it_is_sequenced(orientation: I5Orientation) -> None:
    draft = made("nextseq_500_high", Dialect.ILLUMINA_V1, LANE, orientation=orientation, lanes=1)

    assert not draft.seen.has_errors, draft.seen.findings
    sheet = draft.seen.sheet
    assert sheet is not None
    forward = [i5 for _, i5 in INDEX_PAIRS[:4]]
    seen = [reverse_complement(i5) for i5 in forward]
    expected = seen if orientation is REVERSED else forward
    assert [each.index2[0] for each in sheet.samples] == expected
    # NextSeq images one pool as four lanes: a lane in its sheet would lose three of them.
    assert {each.lanes for each in sheet.samples} == {()}


def test_a_pool_on_two_lanes_stands_in_both() -> None:
    twice = [*LANE, *(library(n, 2, pair) for n, pair in enumerate(INDEX_PAIRS[:4], start=1))]

    draft = made("novaseq_x_10b", Dialect.ILLUMINA_V2, twice)

    assert draft.seen.sheet is not None
    assert len(draft.seen.sheet.samples) == 8
    assert {lane for each in draft.seen.sheet.samples for lane in each.lanes} == {1, 2}


def test_shorter_indexes_are_masked_at_the_end_that_the_sequencer_reads_last() -> None:
    short = library(9, 2, ("ACGTAC", "TTGGCC"))

    draft = made("novaseq_x_10b", Dialect.ILLUMINA_V2, [*LANE, short])

    assert not draft.seen.has_errors, draft.seen.findings
    sheet = draft.seen.sheet
    assert sheet is not None
    masks = {each.sample_id: each.own("OverrideCycles") for each in sheet.samples}
    assert masks["LIB-0009"] == "Y151;I6N2;N2I6;Y151"
    assert masks["LIB-0001"] == "Y151;I8;I8;Y151"
    assert any("OverrideCycles" in each for each in draft.notes)


def test_a_project_that_no_folder_can_be_named_after_is_left_out_and_said() -> None:
    long = [
        LaneLibrary(
            **{name: getattr(LANE[0], name) for name in LaneLibrary.__slots__}
            | {"project_code": "A PROJECT / WITH A LONG NAME"}
        )
    ]

    draft = made("novaseq_x_10b", Dialect.ILLUMINA_V2, long)

    assert not draft.seen.has_errors, draft.seen.findings
    assert any("A PROJECT / WITH A LONG NAME is left out" in each for each in draft.notes)


def test_elements_manifest_has_lanes_together_and_no_errors() -> None:
    twice = [*LANE, *(library(n, 2, pair) for n, pair in enumerate(INDEX_PAIRS[:4], start=1))]

    draft = made("aviti", Dialect.AVITI, twice, orientation=I5Orientation.FORWARD, lanes=2)

    assert not draft.seen.has_errors, draft.seen.findings
    sheet = draft.seen.sheet
    assert sheet is not None
    assert sheet.dialect is Dialect.AVITI
    assert {each.lanes for each in sheet.samples} == {(1, 2)}
    assert sheet.samples[0].index2 == (INDEX_PAIRS[0][1],)


def test_a_nanopore_sheet_names_the_native_barcodes() -> None:
    libraries = [
        library(1, 1, ("CACAAAGACACCGACAACTTTCTT", None)),
        library(2, 1, (reverse_complement("ACAGACGACTACAAACGGAATCGA"), None)),
    ]

    draft = made(
        "promethion", Dialect.ONT, libraries, lanes=1, flow_cell="PAY12345", kit="SQK-NBD114-24"
    )

    assert not draft.seen.has_errors, draft.seen.findings
    sheet = draft.seen.sheet
    assert sheet is not None
    assert [each.own("barcode") for each in sheet.samples] == ["barcode01", "barcode02"]
    assert {each.own("experiment_id") for each in sheet.samples} == {"NX-0231"}
    # MinKNOW takes one sample for a position: the pool. Aliases name the libraries.
    assert {each.sample_id for each in sheet.samples} == {libraries[0].pool_code}
    assert [each.own("alias") for each in sheet.samples] == [each.barcode for each in libraries]


def test_a_nanopore_sheet_of_one_library_is_of_that_library() -> None:
    alone = library(1, 1, ("", None))

    draft = made("promethion", Dialect.ONT, [alone], lanes=1, flow_cell="PAY1", kit="SQK-LSK114")

    assert not draft.seen.has_errors, draft.seen.findings
    assert draft.seen.sheet is not None
    assert [each.sample_id for each in draft.seen.sheet.samples] == [alone.barcode]


def test_a_nanopore_sheet_without_its_flow_cell_has_an_error() -> None:
    draft = made("promethion", Dialect.ONT, [library(1, 1, ("CACAAAGACACCGACAACTTTCTT", None))])

    assert draft.seen.has_errors


def test_an_index_that_is_no_native_barcode_is_not_guessed() -> None:
    assert native_barcode("ACGTACGTACGTACGTACGTACGT") is None
