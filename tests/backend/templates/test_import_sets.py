"""A list is checked and registered in sets and in parts, and says what each row alone would."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from backend.core.blobs import MemoryStore
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.samples.models import Sample, SampleTransition
from backend.templates import queries
from backend.templates.errors import AlreadyImported, NothingToRegister
from backend.templates.ids import CommitMode, ImportId
from backend.templates.reading import check, column, repeats, sheet
from backend.templates.service import imports, registering
from backend.templates.service import rows as row_store
from backend.templates.views import RowView
from tests.factories.imports import make_draft
from tests.support.sample_files import examine, manifest, manifest_rows

VALID = CommitMode.VALID_ROWS

# Cells that are wrong or doubtful by themselves, whatever their neighbours hold.
_HAZARDS = {
    "Patient_ID": ["1E+15", "x" * 65, "S-O504", "", "n/a", "#REF!"],
    "Sample_Type": ["gDNA", "RNA", "DNA", "Blod", "Plasma", "", "#N/A"],
    "Collection_Date": ["2031-01-01", "13/13/2020", "45000", "1949-12-31", "yesterday"],
    "Priority": ["urgent", "hihg", "whenever"],
    "Storage_Temp": ["warm", "4", "37", "-20", "", "short -20, long -80"],
    "Volume_mL": ["2,5", "1,000", "0", "-1", "12 uL", "many", "200", "2.50"],
    "Concentration_ng_uL": ["9000", "20000", "3 nM", "-4", "0.5", ""],
    "Notes": ["y" * 2001, "a\\b", 'say "so"', "tab\there", "\u00a0kept\u00a0", "{}"],
}
_ROW = st.fixed_dictionaries(
    {}, optional={heading: st.sampled_from(texts) for heading, texts in _HAZARDS.items()}
)
_ROWS = st.lists(_ROW, min_size=1, max_size=9)
# Hazards of neighbours, too: the same ID or letter O beside its zero, in whatever row.
_MIXED = st.lists(
    st.one_of(
        _ROW,
        st.fixed_dictionaries(
            {},
            optional={
                "Sample_ID": st.sampled_from(["GEN260001", "gen260002", "A"]),
                "Patient_ID": st.sampled_from(["S-O504", "S-0504"]),
                "Collection_Date": st.sampled_from(["03/04/2024", "31/12/2024"]),
            },
        ),
    ),
    min_size=1,
    max_size=9,
)
Rows = list[dict[str, str]]
_SETTINGS = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@given(rows=_ROWS)
@settings(max_examples=40, deadline=None)
def test_a_row_among_others_is_told_what_it_is_told_alone(rows: Rows) -> None:
    together = examine(_quoted(dict(enumerate(rows)), len(rows)))

    assert together.checked is not None
    for index, row in enumerate(rows):
        alone = examine(_quoted({index: row}, len(rows)))
        assert alone.checked is not None
        assert list(together.checked.findings.get(index)) == list(alone.checked.findings.get(index))
        assert together.checked.states[index] is alone.checked.states[index]


@given(rows=_MIXED, size=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_reading_in_parts_changes_nothing(rows: Rows, size: int) -> None:
    content = _quoted(dict(enumerate(rows)), len(rows))
    whole = examine(content)

    with _parts_of(size):
        parted = examine(content)

    assert parted == whole


@given(rows=_MIXED, size=st.integers(1, 4))
@_SETTINGS
def test_importing_in_parts_and_again_is_importing_once_at_once(
    session: WriteSession, registrar: Principal, project: str, rows: Rows, size: int
) -> None:
    content = _quoted(dict(enumerate(rows)), len(rows))
    whole = _outcome(session, registrar, project, content, times=1)

    with _parts_of(size):
        parted = _outcome(session, registrar, project, content, times=2)

    assert parted == whole


@given(rows=_MIXED, size=st.integers(1, 4))
@_SETTINGS
def test_a_draft_registers_the_rows_that_the_file_would(
    session: WriteSession, registrar: Principal, project: str, rows: Rows, size: int
) -> None:
    content = _quoted(dict(enumerate(rows)), len(rows))
    at_once = _outcome(session, registrar, project, content, times=1)

    with _parts_of(size):
        reviewed = _outcome(session, registrar, project, content, times=0)

    assert reviewed == at_once


def test_a_code_is_told_of_its_twin_in_another_part(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    content = manifest(9, {7: {"Sample_ID": "GEN260001"}})

    with _parts_of(2):
        draft = make_draft(session, registrar, project, content)

    wrong = [row.number for row in draft.rows if row.state == "error"]
    assert wrong == [2, 9]


Outcome = tuple[list[tuple[object, ...]], Counter[str], int, int]


def _outcome(
    session: WriteSession, registrar: Principal, project: str, content: bytes, *, times: int
) -> Outcome:
    """Return rows, samples, transitions and audit entries that importing a file leaves.

    ``times`` is how often it is imported at once; 0 has a draft registered. Nothing stays.
    """
    savepoint = session.begin_nested()
    for _ in range(times):
        try:
            key = imports.import_file(
                session,
                registrar,
                file_name="list.csv",
                content=content,
                project_code=project,
                files=MemoryStore(),
                commit=CommitMode.VALID_ROWS,
            ).import_id
        except AlreadyImported:
            continue
    if not times:
        key = _registered_draft(session, registrar, project, content)
    rows = [_shown(row) for row in queries.get_import(session, registrar, key).rows]
    names = Counter(session.scalars(select(Sample.name)))
    stepped = _count(session, SampleTransition.id)
    per_sample = _count(session, AuditEntry.id, AuditEntry.entity == "sample")
    savepoint.rollback()
    session.expire_all()
    return rows, names, stepped, per_sample


def _registered_draft(
    session: WriteSession, registrar: Principal, project: str, content: bytes
) -> ImportId:
    key = make_draft(session, registrar, project, content).id
    try:
        registering.register_ready_rows(
            session, registrar, import_id=key, commit=CommitMode.VALID_ROWS
        )
    except NothingToRegister:
        assert _count(session, Sample.id) == 0
    return key


def _shown(row: RowView) -> tuple[object, ...]:
    # A file's columns are read in their order, a draft's in ours.
    found = sorted(row.findings, key=lambda finding: (finding.field or "", finding.code))
    return (row.number, row.state, row.cells, row.extras, found, row.sample_id is not None)


def _count(session: WriteSession, column: object, *where: object) -> int:
    # Columns and conditions of any table, which SQLAlchemy has no short type for.
    return session.scalar(select(func.count(column)).where(*where)) or 0  # type: ignore[arg-type]


def _quoted(changes: dict[int, dict[str, str]], count: int) -> bytes:
    """Return a manifest, every cell quoted as a spreadsheet quotes it."""
    stream = io.StringIO()
    csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(
        manifest_rows(count, changes)
    )
    return stream.getvalue().encode()


@contextmanager
def _parts_of(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_store, "PART_ROWS", size)
        for module in (check, column, repeats):
            patch.setattr(module, "STRETCH", size)
        patch.setattr(sheet, "_READ_AT_ONCE", size)
        yield
