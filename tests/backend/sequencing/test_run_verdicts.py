"""Verdicts of lanes and libraries, and why barcodes are unknown."""

from dataclasses import replace

import pytest

from backend.sequencing.run_folders.files import files_of
from backend.sequencing.run_folders.limits import MODELS, RunLimit, known_limits, limit_for
from backend.sequencing.run_folders.makes import model_of
from backend.sequencing.run_folders.model import FolderReading, RunParameters, UnknownBarcode
from backend.sequencing.run_folders.reading import read_folder
from backend.sequencing.run_folders.unknown_barcodes import Expected, Why, diagnose, telling
from backend.sequencing.run_folders.verdicts import RunVerdict, Verdict, judge
from tests.factories import run_folders as made
from tests.factories.run_folders import illumina

LIMIT = RunLimit(
    model="novaseq_x_10b",
    cycles_from=3,
    cycles_to=3,
    clusters_pf_warn=900,
    q30_warn=85,
    error_warn=1,
    library_reads_fail=800,
)
SHEET = [Expected(lane, name, i7, i5) for lane, name, i7, i5, _ in made.LIBRARIES]


def reading(**changed: str | None) -> FolderReading:
    return read_folder(files_of("folder", illumina(**changed)))


def test_a_lane_is_held_to_every_limit_and_says_why() -> None:
    verdict = judge(reading(), [LIMIT])

    assert [each.verdict for each in verdict.lanes] == [Verdict.PASS, Verdict.FAIL]
    failed = [each for each in verdict.lanes[1].reasons if each.verdict is Verdict.FAIL]
    assert [each.sentence for each in failed] == [
        "Lane 2: 30.0% of reads belong to no library, more than 10.5% (1.5% PhiX allowed for)."
    ]
    assert verdict.verdict is Verdict.FAIL


def test_a_library_passes_with_what_was_wanted_and_fails_below_its_share() -> None:
    wanted = {(1, "LIB-A"): 412_000_000, (1, "LIB-B"): 500_000_000, (2, "LIB-D"): 300_000_000}
    verdict = judge(reading(), [LIMIT], wanted=wanted)

    assert [each.verdict for each in verdict.libraries] == [
        Verdict.PASS,
        Verdict.FAIL,
        Verdict.PASS,
        Verdict.FAIL,
    ]
    assert "of 500.00 M wanted" in verdict.libraries[1].sentence


def test_a_library_with_its_share_but_less_than_wanted_wants_a_top_up() -> None:
    verdict = judge(
        reading(), [replace(LIMIT, library_reads_fail=400)], wanted={(1, "LIB-B"): 500_000_000}
    )

    assert verdict.libraries[1].verdict is Verdict.WARN
    assert "top-up" in verdict.libraries[1].sentence


@pytest.mark.parametrize(
    ("changed", "metric"),
    [({"ErrorMetricsOut": None}, "error"), ({"QMetricsOut": None}, "q30")],
)
def test_a_missing_value_leaves_a_lane_unknown(changed: dict[str, str | None], metric: str) -> None:
    without = {"Quality_Metrics": None} if metric == "q30" else {}
    lane = judge(reading(**changed, **without), [LIMIT]).lanes[0]

    assert lane.verdict is Verdict.UNKNOWN
    assert metric in {each.metric for each in lane.reasons if each.verdict is Verdict.UNKNOWN}


def test_without_limits_nobody_can_say() -> None:
    verdict = judge(reading(), [])

    assert verdict.verdict is Verdict.UNKNOWN
    assert "No limits are kept for NovaSeq X, 10B" in verdict.held_to


def test_a_lane_without_a_passing_cluster_has_failed() -> None:
    tables = dict.fromkeys(("TileMetricsOut", "Quality_Metrics", "Top_Unknown_Barcodes"))
    empty = "Lane,SampleID,# Reads\n1,LIB-A,0\n1,Undetermined,0\n"
    verdict = judge(reading(Demultiplex_Stats=empty, **tables), [LIMIT])

    assert verdict.lanes[0].verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("model", "cycles", "taken"),
    [
        ("miseq_v2", 151, 151),
        ("miseq_v2", 121, 151),
        ("miseq_v2", 101, 151),
        ("miseq_v3", 600, 301),
        ("hiseq2500_high_v4", 105, 100),
    ],
)
def test_limits_of_the_nearest_length_hold(model: str, cycles: int, taken: int) -> None:
    limit = limit_for(known_limits(), model, cycles)

    assert limit is not None
    assert limit.cycles_from == taken


