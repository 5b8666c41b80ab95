"""Run folders read: figures, and whatever is wrong with one as a finding."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.sequencing.run_folders.files import files_of
from backend.sequencing.run_folders.limits import known_limits
from backend.sequencing.run_folders.model import FolderReading, Platform, Progress
from backend.sequencing.run_folders.plain import reading_out
from backend.sequencing.run_folders.reading import read_folder
from backend.sequencing.run_folders.unknown_barcodes import Expected, diagnose
from backend.sequencing.run_folders.verdicts import judge
from backend.sequencing.runs.folders import take
from tests.factories import run_folders as made
from tests.factories.run_folders import NANOPORE, PACBIO, illumina


def read(files: dict[str, bytes]) -> FolderReading:
    return read_folder(files_of("folder", files))


def codes(reading: FolderReading) -> set[str]:
    return {each.code for each in reading.findings}


def test_a_whole_folder_gives_run_lanes_and_libraries() -> None:
    reading = read(illumina())
    summary = reading.summary

    assert (summary.platform, summary.run_id, summary.model) == (
        Platform.ILLUMINA,
        made.RUN,
        "novaseq_x_10b",
    )
    assert (summary.flow_cell, summary.flow_cell_part) == ("22CHVKLT4", "20080370")
    assert (summary.experiment, summary.sheet_run) == ("NX-0042", "NX-0042")
    assert (summary.base_mask, summary.read_lengths) == ("y3,i2,i2,y3", (3, 3))
    assert (summary.clusters, summary.clusters_pf) == (2_400_000_000, 2_000_000_000)
    assert summary.q30_percent == pytest.approx(90.0)
    assert summary.error_percent == pytest.approx(0.4)
    assert (summary.cycles_done, summary.all_cycles_done) == (10, True)
    assert summary.progress is Progress.FINISHED
    assert [each.undetermined_percent for each in reading.lanes] == pytest.approx([3.0, 30.0])
    # 5e8 clusters pass on a tile of 2.5 mm²: 200 million a mm², written in thousands.
    assert reading.lanes[0].density_pf_k_per_mm2 == pytest.approx(200_000.0)
    first = reading.libraries[0]
    assert (first.sample_id, first.reads, first.index_i5) == ("LIB-A", 412_000_000, "TTGCAATTGC")
    assert first.q30_percent == pytest.approx(93.0)
    assert codes(reading) == {"hopped"}


def test_stats_json_and_its_xml_stand_in_for_bcl_converts_tables() -> None:
    without = dict.fromkeys(
        ("Demultiplex_Stats", "Quality_Metrics", "Top_Unknown_Barcodes", "Index_Hopping_Counts")
    )
    files = illumina(**without)
    by_xml = read(files | {"Unaligned/Stats/DemultiplexingStats.xml": made.DEMULTIPLEXING_XML})
    by_json = read(files | {"Unaligned/Stats/Stats.json": made.stats_json()})

    assert [(e.sample_id, e.reads, e.perfect_reads) for e in by_xml.libraries] == [
        ("LIB-A", 412, 400)
    ]
    assert [each.reads for each in by_json.libraries] == [each[4] for each in made.LIBRARIES]
    assert by_json.libraries[0].q30_percent == pytest.approx(91.0)
    assert by_json.libraries[0].mean_quality == pytest.approx(37.0)
    assert by_json.unknown[0].index_i5 == "GGTTAATGCC"


def test_reports_of_two_analyses_are_not_mixed() -> None:
    newer = made.DEMULTIPLEX.replace("412000000", "7").encode()
    reading = read(illumina() | {"Analysis/10/Data/Demux/Demultiplex_Stats.csv": newer})

    assert reading.libraries[0].reads == 7
    assert "several" in codes(reading)


@pytest.mark.parametrize(
    ("changed", "progress"),
    [
        ({"CopyComplete": None}, Progress.ARRIVING),
        ({"CopyComplete": None, "RTAComplete": None}, Progress.ARRIVING),
        (
            {"RunCompletionStatus": made.COMPLETION.replace("RunCompleted", "RunErrored")},
            Progress.FAILED,
        ),
    ],
)
def test_an_instrument_that_copies_itself_is_done_when_its_copy_is(
    changed: dict[str, str | None], progress: Progress
) -> None:
    assert read(illumina(**changed)).summary.progress is progress


def test_pacbio_and_nanopore_are_read_by_their_heads() -> None:
    pacbio, nanopore = read(dict(PACBIO)), read(dict(NANOPORE))

    assert pacbio.summary.run_id == "Run 7"
    assert (pacbio.lanes[0].label, pacbio.lanes[0].clusters_pf) == ("A01", 3_000_000)
    assert (pacbio.libraries[0].sample_id, pacbio.summary.progress) == (
        "HG002",
        Progress.FINISHED,
    )
    assert (nanopore.summary.run_id, nanopore.summary.flow_cell) == ("1f0c-22", "PAX12345")
    assert (nanopore.summary.yield_bases, nanopore.libraries[0].reads) == (
        99_000_000_000,
        8_000_000,
    )
    assert nanopore.summary.progress is Progress.FINISHED


def test_xml_that_defines_entities_is_refused_before_it_grows() -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">
    <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><RunParameters><Name>&b;</Name></RunParameters>"""
    reading = read(illumina(RunParameters=bomb, RunInfo=bomb))

    messages = [each.message for each in reading.findings if each.code == "unreadable"]
    assert len(messages) == 2
    assert all("entities of its own, which no instrument does" in each for each in messages)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Demultiplex_Stats", b"Lane;SampleID;# Reads\n1;A;5\n"),
        ("Demultiplex_Stats", b"\x00\x01\x02"),
        ("Demultiplex_Stats", b'Lane,SampleID,# Reads\n1,"A,5' + b"x" * 200_000),
        ("QMetricsOut", b"\x63\x01"),
        ("TileMetricsOut", b"\x03"),
        ("TileMetricsOut", b"\x02\x0b" + b"\x00" * 22),
        ("RunInfo", b"<RunInfo><Run Id='x'><Reads><Read NumCycles='9" + b"9" * 5000 + b"'/>"),
        ("RunInfo", b"<?xml version='1.0' encoding='no-such'?><a/>"),
    ],
)
def test_a_damaged_file_is_a_finding_that_names_it(name: str, content: bytes) -> None:
    reading = read(illumina(**{name: content}))

    own = [each for each in reading.findings if name in each.file]
    assert own
    assert all(each.message.endswith(".") for each in own)


