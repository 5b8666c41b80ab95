"""A list that carries no stamp is read by the template that a person chooses for it."""

import pytest
from sqlalchemy import select

from backend.core.blobs import MemoryStore
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.templates import definition_queries, queries
from backend.templates.adapters.template_file import write_template
from backend.templates.errors import TemplateFixed, TemplateNotFound
from backend.templates.ids import ImportId
from backend.templates.models import SampleImport
from backend.templates.reading.batch import RowState
from backend.templates.service import choosing, defining, editing, imports
from backend.templates.views import ImportView
from tests.backend.templates.test_entering import project
from tests.backend.templates.test_template_file import filled
from tests.factories.samples import EVERYBODY
from tests.support.sample_files import form

__all__ = ["project"]

THEIRS = b"Their ID,Kept at,Ward,Amount\nB-1,,A1,0.5\nB-2,4,C3,\n"
KNOWN = b"Their ID,Material,Kept at\nB-1,gDNA,\n"
KEY = "ward-intake"


def draft(
    session: WriteSession, code: str, content: bytes = THEIRS, template: str | None = None
) -> ImportView:
    head = imports.start_import(
        session,
        EVERYBODY,
        file_name="theirs.csv",
        content=content,
        project_code=code,
        files=MemoryStore(),
        template=template,
    )
    return queries.get_import(session, EVERYBODY, head.id)


def codes(view: ImportView, row: int) -> set[tuple[str | None, str]]:
    return {(f.field or f.header, f.code) for f in view.rows[row].findings}


def test_headings_defaults_and_rules_of_the_template_hold_for_a_dropped_file(
    session: WriteSession, project: str
) -> None:
    view = draft(session, project, template=KEY)

    assert view.rows[0].state is RowState.READY
    assert view.rows[0].cells["zone"] == "-20"
    assert view.rows[0].cells["external_id"] == "B-1"
    assert ("Ward", "not_in_list") in codes(view, 1)
    assert any(f.code == "template_chosen" for f in view.findings)


def test_a_form_is_read_by_itself_though_lists_are_read_by_a_template(
    session: WriteSession, project: str
) -> None:
    view = draft(session, project, form(), template=KEY)

    assert [row.state for row in view.rows] == [RowState.READY, RowState.READY]
    assert view.template_version_id is None
    (about,) = [f for f in view.findings if f.code == "template_not_for_form"]
    assert about.message.startswith("This is a form, so it was read by itself and not by")
    choosing.choose_template(session, EVERYBODY, import_id=ImportId(view.id), key=KEY)
    chosen = queries.get_import(session, EVERYBODY, ImportId(view.id))
    assert chosen.template_version_id is not None


def test_a_draft_is_read_anew_by_a_template_and_by_itself_again(
    session: WriteSession, project: str
) -> None:
    view = draft(session, project, KNOWN)
    before = [dict(row.cells) for row in view.rows]

    choosing.choose_template(session, EVERYBODY, import_id=view.id, key=KEY)
    chosen = queries.get_import(session, EVERYBODY, view.id)
    choosing.choose_template(session, EVERYBODY, import_id=view.id, key=None)
    again = queries.get_import(session, EVERYBODY, view.id)

    assert "external_id" not in before[0]
    assert chosen.rows[0].cells["external_id"] == "B-1"
    assert chosen.rows[0].state is RowState.READY
    assert again.template_version_id is None
    assert not any(f.code == "template_chosen" for f in again.findings)
    assert "external_id" not in again.rows[0].cells


def test_pasted_rows_fill_the_own_columns_of_the_template_and_take_its_defaults(
    session: WriteSession, project: str
) -> None:
    here = imports.start_empty(session, EVERYBODY, project_code=project, template=KEY)

    pasted = editing.paste_block(
        session,
        EVERYBODY,
        import_id=here,
        text="Their ID\tward\tNurse\nB-1\tB2\tIda\nB-2\tB2\t\n",
        fields=["external_id"],
    )
    view = queries.get_import(session, EVERYBODY, here)

    assert pasted.left_out == ()
    assert view.rows[0].extras == {"Ward": "B2", "Nurse": "Ida"}
    assert view.rows[0].cells["sample_type"] == "gDNA"
    assert codes(view, 1) == {("Nurse", "required_empty")}
    editing.paste_block(
        session,
        EVERYBODY,
        import_id=here,
        text="Their ID\tNurse\nB-2\tOle\n",
        fields=[],
        from_number=2,
    )
    fixed = queries.get_import(session, EVERYBODY, here)
    assert fixed.rows[1].state is RowState.READY


def test_the_choice_is_remembered_per_project_and_recorded(
    session: WriteSession, project: str
) -> None:
    view = draft(session, project, KNOWN)
    nothing = choosing.remembered_template(session, EVERYBODY, project)

    choosing.choose_template(session, EVERYBODY, import_id=view.id, key=KEY)

    assert nothing is None
    assert choosing.remembered_template(session, EVERYBODY, project) == KEY
    types = session.scalars(select(OutboxEvent.type).order_by(OutboxEvent.id.desc()).limit(2)).all()
    assert "templates.project_template_chosen" in types
    defining.deprecate(session, EVERYBODY, key=KEY, number=1, reason="Over.")
    assert choosing.remembered_template(session, EVERYBODY, project) is None


def test_a_stamp_is_heeded_whatever_is_chosen(session: WriteSession, project: str) -> None:
    version = definition_queries.get_version(session, EVERYBODY, KEY, 1)
    defining.clone_template(session, EVERYBODY, key=KEY, new_key="other", name="Other")
    defining.publish(session, EVERYBODY, key="other", note="First.")
    content = filled(version, ("B-1", "", "", "", "", ""))
    assert content != write_template(version)

    view = draft(session, project, content, template="other")

    assert session.get_one(SampleImport, view.id).template_version_id == version.id
    with pytest.raises(TemplateFixed):
        choosing.choose_template(session, EVERYBODY, import_id=view.id, key="other")


def test_a_template_that_is_not_in_use_cannot_be_chosen(
    session: WriteSession, project: str
) -> None:
    view = draft(session, project, KNOWN)

    with pytest.raises(TemplateNotFound), session.begin_nested():
        choosing.choose_template(session, EVERYBODY, import_id=view.id, key="nothing")

    stored = queries.get_import(session, EVERYBODY, ImportId(view.id))
    assert stored.template_version_id is None
