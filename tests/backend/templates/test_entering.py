"""A person fills a template's form: each record is read and checked as a row of a list is."""

import pytest
from sqlalchemy import func, select

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import WriteSession
from backend.samples.models import Sample
from backend.templates import queries
from backend.templates.definition import ColumnKind, Definition, RequiredIf, TemplateColumn
from backend.templates.errors import CellNotThere, RecordRefused, TemplateNotInUse
from backend.templates.ids import CommitMode, TemplateKind
from backend.templates.models import SampleImport
from backend.templates.reading.batch import RowState
from backend.templates.reading.fields import FieldKey
from backend.templates.service import defining, editing, entering, registering
from tests.factories.imports import make_project_of
from tests.factories.samples import EVERYBODY

INTAKE = Definition(
    columns=(
        TemplateColumn(heading="Their ID", field=FieldKey.EXTERNAL_ID, required=True, unique=True),
        TemplateColumn(heading="Material", field=FieldKey.SAMPLE_TYPE, default="gDNA"),
        TemplateColumn(heading="Kept at", field=FieldKey.ZONE, default="-20"),
        TemplateColumn(
            heading="Amount", field=FieldKey.VOLUME, kind=ColumnKind.NUMBER, unit="mL", maximum=5
        ),
        TemplateColumn(heading="Ward", kind=ColumnKind.CHOICE, choices=("A1", "B2")),
        TemplateColumn(heading="Nurse"),
    ),
    rules=(RequiredIf(column="Ward", values=("B2",), then="Nurse"),),
)


@pytest.fixture
def project(session: WriteSession) -> str:
    defining.create_template(
        session,
        EVERYBODY,
        key="ward-intake",
        name="Ward intake",
        kind=TemplateKind.SAMPLE_INTAKE,
        definition=INTAKE,
    )
    defining.publish(session, EVERYBODY, key="ward-intake", note="First.")
    return make_project_of(session)


def enter(session: WriteSession, project: str, **texts: str) -> entering.Entered:
    return entering.enter_record(
        session,
        EVERYBODY,
        project_code=project,
        key="ward-intake",
        texts={name.replace("_", " "): text for name, text in texts.items()},
    )


def imports_there(session: WriteSession) -> int:
    return session.scalar(select(func.count()).select_from(SampleImport)) or 0


def test_records_land_as_rows_of_one_draft_that_is_stamped_with_the_version(
    session: WriteSession, project: str
) -> None:
    first = enter(session, project, Their_ID="B-1", Amount="0.5", Ward="A1")
    second = enter(session, project, Their_ID="B-2", Ward="B2", Nurse="Ida")

    assert first.import_id == second.import_id
    assert (second.number, second.rows) == (2, 2)
    view = queries.get_import(session, EVERYBODY, first.import_id)
    assert view.template_version_id is not None
    assert view.rows[0].cells == {
        "external_id": "B-1",
        "sample_type": "gDNA",
        "zone": "-20",
        "volume_ul": "0.5",
    }
    assert view.rows[1].extras == {"Ward": "B2", "Nurse": "Ida"}
    assert view.count(RowState.ERROR) == 0


def test_what_was_entered_registers_as_any_list_in_the_units_of_the_form(
    session: WriteSession, project: str
) -> None:
    made = enter(session, project, Their_ID="B-1", Amount="0.5")

    done = registering.register_ready_rows(
        session, EVERYBODY, import_id=made.import_id, commit=CommitMode.ALL_OR_NOTHING
    )

    assert done.registered == 1
    sample = session.scalars(select(Sample).where(Sample.barcode == done.barcodes[0])).one()
    assert sample.external_id == "B-1"
    later = enter(session, project, Their_ID="B-2")
    assert later.import_id != made.import_id


@pytest.mark.parametrize(
    ("texts", "heading", "said"),
    [
        ({"Ward": "A1"}, "Their ID", "Fill Their ID."),
        ({"Their_ID": "B-1", "Amount": "9"}, "Amount", "at most 5"),
        ({"Their_ID": "B-1", "Amount": "much"}, "Amount", "much"),
        ({"Their_ID": "B-1", "Ward": "C3"}, "Ward", "is one of A1, B2"),
        ({"Their_ID": "B-1", "Ward": "B2"}, "Nurse", "Ward is B2, so fill Nurse."),
        ({"Their_ID": " "}, "Their ID", "Fill at least one field."),
    ],
)
def test_a_record_with_an_error_is_refused_at_its_field_and_nothing_is_begun(
    session: WriteSession, project: str, texts: dict[str, str], heading: str, said: str
) -> None:
    with pytest.raises(RecordRefused) as refusal, session.begin_nested():
        enter(session, project, **texts)

    assert said in refusal.value.fields[heading]
    assert imports_there(session) == 0


def test_a_value_that_stands_once_is_compared_with_the_records_before(
    session: WriteSession, project: str
) -> None:
    made = enter(session, project, Their_ID="B-1")

    with pytest.raises(RecordRefused) as refusal, session.begin_nested():
        enter(session, project, Their_ID="b-1")

    assert list(refusal.value.fields) == ["Their ID"]
    assert len(queries.get_import(session, EVERYBODY, made.import_id).rows) == 1


def test_a_field_the_form_does_not_have_and_a_template_that_is_not_used_are_refused(
    session: WriteSession, project: str
) -> None:
    with pytest.raises(CellNotThere):
        enter(session, project, Their_ID="B-1", Shoe="43")
    defining.deprecate(session, EVERYBODY, key="ward-intake", number=1, reason="Over.")

    with pytest.raises(TemplateNotInUse, match="not in use any more: Over"):
        enter(session, project, Their_ID="B-1")


def test_a_draft_of_the_form_is_found_again_until_it_is_discarded(
    session: WriteSession, project: str
) -> None:
    made = enter(session, project, Their_ID="B-1")

    found = entering.find_form_draft(session, EVERYBODY, project_code=project, key="ward-intake")
    editing.discard_import(session, EVERYBODY, import_id=made.import_id)
    after = entering.find_form_draft(session, EVERYBODY, project_code=project, key="ward-intake")

    assert found is not None
    assert found.id == made.import_id
    assert after is None


def test_entering_needs_the_right_to_register(
    session: WriteSession, project: str, principal_of: object
) -> None:
    reader = principal_of(Permission.SAMPLES_VIEW)  # type: ignore[operator] # the fixture

    with pytest.raises(PermissionDenied):
        entering.enter_record(
            session, reader, project_code=project, key="ward-intake", texts={"Their ID": "B-1"}
        )
