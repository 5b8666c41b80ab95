"""Changing a draft: one cell, all cells of a cause, a column's meaning, rows."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import AuditEntry
from backend.templates import queries
from backend.templates.errors import CellNotThere, ImportClosed
from backend.templates.models import ImportRow
from backend.templates.reading.headings import KEEP
from backend.templates.service import editing, imports
from backend.templates.views import CellEdit, ImportView
from tests.factories.imports import make_draft
from tests.support.sample_files import as_csv, form, manifest, manifest_rows


def _states(view: ImportView) -> list[str]:
    return [row.state.value for row in view.rows]


def _edit(
    session: WriteSession, principal: Principal, view: ImportView, number: int, **cells: str
) -> ImportView:
    edits = [CellEdit(number=number, field=field, text=text) for field, text in cells.items()]
    editing.edit_cells(session, principal, import_id=view.id, edits=edits)
    return queries.get_import(session, principal, view.id)


def test_a_corrected_cell_makes_its_row_ready(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(3, {1: {"Storage_Temp": "warm"}}))

    view = _edit(session, registrar, draft, 3, zone="-80 °C")

    assert _states(draft) == ["ready", "error", "ready"]
    assert _states(view) == ["ready", "ready", "ready"]


def test_a_wrong_text_is_kept_as_it_was_typed(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)

    view = _edit(session, registrar, draft, 2, volume_ul="about half")

    assert view.rows[0].cells["volume_ul"] == "about half"
    assert view.rows[0].findings[0].code == "number_unreadable"


def test_a_figure_typed_into_a_column_of_millilitres_is_millilitres(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)

    view = _edit(session, registrar, draft, 2, volume_ul="500 µL")

    assert view.rows[0].findings[0].fix == "0.5"


def test_one_fix_serves_all_cells_of_a_cause(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    wrong = {"Sample_Type": "RNA", "Storage_Temp": "-20°C"}
    draft = make_draft(session, registrar, project, manifest(4, {0: wrong, 2: wrong, 3: wrong}))

    editing.fix_all(session, registrar, import_id=draft.id, code="zone_spoils_sample", field="zone")
    view = queries.get_import(session, registrar, draft.id)

    assert draft.ready == 1
    assert view.ready == 4


def test_a_kept_warning_is_not_shown_again_until_the_cell_changes(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    odd = {"Sample_Type": "Tissue", "Storage_Temp": "4°C"}
    draft = make_draft(session, registrar, project, manifest(2, {0: odd}))

    editing.keep_warnings(session, registrar, import_id=draft.id, code="zone_unusual", field="zone")
    kept = queries.get_import(session, registrar, draft.id)
    changed = _edit(session, registrar, draft, 2, zone="-20°C")

    assert _states(draft) == ["warning", "ready"]
    assert _states(kept) == ["ready", "ready"]
    assert _states(changed) == ["warning", "ready"]


def test_a_columns_meaning_is_changed_and_remembered_for_the_project(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)

    editing.map_column(session, registrar, import_id=draft.id, column=12, field="rin")
    view = queries.get_import(session, registrar, draft.id)
    later = make_draft(session, registrar, project, manifest(5))

    assert view.rows[0].cells["rin"] == "8.2"
    assert view.rows[0].extras == {}
    assert later.rows[0].cells["rin"] == "8.2"


def test_a_column_may_be_taken_back_to_as_written(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    rows = manifest_rows(2)
    rows[0][10] = "Concentration (IU/mL)"
    draft = make_draft(session, registrar, project, as_csv(rows))

    editing.map_column(session, registrar, import_id=draft.id, column=11, field=KEEP)
    view = queries.get_import(session, registrar, draft.id)

    assert _states(draft) == ["error", "error"]
    assert _states(view) == ["ready", "ready"]
    assert view.rows[0].extras["Concentration (IU/mL)"] == "250.5"


def test_a_form_keeps_its_lines_through_an_edit(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, form())

    view = _edit(session, registrar, draft, 1, volume_ul="a drop")

    assert view.rows[0].findings[0].line == draft.rows[0].lines["volume_ul"]


def test_the_old_and_the_new_text_are_in_the_audit_trail(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)

    _edit(session, registrar, draft, 2, volume_ul="3")

    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "templates.import_edited")
    ).one()
    assert entry.old_values == {"row 2 volume_ul": "2.5"}
    assert entry.new_values == {"row 2 volume_ul": "3"}


def test_an_edit_of_a_cell_that_is_not_there_changes_nothing(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)
    edits = [
        CellEdit(number=2, field="zone", text="4 °C"),
        CellEdit(number=99, field="zone", text="4 °C"),
    ]

    with pytest.raises(CellNotThere, match="Row 99"), session.begin_nested():
        editing.edit_cells(session, registrar, import_id=draft.id, edits=edits)

    session.expire_all()
    view = queries.get_import(session, registrar, draft.id)
    assert view.rows[0].cells["zone"] == "-80°C"


def test_without_the_permission_no_cell_changes(
    session: WriteSession,
    registrar: Principal,
    principal_of: Callable[..., Principal],
    project: str,
) -> None:
    draft = make_draft(session, registrar, project)
    reader = principal_of(Permission.SAMPLES_VIEW_ALL_PROJECTS)

    with pytest.raises(PermissionDenied):
        _edit(session, reader, draft, 2, zone="4 °C")


def test_a_block_from_a_spreadsheet_fills_a_new_draft_by_its_headings(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    empty = imports.start_empty(session, registrar, project_code=project)
    text = "Sample name\tMaterial\tStorage\tNonsense\nA-1\tBlood\t4 °C\tx\nA-2\tRNA\t-80\ty\n"

    pasted = editing.paste_block(session, registrar, import_id=empty, text=text, fields=["barcode"])
    view = queries.get_import(session, registrar, empty)

    assert _states(view) == ["ready", "ready"]
    assert (pasted.by_heading, pasted.left_out) == (True, ("Nonsense",))


def test_a_block_without_headings_fills_from_the_focused_cell_and_overwrites(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(2))

    editing.paste_block(
        session,
        registrar,
        import_id=draft.id,
        text="RNA\tS-1\r\ngDNA\tS-2\r\nBlood\tS-3",
        fields=["sample_type", "subject"],
        from_number=3,
    )
    view = queries.get_import(session, registrar, draft.id)

    assert [row.cells.get("sample_type") for row in view.rows] == ["Blood", "RNA", "gDNA", "Blood"]
    assert view.rows[1].cells["subject"] == "S-1"
    assert [row.number for row in view.rows] == [2, 3, 4, 5]


def test_rows_may_be_taken_out(session: WriteSession, registrar: Principal, project: str) -> None:
    draft = make_draft(session, registrar, project)

    editing.remove_rows(session, registrar, import_id=draft.id, numbers=[3, 4])
    view = queries.get_import(session, registrar, draft.id)

    assert [row.number for row in view.rows] == [2, 5]


def test_a_discarded_draft_is_closed_and_its_file_may_come_again(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)

    editing.discard_import(session, registrar, import_id=draft.id)

    with pytest.raises(ImportClosed, match="was discarded"):
        _edit(session, registrar, draft, 2, zone="4 °C")
    assert make_draft(session, registrar, project).id != draft.id


def test_an_edit_of_a_long_draft_loads_the_rows_it_touches_and_judges_all(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(40))
    session.expunge_all()
    loaded: list[int] = []

    def note(row: ImportRow, _: object) -> None:
        loaded.append(row.number)

    edits = [CellEdit(number=30, field="external_id", text="GEN260003")]
    event.listen(ImportRow, "load", note)
    try:
        editing.edit_cells(session, registrar, import_id=draft.id, edits=edits)
    finally:
        event.remove(ImportRow, "load", note)

    assert loaded == [30]
    rows = queries.get_import(session, registrar, draft.id).rows
    assert {row.number for row in rows if row.state == "error"} == {4, 30}