def test_every_limit_is_of_a_known_make_and_three_makes_wait_for_the_laboratorys_own() -> None:
    with_limits = {each.model for each in known_limits()}

    assert with_limits <= set(MODELS)
    assert set(MODELS) - with_limits == {"nextseq_2000_p4", "miniseq", "hiseq_4000"}


@pytest.mark.parametrize(
    ("instrument", "flow_cell", "model"),
    [
        ("VH00123", "NextSeq 1000/2000 P2 Flow Cell Cartridge", "nextseq_2000_p2"),
        ("VH00123", "NextSeq 2000 P4 Flow Cell Cartridge", "nextseq_2000_p4"),
        ("VH00123", "", ""),
        ("SH00012", "25M", "miseq_i100_25m"),
        ("MN00123", "", "miniseq"),
        ("K00233", "", "hiseq_4000"),
        ("M00146", "", ""),
        ("XY00001", "P2", ""),
    ],
)
def test_makes_are_told_by_the_instruments_name_and_its_flow_cell(
    instrument: str, flow_cell: str, model: str
) -> None:
    assert model_of(instrument, RunParameters(flow_cell_type=flow_cell), None) == model


def test_a_nextseq_2000_is_held_to_limits_and_a_p4_says_where_to_add_them() -> None:
    def run(cell: str) -> RunVerdict:
        info = made.RUN_INFO.replace("LH00123", "VH00123")
        told = made.PARAMETERS.replace("10B", f"NextSeq 2000 {cell} Flow Cell Cartridge")
        return judge(
            read_folder(files_of("run", illumina(RunInfo=info, RunParameters=told))), known_limits()
        )

    assert run("P3").held_to.startswith("Limits of nextseq_2000_p3 for reads of 26 to 149 cycles")
    assert run("P4").held_to == "No limits are kept for NextSeq 2000, P4. Add them under Limits."
    assert run("P4").verdict is Verdict.UNKNOWN


def test_the_i5_turned_round_is_found_and_said() -> None:
    told = diagnose(reading().unknown, SHEET)

    assert told.sentence == (
        "93% of the unknown reads match your i5 reverse-complemented. Turn the sheet's i5 round "
        "and demultiplex again."
    )
    assert [(each.why, each.reads) for each in told.explanations] == [
        (Why.I5_REVERSED, 279_000_000),
        (Why.NO_SIGNAL, 21_000_000),
    ]


@pytest.mark.parametrize(
    ("i7", "i5", "why"),
    [
        ("ACGTACGTAC", "GCAATTGCAA", Why.I5_REVERSED),
        ("GTACGTACGT", "TTGCAATTGC", Why.I7_REVERSED),
        ("GTACGTACGT", "GCAATTGCAA", Why.BOTH_REVERSED),
        ("TTGCAATTGC", "ACGTACGTAC", Why.SWAPPED),
        ("CCTAGGATAC", "AATCCGGTTA", Why.OTHER_LANE),
        ("CGTACGTACA", "TTGCAATTGC", Why.SHIFTED),
        ("ACGTACGTAC", "ATTGCAATTG", Why.SHIFTED),
        ("ACGTACGTAC", "CATTGGCCAT", Why.HOPPED),
        ("AACCTTGGAA", "CCAATTGGCC", Why.KIT),
        ("ACGTACGTTT", "TTGCAATTGC", Why.NEAR),
        ("NCGTACGTAC", "TTGCAATTGC", Why.NO_SIGNAL),
        ("GGGGGGGGGG", "AGATCTCGGT", Why.NO_SIGNAL),
        ("TTTTTTTTTT", "AAAAAAAAAA", Why.UNEXPLAINED),
    ],
)
def test_each_reason_is_told_from_the_others(i7: str, i5: str, why: Why) -> None:
    seen = [UnknownBarcode(lane=1, index_i7=i7, index_i5=i5, reads=10)]
    kits = {"UDI set B": {("AACCTTGGAA", "CCAATTGGCC"): "UDP0097"}}

    told = diagnose(seen, SHEET, kits)

    assert [each.why for each in told.explanations] == [why]
    assert told.explanations[0].share == 1


def test_without_one_reason_none_is_claimed() -> None:
    seen = [
        UnknownBarcode(lane=1, index_i7=i7, index_i5="TTGCAATTGC", reads=10)
        for i7 in ("TTTTTTTTTT", "NCGTACGTAC", "ACGTACGTTT")
    ]

    told = diagnose(seen, SHEET)

    assert told.main is None
    assert told.sentence.startswith("No single reason explains half")


def test_frequent_unknown_pairs_are_told_but_dark_ones_are_not() -> None:
    clusters = {each.lane: each.clusters_pf for each in reading().lanes}

    assert [each.index_i7 for each in telling(reading().unknown, clusters)] == ["TTAGCAGCAT"]
