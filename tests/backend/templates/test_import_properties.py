"""Whatever a person drops, the reader answers; the same file always gives the same answer."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core import clock
from backend.templates.reading.clean import clean, has_special
from backend.templates.reading.fields import BY_KEY, FieldKey
from backend.templates.reading.parsers import parse, stand_as_written
from backend.templates.reading.parsing import Context
from backend.templates.reading.sheet import to_table
from tests.support.sample_files import HEADINGS, as_bytes, examine, manifest, workbook

_CELL = st.text(max_size=30)
_CODES = st.one_of(
    st.from_regex(r"[A-Za-z]{1,4}[-_.]?[0-9]{1,4}", fullmatch=True),
    st.from_regex(r"(jan|SEP|Dec|[0-9]{1,2})-?([0-9]{2}|mar)", fullmatch=True),
    st.sampled_from(["n/a", "None", "#N/A", "1e5", "2026-01-15", "1234567890123000", "\u212a-1"]),
    st.text(min_size=1, max_size=70),
)
_LINE_LIKE = st.sampled_from(
    ["Sample ID: A-1", "Sample 1:", "- Volume: 50 uL", "=====", "  * A-1: ACGT-ACGT", "",
     "Storage:",
     "Sample_ID,Sample_Type,Storage_Temp", "A,Blood,-80", "[Data]", '"', "a;b;c", "Type\tZone"]
)  # fmt: skip
_ODD = st.sampled_from(["", " ", "a", " b ", "c\u00a0", "d\u00a0e", "\u2013", "\u200b", "gDNA"])


@given(content=st.binary(max_size=2000))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused_with_a_sentence(content: bytes) -> None:
    outcome = examine(content)

    assert outcome.reading.table is not None or outcome.findings
    assert all(finding.message.endswith((".", "?")) for finding in outcome.findings)


@given(prefix=st.sampled_from([b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]), rest=st.binary())
@settings(max_examples=150, deadline=None)
def test_any_bytes_after_a_known_start_are_read_or_refused(prefix: bytes, rest: bytes) -> None:
    assert examine(prefix + rest) is not None


@given(lines=st.lists(st.one_of(_LINE_LIKE, st.text(max_size=60)), max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_lines_are_read_or_refused(lines: list[str]) -> None:
    content = "\n".join(lines).encode("utf-8", errors="surrogatepass")

    outcome = examine(content)

    assert outcome.reading.table is not None or outcome.findings


@given(rows=st.lists(st.lists(_CELL, min_size=13, max_size=13), min_size=1, max_size=6))
@settings(max_examples=200, deadline=None)
def test_any_cells_under_our_headings_give_a_state_per_row_and_an_error_has_its_place(
    rows: list[list[str]],
) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([HEADINGS, *rows])
    content = stream.getvalue().encode("utf-8", errors="surrogatepass")

    outcome = examine(content)

    if outcome.checked is not None:
        for index, state in enumerate(outcome.states()):
            findings = outcome.checked.findings.get(index)
            assert (state == "error") == any(f.severity == "error" for f in findings)
            assert all(f.row is not None and f.field for f in findings)


@given(
    cells=st.lists(st.one_of(st.integers(), st.floats(), st.booleans()), min_size=13, max_size=13)
)
@settings(max_examples=40, deadline=None)
def test_any_numbers_in_a_workbook_are_read_or_refused(cells: list[object]) -> None:
    content = as_bytes(workbook([list(HEADINGS), cells]))

    assert examine(content).reading.dialect == "workbook"


@given(order=st.permutations(range(13)))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_columns_changes_nothing(order: list[int]) -> None:
    rows = list(csv.reader(io.StringIO(manifest(3).decode())))
    shuffled = io.StringIO()
    csv.writer(shuffled).writerows([[row[column] for column in order] for row in rows])

    plain, moved = examine(manifest(3)), examine(shuffled.getvalue().encode())

    assert plain.checked is not None
    assert moved.checked is not None
    assert plain.checked.values == moved.checked.values


@given(texts=st.lists(_CODES, max_size=5))
@settings(max_examples=400, deadline=None)
def test_codes_that_stand_as_written_are_those_that_reading_each_would_leave(
    texts: list[str],
) -> None:
    spec = BY_KEY[FieldKey.EXTERNAL_ID]
    context = Context(label=spec.label, today=clock.utc_now().date())

    if stand_as_written(spec, texts, context):
        assert [parse(spec, text, context) for text in texts] == [(text, None) for text in texts]


def test_a_column_of_plain_codes_stands_as_written() -> None:
    spec = BY_KEY[FieldKey.EXTERNAL_ID]
    context = Context(label=spec.label, today=clock.utc_now().date())

    assert stand_as_written(spec, ["BN26-0001", "P0001", "x"], context)
    assert not stand_as_written(spec, ["BN26-0001", "Sep-09"], context)


@given(st.lists(st.lists(_ODD, max_size=4), max_size=12))
@settings(deadline=None)
def test_a_sheet_is_read_by_columns_as_it_would_be_row_by_row(rows: list[list[str]]) -> None:
    table, findings = to_table([["Sample name", "Type"], *map(list, rows)])

    width = max(map(len, rows), default=0)
    stripped = {number: [text.strip() for text in row] for number, row in enumerate(rows, 2)}
    cleaned = {number: list(map(clean, row)) for number, row in stripped.items()}
    kept = {number: row for number, row in cleaned.items() if any(row)}
    hidden = sum(has_special(text) for row in stripped.values() for text in row)
    assert table is not None
    assert list(table.numbers) == list(kept)
    for index in range(max(len(table.columns), width)):
        column = table.columns[index] if index < len(table.columns) else [""] * len(kept)
        assert column == [row[index] if index < len(row) else "" for row in kept.values()]
    told = [found.message for found in findings if found.code == "hidden_characters"]
    assert len(told) == bool(hidden)
    assert all(message.startswith(f"{hidden:,} cells") for message in told)
