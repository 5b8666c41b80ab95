"""What becomes of rows whose sample is registered already is chosen, and shown beforehand."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from backend.core.blobs import MemoryStore
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry, OutboxEvent
from backend.samples.amending import ACTION
from backend.samples.ids import Custody, Lifecycle, VolumeCause
from backend.samples.ledger_models import SampleVolumeEntry
from backend.samples.models import Sample
from backend.templates import queries
from backend.templates.errors import CommitNotChosen, NotAllRows, ReasonNeeded, RowsExist
from backend.templates.ids import CommitMode, RowMode
from backend.templates.models import SampleImport
from backend.templates.service import choosing, editing, imports, registering
from backend.templates.views import CellEdit, ImportView, Registered
from tests.factories.imports import make_draft, make_project_of
from tests.factories.people import make_user
from tests.factories.samples import make_sample
from tests.support.sample_files import manifest

Editor = tuple[Principal, str]


@pytest.fixture
def editor(session: WriteSession, principal_of: Callable[..., Principal]) -> Editor:
    user = make_user(session)
    may = (Permission.SAMPLES_REGISTER, Permission.SAMPLES_VIEW, Permission.SAMPLES_EDIT)
    principal = principal_of(*may, name=user.name, user_id=user.id)
    return principal, make_project_of(session, principal)


def _import(
    session: WriteSession,
    editor: Editor,
    content: bytes,
    mode: RowMode = RowMode.CREATE,
    commit: CommitMode | None = None,
    *,
    reason: str = "The clinic measured again",
) -> Registered:
    principal, project = editor
    return imports.import_file(
        session,
        principal,
        file_name="again.csv",
        content=content,
        project_code=project,
        files=MemoryStore(),
        row_mode=mode,
        commit=commit,
        reason=reason,
    )


def _draft(session: WriteSession, editor: Editor, content: bytes, mode: RowMode) -> ImportView:
    principal, project = editor
    draft = make_draft(session, principal, project, content)
    choosing.choose_row_mode(session, principal, import_id=draft.id, mode=mode)
    return queries.get_import(session, principal, draft.id)


def _sample(session: WriteSession, barcode: str = "GEN260001") -> Sample:
    return session.scalars(select(Sample).where(Sample.barcode == barcode)).one()


def _count(session: WriteSession, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def _said(view: ImportView, row: int = 0) -> str:
    return " ".join(finding.message for finding in view.rows[row].findings)


def test_a_new_row_and_a_changed_one_are_told_apart_before_anything_is_written(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))

    view = _draft(session, editor, manifest(2, {0: {"Volume_mL": "2.4"}}), RowMode.UPSERT)

    assert [row.state.value for row in view.rows] == ["update", "ready"]
    assert "Updates GEN260001: Volume 2500 → 2400 µL." in _said(view)
    assert _sample(session).volume_ul == Decimal(2500)


def test_an_update_changes_fields_with_old_and_new_values_in_the_audit_trail(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))
    changed = manifest(1, {0: {"Notes": "Thawed once", "Priority": "Low"}})
    before = _sample(session).version

    done = _import(session, editor, changed, RowMode.UPSERT)

    sample = _sample(session)
    assert (done.registered, done.updated, done.left) == (0, 1, 0)
    assert (sample.notes, sample.priority.value) == ("Thawed once", "low")
    assert sample.version > before
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == ACTION)).one()
    assert entry.old_values == {"notes": "Handle with care", "priority": "high"}
    assert entry.new_values == {"notes": "Thawed once", "priority": "low"}
    assert entry.reason == "The clinic measured again (“again.csv”)"


def test_a_list_that_changes_samples_needs_a_persons_reason(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))
    changed = manifest(2, {0: {"Notes": "Thawed once"}})

    with pytest.raises(ReasonNeeded, match=r"1 rows of “again.csv” change samples"):
        _import(session, editor, changed, RowMode.UPSERT, reason="  ")

    assert (_count(session, Sample), _sample(session).notes) == (1, "Handle with care")


def test_a_reviewed_draft_needs_a_reason_too_as_long_as_its_place(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1), RowMode.UPSERT, reason="")  # new samples need none
    key = _draft(session, editor, manifest(1, {0: {"Notes": "mine"}}), RowMode.UPSERT).id

    for reason in ("", "x" * 241):
        with pytest.raises(ReasonNeeded):
            registering.register_ready_rows(session, editor[0], import_id=key, reason=reason)

    assert _sample(session).notes == "Handle with care"


def test_an_update_is_one_event_of_the_list(session: WriteSession, editor: Editor) -> None:
    _import(session, editor, manifest(3))
    changed = manifest(3, {n: {"Notes": "Thawed"} for n in range(3)})
    done = _import(session, editor, changed, RowMode.UPDATE_ONLY)

    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "samples.samples_amended")
    ).one()
    assert (event.aggregate_id, event.payload["amended"]) == (done.import_id, 3)


def test_a_volume_is_corrected_in_the_ledger_and_never_written_over(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))

    _import(session, editor, manifest(1, {0: {"Volume_mL": "2.4"}}), RowMode.UPSERT)

    lines = session.scalars(select(SampleVolumeEntry).order_by(SampleVolumeEntry.number)).all()
    assert [(line.cause, line.balance_ul) for line in lines] == [
        (VolumeCause.REGISTERED, Decimal(2500)),
        (VolumeCause.CORRECTION, Decimal(2400)),
    ]
    assert _sample(session).volume_ul == Decimal(2400)


def test_a_row_that_says_the_same_is_left_out(session: WriteSession, editor: Editor) -> None:
    _import(session, editor, manifest(2))

    view = _draft(session, editor, manifest(2) + b"\n", RowMode.UPSERT)

    assert [row.state.value for row in view.rows] == ["skipped", "skipped"]
    assert "Nothing to change: GEN260001" in _said(view)


def test_an_empty_cell_changes_nothing_of_a_sample_that_is_there(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))
    content = b"Sample ID,Sample name,Type,Zone,Notes\nGEN260001,,,,Seen\n"

    done = _import(session, editor, content, RowMode.UPDATE_ONLY)

    sample = _sample(session)
    assert done.updated == 1
    assert (sample.name, sample.notes, sample.material_type.value) == ("GEN260001", "Seen", "blood")


def test_rows_of_samples_not_there_are_errors_where_only_existing_ones_change(
    session: WriteSession, editor: Editor
) -> None:
    view = _draft(session, editor, manifest(1), RowMode.UPDATE_ONLY)

    assert [row.state.value for row in view.rows] == ["error"]
    assert view.rows[0].findings[-1].code == "not_registered"


def test_existing_rows_are_left_out_by_name_and_new_ones_register(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))

    done = _import(session, editor, manifest(2, {0: {"Notes": "other"}}), RowMode.SKIP_EXISTING)

    assert (done.registered, done.skipped, done.updated) == (1, 1, 0)
    assert _sample(session).notes == "Handle with care"


def test_one_existing_row_refuses_the_whole_list_where_that_was_chosen(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))

    with pytest.raises(RowsExist, match=r"1 rows of .* are registered already"):
        _import(session, editor, manifest(3), RowMode.FAIL_IF_EXISTS, CommitMode.VALID_ROWS)

    assert _count(session, Sample) == 1


def test_a_type_does_not_change_by_a_list(session: WriteSession, editor: Editor) -> None:
    _import(session, editor, manifest(1))

    view = _draft(session, editor, manifest(1, {0: {"Sample_Type": "Plasma"}}), RowMode.UPSERT)

    assert view.rows[0].state.value == "error"
    assert "type_fixed" in [finding.code for finding in view.rows[0].findings]


def test_a_zone_that_would_spoil_the_registered_material_is_refused(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))

    view = _draft(session, editor, b"Sample ID,Zone\nGEN260001,RT\n", RowMode.UPSERT)

    assert "must be stored at" in _said(view)


def test_a_sample_in_storage_keeps_its_zone(session: WriteSession, editor: Editor) -> None:
    _import(session, editor, manifest(1))
    _sample(session).custody = Custody.IN_STORAGE
    session.flush()

    view = _draft(session, editor, manifest(1, {0: {"Storage_Temp": "-20°C"}}), RowMode.UPSERT)

    assert "Move it to the other zone first" in _said(view)


def test_a_sample_whose_life_is_over_is_not_changed(session: WriteSession, editor: Editor) -> None:
    _import(session, editor, manifest(1))
    _sample(session).lifecycle = Lifecycle.LOST
    session.flush()

    view = _draft(session, editor, manifest(1, {0: {"Notes": "found"}}), RowMode.UPSERT)

    assert "its record does not change any more" in _said(view)


def test_a_barcode_never_changes(session: WriteSession, editor: Editor) -> None:
    _import(session, editor, manifest(1))
    content = b"Sample ID,Barcode,Notes\nGEN260001,OTHER-1,x\n"

    view = _draft(session, editor, content, RowMode.UPSERT)

    finding = next(f for f in view.rows[0].findings if f.code == "barcode_fixed")
    assert finding.fix == "GEN260001"


def test_a_row_that_names_another_well_than_the_register_is_an_error(
    session: WriteSession, editor: Editor
) -> None:
    list_of = b"Sample ID,Type,Zone,Plate,Position\nGEN260001,Blood,-80 C,P1,%s\n"
    _import(session, editor, list_of % b"A1")

    view = _draft(session, editor, list_of % b"B2", RowMode.UPSERT)

    assert "is registered in position A1, the row says B2" in _said(view)


def test_a_barcode_of_another_project_is_not_touched(session: WriteSession, editor: Editor) -> None:
    _import(session, editor, manifest(1))
    principal, _ = editor
    elsewhere = (principal, make_project_of(session, principal))

    view = _draft(session, elsewhere, manifest(1, {0: {"Notes": "mine"}}), RowMode.UPSERT)

    assert "belongs to a sample of another project" in _said(view)


def test_what_changed_since_the_change_was_shown_stays_in_the_draft(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))
    view = _draft(session, editor, manifest(1, {0: {"Notes": "mine"}}), RowMode.UPSERT)
    _sample(session).notes = "of somebody else"
    session.flush()

    with pytest.raises(NotAllRows, match="changed meanwhile"):
        registering.register_ready_rows(
            session, editor[0], import_id=view.id, commit=CommitMode.ALL_OR_NOTHING
        )

    assert _sample(session).notes == "of somebody else"


def test_modes_that_change_samples_need_the_right_to_edit_them(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)

    with pytest.raises(PermissionDenied):
        choosing.choose_row_mode(session, registrar, import_id=draft.id, mode=RowMode.UPSERT)


def test_rows_with_errors_need_a_choice_before_the_others_register(
    session: WriteSession, editor: Editor
) -> None:
    with pytest.raises(CommitNotChosen, match=r"1 rows of .* have errors"):
        _import(session, editor, manifest(3, {1: {"Storage_Temp": "warm"}}))

    assert (_count(session, Sample), _count(session, SampleImport)) == (0, 0)


def test_all_or_nothing_names_the_count_and_the_first_causes(
    session: WriteSession, editor: Editor
) -> None:
    content = manifest(3, {1: {"Storage_Temp": "warm"}})

    with pytest.raises(NotAllRows) as refusal:
        _import(session, editor, content, commit=CommitMode.ALL_OR_NOTHING)

    assert "1 rows of “again.csv” cannot be registered" in refusal.value.message
    assert "(row 3)" in refusal.value.message
    assert (_count(session, Sample), _count(session, SampleImport)) == (0, 0)


def test_all_or_nothing_registers_all_once_all_are_right(
    session: WriteSession, editor: Editor
) -> None:
    principal, project = editor
    draft = make_draft(session, principal, project, manifest(3, {1: {"Storage_Temp": "warm"}}))
    edit = CellEdit(number=3, field="zone", text="-80 °C")
    editing.edit_cells(session, principal, import_id=draft.id, edits=[edit])

    done = registering.register_ready_rows(
        session, principal, import_id=draft.id, commit=CommitMode.ALL_OR_NOTHING
    )

    assert (done.registered, done.left) == (3, 0)


def test_an_updated_row_counts_as_done_but_not_as_registered(
    session: WriteSession, editor: Editor
) -> None:
    _import(session, editor, manifest(1))
    view = _draft(session, editor, manifest(2, {0: {"Notes": "mine"}}), RowMode.UPSERT)

    registering.register_ready_rows(session, editor[0], import_id=view.id, reason="Seen again")

    after = queries.get_import(session, editor[0], view.id)
    assert (after.state.value, after.registered_count, after.updated_count) == ("registered", 1, 1)
    assert [row.state.value for row in after.rows] == ["registered", "registered"]


@pytest.mark.parametrize("mode", [RowMode.UPSERT, RowMode.SKIP_EXISTING])
def test_rows_are_new_where_no_earlier_sample_has_an_external_id(
    session: WriteSession, editor: Editor, mode: RowMode
) -> None:
    _, project = editor
    for _ in range(3):
        make_sample(session, project, external_id=None)
    content = b"Sample ID,Type,Storage zone\nS-1,blood,4\nS-2,blood,4\n"

    done = _import(session, editor, content, mode)

    assert (done.registered, done.updated, done.left) == (2, 0, 0)
    ids = session.scalars(select(Sample.external_id).where(Sample.import_id == done.import_id))
    assert sorted(each or "" for each in ids) == ["S-1", "S-2"]


def test_only_updating_finds_nothing_where_no_earlier_sample_has_an_external_id(
    session: WriteSession, editor: Editor
) -> None:
    make_sample(session, editor[1], external_id=None)

    view = _draft(
        session, editor, b"Sample ID,Type,Storage zone\nS-1,blood,4\n", RowMode.UPDATE_ONLY
    )

    assert view.rows[0].state.value == "error"
    assert "upsert" in _said(view)


def test_the_second_time_the_same_ids_are_found(session: WriteSession, editor: Editor) -> None:
    make_sample(session, editor[1], external_id=None)
    list_of = "Sample ID,Type,Storage zone,Notes\nS-1,blood,4,{}\n"
    _import(session, editor, list_of.format("first").encode(), RowMode.UPSERT)

    done = _import(session, editor, list_of.format("second").encode(), RowMode.UPSERT)

    assert (done.registered, done.updated) == (0, 1)
    notes = session.scalars(select(Sample.notes).where(Sample.external_id == "S-1")).all()
    assert notes == ["second"]
