"""The columns of a template's own are edited in the review grid, each by its own checks."""

from decimal import Decimal

import pytest

from backend.core.blobs import MemoryStore
from backend.core.sessions import WriteSession
from backend.templates import queries
from backend.templates.definition import ColumnKind, Definition, TemplateColumn
from backend.templates.definition_rules import check_rows
from backend.templates.errors import CellNotThere
from backend.templates.ids import TemplateKind
from backend.templates.own_columns import UNIT_DIFFERS, own_columns
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import FieldKey
from backend.templates.reading.headings import match_columns
from backend.templates.service import defining, editing, imports
from backend.templates.views import CellEdit, ImportView
from tests.factories.imports import make_project_of
from tests.factories.samples import EVERYBODY

SPUN = TemplateColumn(
    heading="Spun at",
    kind=ColumnKind.NUMBER,
    unit="mL",
    minimum=Decimal(1),
    maximum=Decimal(9),
)
RACK = TemplateColumn(heading="Rack", kind=ColumnKind.CODE, pattern="A99", example="R07")
WARD = TemplateColumn(heading="Ward", kind=ColumnKind.CHOICE, choices=("A1", "B2"))
OWN = Definition(
    columns=(
        TemplateColumn(heading="Their ID", field=FieldKey.EXTERNAL_ID, required=True),
        TemplateColumn(heading="Material", field=FieldKey.SAMPLE_TYPE, default="gDNA"),
        TemplateColumn(heading="Kept at", field=FieldKey.ZONE, default="-20"),
        SPUN,
        RACK,
        WARD,
        TemplateColumn(heading="Fasted", kind=ColumnKind.YES_NO),
        TemplateColumn(heading="Drawn", kind=ColumnKind.DATE),
    )
)


@pytest.fixture
def project(session: WriteSession) -> str:
    defining.create_template(
        session,
        EVERYBODY,
        key="own",
        name="Own",
        kind=TemplateKind.SAMPLE_INTAKE,
        definition=OWN,
    )
    defining.publish(session, EVERYBODY, key="own", note="First.")
    return make_project_of(session)


def draft(session: WriteSession, project: str, content: bytes) -> ImportView:
    head = imports.start_import(
        session,
        EVERYBODY,
        file_name="own.csv",
        content=content,
        project_code=project,
        files=MemoryStore(),
        template="own",
    )
    return queries.get_import(session, EVERYBODY, head.id)


def edit(session: WriteSession, view: ImportView, field: str, text: str) -> ImportView:
    edits = [CellEdit(number=view.rows[0].number, field=field, text=text)]
    editing.edit_cells(session, EVERYBODY, import_id=view.id, edits=edits)
    return queries.get_import(session, EVERYBODY, view.id)


def wrong(view: ImportView) -> set[tuple[str | None, str]]:
    return {(f.field, f.code) for f in view.rows[0].findings}


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("Ward", "C3", "not_in_list"),
        ("Rack", "7", "pattern_missed"),
        ("Spun at (mL)", "fast", "number_unreadable"),
        ("Spun at (mL)", "12", "above_maximum"),
        ("Spun at (mL)", "0.5", "below_minimum"),
        ("Spun at (mL)", "500 µL", "unit_in_cell"),
        ("Fasted", "perhaps", "not_yes_or_no"),
        ("Drawn", "last week", "date_unreadable"),
    ],
)
def test_a_cell_of_an_own_column_is_checked_by_what_the_template_asks(
    session: WriteSession, project: str, field: str, text: str, code: str
) -> None:
    view = draft(session, project, b"Their ID,Ward\nB-1,A1\n")

    edited = edit(session, view, field, text)

    assert (field, code) in wrong(edited)
    assert edited.rows[0].state is RowState.ERROR
    assert edited.rows[0].extras[field] == text
    assert edit(session, edited, field, "").rows[0].state is RowState.READY


def test_all_cells_of_a_cause_take_their_fix(session: WriteSession, project: str) -> None:
    view = draft(session, project, b"Their ID,Spun at (mL),ward\nB-1,2 mL,a1\nB-2,3000 ul,b2\n")

    editing.fix_all(
        session, EVERYBODY, import_id=view.id, code="unit_in_cell", field="Spun at (mL)"
    )
    fixed = queries.get_import(session, EVERYBODY, view.id)
    editing.fix_all(session, EVERYBODY, import_id=view.id, code="not_in_list", field="ward")
    done = queries.get_import(session, EVERYBODY, view.id)

    assert [row.extras["Spun at (mL)"] for row in fixed.rows] == ["2", "3"]
    assert [row.extras["ward"] for row in done.rows] == ["A1", "B2"]
    assert {row.state for row in done.rows} == {RowState.READY}


def test_a_column_that_nobody_asked_for_stays_as_the_sender_wrote_it(
    session: WriteSession, project: str
) -> None:
    view = draft(session, project, b"Their ID,Ward\nB-1,A1\n")

    with pytest.raises(CellNotThere):
        edit(session, view, "Nobody's", "x")


def test_a_heading_in_another_unit_is_said_once_and_not_converted(
    session: WriteSession, project: str
) -> None:
    view = draft(session, project, b"Their ID,Spun at (uL)\nB-1,5\n")

    again = edit(session, view, "Ward", "A1")

    said = [f.message for f in again.findings if f.code == UNIT_DIFFERS]
    assert len(said) == 1
    assert "given in uL" in said[0]
    assert again.rows[0].extras["Spun at (uL)"] == "5"


def test_own_columns_go_by_the_lists_spelling() -> None:
    matches = match_columns(("their id", "WARD", "spun_at [mL]"), {"ward": "keep"})

    names = [own.name for own in own_columns(OWN, matches)]

    assert names == ["spun_at [mL]", "Rack", "WARD", "Fasted", "Drawn"]


@pytest.mark.parametrize(
    ("text", "fix"), [("2 ml", "2"), ("1500 nL", "0.0015"), ("3 kg", None), ("2 ng/uL", None)]
)
def test_a_figure_with_a_unit_is_offered_in_the_columns_own(text: str, fix: str | None) -> None:
    ((problem),) = [
        f.problem for f in check_rows(Definition(columns=(SPUN,)), {"Spun at": [text]}, 1)
    ]

    assert (problem.code, problem.fix) == ("unit_in_cell", fix)
