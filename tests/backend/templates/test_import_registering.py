"""Good rows become samples, the rest stays a draft, and nothing is registered twice."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from backend.core.blobs import MemoryStore
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.ids import MaterialType, Priority
from backend.samples.models import Sample
from backend.templates import queries
from backend.templates.errors import AlreadyImported, FileRefused, ImportClosed, NothingToRegister
from backend.templates.ids import CommitMode, ImportState
from backend.templates.results import problem_file
from backend.templates.service import editing, imports, registering
from backend.templates.views import CellEdit, Registered
from tests.factories.imports import make_draft, make_project_of
from tests.support.broken_files import BROKEN, Broken
from tests.support.sample_files import form, manifest

VALID = CommitMode.VALID_ROWS


def _samples(session: WriteSession) -> list[Sample]:
    return list(session.scalars(select(Sample).order_by(Sample.external_id)))


def _import(
    session: WriteSession, principal: Principal, project: str, content: bytes
) -> Registered:
    return imports.import_file(
        session,
        principal,
        file_name="m.csv",
        content=content,
        project_code=project,
        files=MemoryStore(),
        commit=CommitMode.VALID_ROWS,
    )


def test_a_row_becomes_a_sample_with_all_it_said(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(1))

    done = registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    sample = _samples(session)[0]
    assert done.barcodes == ["GEN260001"]
    assert (sample.barcode, sample.name, sample.external_id) == ("GEN260001",) * 3
    assert (sample.material_type, sample.subject_code) == (MaterialType.BLOOD, "P00001")
    assert (sample.volume_ul, sample.concentration_ng_per_ul) == (Decimal(2500), Decimal("250.5"))
    assert (sample.priority, sample.analysis) == (Priority.HIGH, "WGS")
    assert sample.received_at == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert sample.attributes == {"Department": "Oncology", "Quality_Score": "8.2"}
    assert sample.import_id == draft.id


def test_the_samples_of_a_form_register_with_indexes_purity_and_their_own_barcodes(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, form())

    registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    sample = _samples(session)[0]
    assert (sample.barcode, sample.name) == ("LUN260001", "LUN-T1-Tumor")
    assert (sample.index_i7, sample.index_i5) == ("AGTCACTA", "TACTCCTT")
    assert (sample.a260_280, sample.a260_230, sample.rin) == (
        Decimal("1.91"),
        Decimal("2.01"),
        Decimal("8.1"),
    )
    assert sample.attributes["Position"] == "A1"
    assert sample.attributes["Type as written"] == "Tumor tissue"


def test_rows_with_errors_stay_as_a_draft_and_register_once_corrected(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(3, {1: {"Storage_Temp": "warm"}}))

    first = registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )
    edit = CellEdit(number=3, field="zone", text="-80 °C")
    editing.edit_cells(session, registrar, import_id=draft.id, edits=[edit])
    second = registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    assert (first.registered, first.left) == (2, 1)
    assert (second.registered, second.left) == (1, 0)
    view = queries.get_import(session, registrar, draft.id)
    assert (view.state, view.registered_count) == (ImportState.REGISTERED, 3)
    assert all(row.sample_id for row in view.rows)


def test_warnings_register_and_their_acceptance_is_recorded(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    odd = {"Sample_Type": "Tissue", "Storage_Temp": "4°C"}
    draft = make_draft(session, registrar, project, manifest(2, {0: odd}))

    registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "templates.import_registered")
    ).one()
    assert event.payload["registered"] == 2
    assert event.payload["warnings_acknowledged"] == 1


def test_the_same_file_twice_says_so_and_registers_nothing_again(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)
    registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    with pytest.raises(AlreadyImported, match="was already imported on 23 Nov 2026 by Ada Marsh"):
        make_draft(session, registrar, project)

    assert session.scalar(select(func.count()).select_from(Sample)) == 4


def test_the_same_samples_in_another_file_are_named_and_not_registered_again(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    _import(session, registrar, project, manifest(2))

    again = make_draft(session, registrar, project, manifest(3))

    assert [row.state.value for row in again.rows] == ["error", "error", "ready"]
    assert (
        again.rows[0]
        .findings[0]
        .message.startswith("Sample ID GEN260001 is already registered as GEN260001 (")
    )


def test_a_barcode_of_another_project_is_named_and_a_new_one_is_offered(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    _import(session, registrar, project, manifest(1))
    other = make_project_of(session, registrar)

    draft = make_draft(session, registrar, other, manifest(2))
    editing.fix_all(session, registrar, import_id=draft.id, code="barcode_taken", field="barcode")
    view = queries.get_import(session, registrar, draft.id)
    done = registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    assert [row.state.value for row in draft.rows] == ["error", "ready"]
    assert view.ready == 2
    assert done.barcodes[0].startswith("BLD-261123-")
    assert done.barcodes[1] == "GEN260002"


def test_what_was_taken_since_the_draft_was_looked_at_stays_in_the_draft(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(3))
    _import(session, registrar, project, manifest(1))

    done = registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    assert (done.registered, done.left) == (2, 1)


def test_a_draft_without_a_good_row_says_so(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(1, {0: {"Storage_Temp": "warm"}}))

    with pytest.raises(NothingToRegister, match="1 have errors"):
        registering.register_ready_rows(
            session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
        )


def test_a_registered_draft_is_closed(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)
    registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    with pytest.raises(ImportClosed, match="nothing is left"):
        registering.register_ready_rows(
            session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
        )


def test_without_the_permission_nothing_is_registered(
    session: WriteSession,
    registrar: Principal,
    principal_of: Callable[..., Principal],
    project: str,
) -> None:
    draft = make_draft(session, registrar, project)
    reader = principal_of(Permission.SAMPLES_VIEW, Permission.SAMPLES_VIEW_ALL_PROJECTS)

    with pytest.raises(PermissionDenied):
        registering.register_ready_rows(
            session, reader, import_id=draft.id, commit=CommitMode.VALID_ROWS
        )

    assert session.scalar(select(func.count()).select_from(Sample)) == 0


def test_a_rollback_leaves_nothing_of_an_import(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    savepoint = session.begin_nested()

    _import(session, registrar, project, manifest(3))
    savepoint.rollback()

    assert session.scalar(select(func.count()).select_from(Sample)) == 0
    assert queries.list_imports(session, registrar).items == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_broken_file_registers_its_good_rows_and_no_other(
    session: WriteSession, registrar: Principal, project: str, broken: Broken
) -> None:
    try:
        done = _import(session, registrar, project, broken.content)
    except FileRefused:
        assert broken.code == "quote_open"
    else:
        assert done.registered == broken.registrable

    assert session.scalar(select(func.count()).select_from(Sample)) == broken.registrable


def test_the_terminal_way_keeps_the_rest_as_the_same_draft_as_the_page(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    done = _import(session, registrar, project, manifest(3, {1: {"Storage_Temp": "warm"}}))

    view = queries.get_import(session, registrar, done.import_id)

    assert (done.registered, done.left) == (2, 1)
    assert [row.state.value for row in view.rows] == ["registered", "error", "registered"]


def test_the_problem_list_says_what_is_wrong_and_imports_again_once_corrected(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    content = manifest(3, {1: {"Storage_Temp": "warm", "Notes": "=HYPERLINK(1)"}})
    done = _import(session, registrar, project, content)

    with problem_file(session, registrar, done.import_id)[1] as file:
        told = file.read().decode()
    corrected = told.replace("warm", "-80 °C", 1).encode()
    again = _import(session, registrar, project, corrected)

    assert "is no storage zone" in told
    assert "'=HYPERLINK(1)" in told
    assert (again.registered, again.left) == (1, 0)
    assert {sample.volume_ul for sample in _samples(session)} == {Decimal(2500)}


_PLANS = st.tuples(st.integers(1, 12), st.sets(st.integers(0, 11)), st.integers(1, 3))


@given(plan=_PLANS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_importing_again_and_again_is_importing_once(
    session: WriteSession,
    registrar: Principal,
    project: str,
    plan: tuple[int, set[int], int],
) -> None:
    count, wrong, times = plan
    content = manifest(count, {row: {"Storage_Temp": "warm"} for row in wrong})
    savepoint = session.begin_nested()

    for _ in range(times):
        try:
            _import(session, registrar, project, content)
        except AlreadyImported:
            continue

    good = count - len({row for row in wrong if row < count})
    assert session.scalar(select(func.count()).select_from(Sample)) == good
    savepoint.rollback()
    session.expire_all()
