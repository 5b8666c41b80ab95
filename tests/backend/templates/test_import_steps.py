"""Taking changes of a draft back, and making them again."""

from collections.abc import Callable

from sqlalchemy import func, select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.templates import queries
from backend.templates.ids import CommitMode
from backend.templates.models import ImportRow, ImportStep, SampleImport
from backend.templates.reading.headings import KEEP
from backend.templates.service import editing, registering, steps
from backend.templates.views import CellEdit, ImportView
from tests.factories.imports import make_draft
from tests.support.sample_files import manifest


def _edit(
    session: WriteSession, principal: Principal, draft: ImportView, number: int, **cells: str
) -> None:
    edits = [CellEdit(number=number, field=field, text=text) for field, text in cells.items()]
    editing.edit_cells(session, principal, import_id=draft.id, edits=edits)


def _standing(session: WriteSession, draft: ImportView) -> object:
    """Return all that a person could have changed in a draft, as the database has it."""
    session.flush()
    row = ImportRow.__table__.c
    rows = session.execute(
        select(row.number, row.state, row.cells, row.extras, row.lines, row.sent, row.kept)
        .where(row.import_id == draft.id)
        .order_by(row.number)
    ).all()
    record = session.execute(
        select(SampleImport.columns, SampleImport.row_count).where(SampleImport.id == draft.id)
    ).one()
    project = session.scalar(select(SampleImport.project_id).where(SampleImport.id == draft.id))
    assert project is not None
    return [tuple(r) for r in rows], tuple(record), queries.header_map(session, project)


def _acts(session: WriteSession, who: Principal, draft: ImportView) -> list[Callable[[], object]]:
    zone = next(m.column for m in draft.columns if m.field and m.field.value == "zone")
    return [
        lambda: _edit(session, who, draft, 2, volume_ul="900", notes="by hand"),
        lambda: editing.paste_block(
            session,
            who,
            import_id=draft.id,
            text="S-1\tAna\nS-2\tBo\nS-3\tCy",
            fields=["subject", "notes"],
            from_number=4,
        ),
        lambda: editing.remove_rows(session, who, import_id=draft.id, numbers=[3]),
        lambda: editing.map_column(session, who, import_id=draft.id, column=zone, field=KEEP),
        lambda: editing.add_rows(session, who, import_id=draft.id, rows=[{"zone": "4 °C"}]),
        lambda: _edit(session, who, draft, 2, volume_ul=""),
    ]


def test_every_kind_of_change_is_taken_back_and_made_again_exactly(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(4))
    stood = [_standing(session, draft)]
    for act in _acts(session, registrar, draft):
        act()
        stood.append(_standing(session, draft))

    for earlier in reversed(stood[:-1]):
        done = steps.take_back(session, registrar, import_id=draft.id)
        assert done is not None
        assert not done.left
        assert _standing(session, draft) == earlier
    assert steps.take_back(session, registrar, import_id=draft.id) is None

    for later in stood[1:]:
        done = steps.do_again(session, registrar, import_id=draft.id)
        assert done is not None
        assert _standing(session, draft) == later
    assert steps.do_again(session, registrar, import_id=draft.id) is None


def test_one_fix_for_all_cells_is_one_step(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    changes = {row: {"Sample_Type": "Bloood"} for row in range(3)}
    draft = make_draft(session, registrar, project, manifest(3, changes))
    before = _standing(session, draft)
    finding = next(f for f in draft.rows[0].findings if f.field == "sample_type" and f.fix)

    editing.fix_all(session, registrar, import_id=draft.id, code=finding.code, field="sample_type")
    assert _standing(session, draft) != before
    done = steps.take_back(session, registrar, import_id=draft.id)

    assert done is not None
    assert done.rows == 3
    assert _standing(session, draft) == before


def test_a_new_change_ends_what_could_be_made_again(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)
    _edit(session, registrar, draft, 2, notes="one")
    steps.take_back(session, registrar, import_id=draft.id)
    _edit(session, registrar, draft, 2, notes="two")

    assert steps.do_again(session, registrar, import_id=draft.id) is None


def test_another_persons_work_is_neither_taken_back_nor_overwritten(
    session: WriteSession, registrar: Principal, colleague: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)
    editing.edit_cells(
        session,
        registrar,
        import_id=draft.id,
        edits=[CellEdit(number=n, field="notes", text="mine") for n in (2, 3)],
    )
    _edit(session, colleague, draft, 3, notes="theirs")

    done = steps.take_back(session, registrar, import_id=draft.id)

    assert done is not None
    assert (done.rows, done.left) == (1, [3])
    assert "not in row 3" in done.sentence
    rows = {r.number: r for r in queries.get_import(session, registrar, draft.id).rows}
    assert rows[3].cells["notes"] == "theirs"
    assert rows[2].cells["notes"] == draft.rows[0].cells["notes"]


def test_a_check_that_changes_nothing_of_the_texts_is_no_step(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project)
    text = draft.rows[0].cells["sample_type"]
    _edit(session, registrar, draft, 2, sample_type=text)
    _edit(session, registrar, draft, 2, sample_type=text)

    # The first of them still says that a person wrote the cell.
    assert session.scalar(select(func.count()).select_from(ImportStep)) == 1


def test_registered_rows_are_not_taken_back(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(3, {1: {"Storage_Temp": "warm"}}))
    _edit(session, registrar, draft, 2, notes="x")
    registering.register_ready_rows(
        session, registrar, import_id=draft.id, commit=CommitMode.VALID_ROWS
    )

    assert steps.take_back(session, registrar, import_id=draft.id) is None


def test_a_draft_remembers_its_last_steps_only(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    draft = make_draft(session, registrar, project, manifest(1))
    for n in range(steps.MOST_STEPS + 3):
        _edit(session, registrar, draft, 2, notes=f"note {n}")

    numbers = session.scalars(select(ImportStep.number)).all()

    assert (len(numbers), min(numbers)) == (steps.MOST_STEPS, 4)