def test_deep_json_and_numbers_of_thousands_of_digits_are_findings() -> None:
    for content in (b"[" * 200_000, b'{"ConversionResults": [' + b"9" * 9000 + b"]}"):
        reading = read({"RunInfo.xml": made.RUN_INFO.encode(), "Stats.json": content})

        assert "unreadable" in codes(reading)


def everything(reading: FolderReading) -> dict[str, object]:
    """Do what is done with any folder: judge it, explain its barcodes, write it down."""
    sheet = [Expected(e.lane, e.sample_id, e.index_i7, e.index_i5) for e in reading.sheet]
    return reading_out(reading, judge(reading, known_limits()), diagnose(reading.unknown, sheet))


FOLDERS = (
    illumina()
    | {"Stats.json": made.stats_json(), "DemultiplexingStats.xml": made.DEMULTIPLEXING_XML},
    dict(PACBIO),
    dict(NANOPORE),
)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_folder_cut_at_any_byte_of_any_file_is_read_without_fail(data: st.DataObject) -> None:
    files = dict(data.draw(st.sampled_from(FOLDERS)))
    path = data.draw(st.sampled_from(sorted(files)))
    files[path] = files[path][: data.draw(st.integers(0, len(files[path])))]

    told = everything(read(files))

    assert told["summary"]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_folder_with_any_bytes_in_any_file_is_read_without_fail(data: st.DataObject) -> None:
    files = dict(data.draw(st.sampled_from(FOLDERS)))
    path = data.draw(st.sampled_from(sorted(files)))
    start = data.draw(st.integers(0, len(files[path])))
    files[path] = files[path][:start] + data.draw(st.binary(max_size=64)) + files[path][start:]

    assert everything(read(files))["summary"]


def test_cutting_a_table_says_so() -> None:
    whole = made.DEMULTIPLEX.encode()
    reading = read(illumina(Demultiplex_Stats=whole[: whole.index(b"LIB-C") + 7]))

    assert "rows_left_out" in codes(reading)


def test_cutting_interop_says_so_and_keeps_what_is_there() -> None:
    reading = read(illumina(QMetricsOut=made.qualities()[:-5]))

    assert "cut" in codes(reading)
    assert reading.summary.q30_percent == pytest.approx(90.0)


def test_links_and_hostile_names_on_the_disk_are_told_and_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "outside.xml"
    outside.write_text(made.RUN_INFO)
    folder = tmp_path / "run"
    (folder / "InterOp").mkdir(parents=True)
    (folder / "RunInfo.xml").symlink_to(outside)
    (folder / "elsewhere").symlink_to(tmp_path)
    (folder / "two\nlines.csv").write_text("x")

    taken = take(folder)

    assert taken.files == []
    assert {name for name, _ in taken.refused} == {"RunInfo.xml", "elsewhere", "two�lines.csv"}
    assert {"no_run_info", "refused"} <= codes(read_folder(taken))


def test_a_link_that_nobody_can_follow_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "RunInfo.xml").write_text(made.RUN_INFO)
    (folder / "elsewhere").symlink_to("x" * 300)  # longer than any name of a disk
    (folder / "itself").symlink_to(folder / "itself")

    taken = take(folder)

    assert [each.path for each in taken.files] == ["RunInfo.xml"]
    assert {name for name, _ in taken.refused} == {"elsewhere", "itself"}


def test_a_file_larger_than_is_read_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    with (folder / "RunInfo.xml").open("wb") as stream:
        stream.truncate(20_000_000)

    assert "too_large" in codes(read_folder(take(folder)))


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is no folder"):
        take(tmp_path / "nowhere")
    with pytest.raises(InvalidInput, match="is no folder"):
        take(tmp_path / ("x" * 300))
