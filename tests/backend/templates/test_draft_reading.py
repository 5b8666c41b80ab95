"""A draft read by SQL, a page at a time, is the draft that all of its rows make."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import WriteSession
from backend.templates import draft_queries, queries
from backend.templates.errors import ImportNotFound
from backend.templates.ids import CommitMode, ImportId
from backend.templates.models import ImportRow, SampleImport
from backend.templates.plain import column_out, finding_out
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import BY_KEY, FIELDS, FieldKey
from backend.templates.reading.headings import USED, ColumnMatch, Match
from backend.templates.reading.values import Finding, Severity
from backend.templates.rules import ROWS_NAMED, Cause, group_by_cause
from backend.templates.service import registering
from backend.templates.views import CellEdit, DraftView, DraftWindow, ImportView, Marked, RowView
from tests.factories.imports import make_draft, make_long_draft, make_registrar
from tests.support.sample_files import form, manifest

EVERYBODY = machinery("test", *Permission, request_id="test")
OWN = "Ward no. 1"
NAMES = [*(spec.key.value for spec in FIELDS), OWN]
SIZE = 3
"""Rows of a page; few, so that short drafts have several."""

Asked = tuple[str, int, int | None]
"""A state, a page, and the number of a row whose page is wanted instead."""
PAGES: tuple[Asked, ...] = (
    ("", 0, None), ("", 1, None), ("", 99, None), ("", 0, 5), ("error", 0, None), ("ready", 1, None)
)  # fmt: skip

_FINDINGS = st.builds(
    Finding,
    code=st.sampled_from(["unit_in_cell", "zone_unknown", "own"]),
    severity=st.sampled_from(Severity),
    message=st.sampled_from(
        ["Not known.", "Zone “x” is odd. Choose one.", "Zone “x” is odd. Ask.", "A.. B", "No stop"]
    ),
    row=st.sampled_from([None, 1, 1, 1]),
    field=st.sampled_from([None, "", "zone", "volume_ul", OWN, "elsewhere"]),
    fix=st.sampled_from([None, None, "", "1", "2"]),
)
_TEXTS = st.sampled_from(["", "x"])
_ROWS = st.tuples(
    st.integers(1, 3),
    st.sampled_from(RowState),
    st.dictionaries(st.sampled_from(["barcode", "zone", "rin", "notes", "not_ours"]), _TEXTS),
    st.dictionaries(st.sampled_from(["b", "aa", "Ünit", "ab", "Z", OWN]), _TEXTS),
    st.lists(_FINDINGS, max_size=4),
)
_COLUMNS = st.lists(
    st.sampled_from(
        [
            ColumnMatch(1, "Barcode", Match.EXACT, FieldKey.BARCODE),
            ColumnMatch(2, "Zon", Match.SUGGESTED, FieldKey.ZONE),
            ColumnMatch(3, "RIN", Match.REPEATED, FieldKey.RIN),
            ColumnMatch(4, "Remarks", Match.KEPT),
        ]
    ),
    unique=True,
)


_ASKED = st.tuples(
    st.sampled_from(["", "", "", "unheard of", *(state.value for state in RowState)]),
    st.integers(-1, 4),
    st.none() | st.integers(0, 30),
)


@pytest.mark.slow
@given(
    rows=st.lists(_ROWS, max_size=12),
    columns=_COLUMNS,
    asked=st.lists(_ASKED, min_size=1, max_size=4),
)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_what_sql_counts_and_groups_is_what_all_rows_tell(
    session: WriteSession,
    project: str,
    rows: Sequence[tuple[int, RowState, dict[str, str], dict[str, str], list[Finding]]],
    columns: Sequence[ColumnMatch],
    asked: Sequence[Asked],
) -> None:
    savepoint = session.begin_nested()
    draft = make_long_draft(session, project, 0)
    numbers = accumulate((step for step, *_ in rows), initial=1)
    next(numbers)
    for number, (_, state, cells, extras, findings) in zip(numbers, rows, strict=True):
        placed = [replace(each, row=number if each.row else None) for each in findings]
        session.add(
            ImportRow(
                import_id=draft,
                number=number,
                state=state,
                cells=cells,
                extras=extras,
                lines={},
                findings=[finding_out(each) for each in placed],
            )
        )
    record = session.get_one(SampleImport, draft)
    record.columns = [column_out(match) for match in columns]
    session.flush()

    _assert_same(session, draft, asked)
    savepoint.rollback()


@pytest.mark.parametrize(
    "content",
    [
        manifest(7),
        manifest(9, {row: {"Storage_Temp": "warm"} for row in (1, 4, 5, 8)}),
        manifest(9, {row: {"Volume_mL": "2 uL", "Sample_Type": f"x{row}"} for row in range(2, 7)}),
        manifest(5, {1: {"Sample_ID": "GEN260001"}, 3: {"Collection_Date": "03/04/2026"}}),
        form(),
        b"Sample name;Type;Zone;Colour;A\nX-1;gDNA;-80;red;\nX-2;RNA;warm;;1\nX-2;;;blue;\n",
    ],
)
def test_a_file_read_by_sql_is_the_file_read_whole(
    session: WriteSession, registrar: Principal, project: str, content: bytes
) -> None:
    draft = make_draft(session, registrar, project, content, "list.txt").id

    _assert_same(session, draft, PAGES)


def test_a_list_registered_in_part_is_read_as_it_stands(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    content = manifest(9, {row: {"Storage_Temp": "warm"} for row in (1, 4, 5, 8)})
    draft = make_draft(session, registrar, project, content).id
    registering.register_ready_rows(
        session, registrar, import_id=draft, commit=CommitMode.VALID_ROWS
    )

    view = _assert_same(session, draft, PAGES)

    assert (view.count(RowState.REGISTERED), view.count(RowState.ERROR)) == (5, 4)


def test_a_draft_of_another_project_is_not_found(
    session: WriteSession, project: str, principal_of: Callable[..., Principal]
) -> None:
    draft = make_long_draft(session, project, 3)
    stranger = make_registrar(session, principal_of)

    for read in (draft_queries.get_draft, draft_queries.next_scan_row):
        with pytest.raises(ImportNotFound):
            read(session, stranger, draft)
    with pytest.raises(ImportNotFound):
        draft_queries.get_form_draft(session, stranger, draft, newest=1)


def test_the_newest_records_come_last_first(session: WriteSession, project: str) -> None:
    draft = make_long_draft(session, project, 5)

    found = draft_queries.get_form_draft(session, EVERYBODY, draft, newest=2)

    assert (found.records, [row.number for row in found.newest]) == (5, [6, 5])


def _assert_same(session: WriteSession, draft: ImportId, asked: Sequence[Asked]) -> DraftView:
    """Compare a draft, and pages of it, with what its rows tell when all are read."""
    whole = queries.get_import(session, EVERYBODY, draft)
    view = draft_queries.get_draft(session, EVERYBODY, draft)
    assert queries.parts_of(view) == queries.parts_of(whole)
    assert {state: view.count(state) for state in RowState} == {
        state: whole.count(state) for state in RowState
    }
    assert (view.rows, view.ready, view.writable) == (len(whole.rows), whole.ready, whole.writable)
    assert view.causes == _causes(whole)
    assert view.filled == _filled(whole)
    assert list(view.headings) == list(dict.fromkeys(h for row in whole.rows for h in row.extras))
    assert view.next_scan == _next_scan(whole)
    for code, field in {(cause.code, cause.field) for cause in view.causes if cause.field}:
        fixes = draft_queries.list_fixes(session, EVERYBODY, draft, code=code, field=field)
        assert fixes == _fixes(whole, code, field)
    assert draft_queries.next_scan_row(session, EVERYBODY, draft) == view.next_scan
    for state, page, row in asked:
        found = draft_queries.get_window(
            session, view, size=SIZE, state=state, page=page, row=row, fields=NAMES
        )
        assert found == _window(whole, state, page, row)
    return view


def _causes(whole: ImportView) -> list[Cause]:
    causes = group_by_cause([finding for row in whole.rows for finding in row.findings])
    return [replace(cause, rows=cause.rows[:ROWS_NAMED]) for cause in causes]


def _fixes(whole: ImportView, code: str, field: str) -> list[CellEdit]:
    return [
        CellEdit(number=row.number, field=field, text=finding.fix)
        for row in whole.rows
        for finding in row.findings
        if finding.fix is not None and (finding.code, finding.field) == (code, field)
    ]


def _filled(whole: ImportView) -> set[str]:
    used = USED - {Match.REPEATED}
    led_to = {m.field.value for m in whole.columns if m.field and m.match in used}
    return {name for row in whole.rows for name in row.cells if name in BY_KEY} - led_to


def _next_scan(whole: ImportView) -> int | None:
    still_open = [row for row in whole.rows if row.state is not RowState.REGISTERED]
    if not any(row.cells.get("barcode") for row in still_open):
        return None
    return next((row.number for row in still_open if not row.cells.get("barcode")), None)


def _window(whole: ImportView, state: str, page: int, row: int | None) -> DraftWindow:
    """Return the page that is cut out of all rows."""
    still_open = [each for each in whole.rows if each.state is not RowState.REGISTERED]
    if len(still_open) <= SIZE:
        return DraftWindow(rows=still_open, size=SIZE, of=len(still_open))
    wanted = [each for each in still_open if not state or each.state.value == state]
    if row is not None:
        page = sum(1 for each in wanted if each.number < row) // SIZE
    page = min(max(page, 0), max(len(wanted) - 1, 0) // SIZE)
    start, stop = page * SIZE, (page + 1) * SIZE
    return DraftWindow(
        rows=wanted[start:stop],
        size=SIZE,
        state=state,
        page=page,
        of=len(wanted),
        is_paged=True,
        before=_first_marked(reversed(wanted[:start]), last=True),
        after=_first_marked(wanted[stop:]),
    )


def _first_marked(rows: Iterable[RowView], *, last: bool = False) -> Marked | None:
    for row in rows:
        fields = {f.field for f in row.findings if f.field and f.severity is not Severity.INFO}
        order = [name for name in NAMES if name in fields]
        if order:
            return Marked(row.number, order[-1] if last else order[0])
    return None
