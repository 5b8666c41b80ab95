"""Bytes into lines, sections and dialects: whatever comes, findings and never a crash."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.sequencing.sheets import reading
from backend.sequencing.sheets.checking import examine
from backend.sequencing.sheets.values import Dialect
from backend.templates.reading.values import Severity
from tests.support import sheets
from tests.support.sheets import only, seen


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        ("v1", Dialect.ILLUMINA_V1),
        ("v2", Dialect.ILLUMINA_V2),
        ("aviti", Dialect.AVITI),
        ("ont", Dialect.ONT),
        ("table", Dialect.TABLE),
    ],
)
def test_the_dialect_of_a_good_sheet_is_known_and_nothing_is_wrong_with_it(
    name: str, dialect: Dialect
) -> None:
    found = seen(sheets.ALL[name])

    assert found.dialect is dialect
    assert [each for each in found.findings if each.severity is Severity.ERROR] == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", sheets.ALL)
def test_line_ends_and_padding_change_nothing(name: str, end: str) -> None:
    text = sheets.ALL[name]
    lines = text.split("\n")
    padded = end.join(line if name == "aviti" else f"{line},,," for line in lines[:-1])

    assert seen(padded).sheet == seen(text).sheet


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n,,,\r\n", "empty"),
        (b"PK\x03\x04 a workbook", "not_text"),
        (b"%PDF-1.7", "not_text"),
        (b"name,age\nAda,36\n", "not_a_sheet"),
        (b"{", "json"),
        (b'{"bclconvert_data": [[]]}', "json"),
        (b'{"bclconvert_data": [{"index": "NN"}]}', "json"),
    ],
)
def test_what_is_no_sheet_is_said_in_one_sentence(content: bytes, code: str) -> None:
    found = examine(content)

    assert found.sheet is None
    assert [each.code for each in found.findings] == [code]
    assert found.has_errors


def test_a_file_larger_than_any_sheet_is_refused() -> None:
    found = examine(b"a" * (reading.LARGEST_SHEET_BYTES + 1))

    assert [each.code for each in found.findings] == ["too_large"]
    assert [each.code for each in examine(b"a\n" * 50_001).findings] == ["too_many_lines"]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"\xef\xbb\xbf" + sheets.V2.encode(), "byte_order_mark", 1),
        (sheets.V2.encode("utf-16"), "encoding", None),
        (sheets.V2.replace("Alpha", "\u00c5lpha").encode("cp1252"), "encoding", 20),
        (sheets.V2.replace("S1", "S\x001").encode(), "zero_byte", 20),
        (sheets.V2.replace(",", "\t").encode(), "separator", None),
    ],
)
def test_odd_bytes_are_found_and_the_sheet_is_read_all_the_same(
    content: bytes, code: str, line: int | None
) -> None:
    found = examine(content)

    assert found.sheet is not None
    assert len(found.sheet.samples) == 3
    assert [each.line for each in found.findings if each.code == code] == [line]


def test_semicolons_part_cells_and_those_of_override_cycles_do_not() -> None:
    text = sheets.V1.replace(",", ";")

    assert only(text, "separator").fix is not None
    assert seen(text).sheet == seen(sheets.V1).sheet


def test_an_open_quotation_mark_is_found_on_its_line() -> None:
    found = only(sheets.V2.replace("RunName,", 'RunName,"'), "quotation")

    assert (found.line, found.severity) == (3, Severity.ERROR)


def test_quoted_cells_are_read() -> None:
    text = sheets.V1.replace("exp 001,,", '"exp, 001",,')
    found = seen(text).sheet

    assert found is not None
    assert found.header_value("Experiment Name") == "exp, 001"


@pytest.mark.parametrize(
    ("was", "becomes", "code"),
    [
        ("[Reads]", "[Reads", "section_broken"),
        ("[Reads]", "Reads]", "section_broken"),
        ("[Reads]", "[ Reads ]", "section_spaces"),
        ("[Reads]", "[Header]\n[Reads]", "section_twice"),
    ],
)
def test_sections_that_are_written_wrong_are_found_and_read(
    was: str, becomes: str, code: str
) -> None:
    text = sheets.V2.replace(was, becomes)

    assert only(text, code).line is not None
    found = seen(text).sheet
    assert found is not None
    assert found.cycles is not None
    assert found.cycles.index2 == 10


def test_elements_comments_are_skipped_and_illuminas_samples_are_not() -> None:
    found = seen(sheets.AVITI.replace("S1,", "#S1,")).sheet
    assert found is not None
    assert [each.sample_id for each in found.samples] == ["S2"]

    found = seen(sheets.V1.replace("S1,", "#S1,")).sheet
    assert found is not None
    assert [each.sample_id for each in found.samples] == ["#S1", "S2"]


def test_a_row_keeps_its_line_its_lanes_and_its_bases() -> None:
    sheet = seen(sheets.AVITI).sheet

    assert sheet is not None
    first, second = sheet.samples
    assert (first.line, first.lanes, first.index1) == (11, (1,), ("CCGCGGTT", "AAGTCCAA"))
    assert second.lanes == (1, 2)
    assert sheet.header_value("Operator") == "Ada"


@given(st.binary(max_size=300))
@example(b"\xff\xfe\x00")
@example(b'[Data]\n\xff\x00"')
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    found = examine(content)

    assert found.sheet is not None or found.findings


@given(
    st.sampled_from(sorted(sheets.ALL)),
    st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=3)), max_size=4),
)
@example("aviti", [(600, b"\x00")])
def test_no_damage_to_a_good_sheet_crashes_the_checks(
    name: str, damage: list[tuple[int, bytes]]
) -> None:
    content = sheets.ALL[name].encode()
    for place, bytes_put_in in damage:
        content = content[:place] + bytes_put_in + content[place + 1 :]

    found = examine(content)

    assert found.sheet is not None or found.has_errors
    for each in found.findings:
        assert each.line is None or 1 <= each.line <= len(found.raw.lines)
