"""A list names the consents of its samples: known ones are tied, others are errors of cells."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from backend.core.blobs import MemoryStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import service
from backend.samples.consent_models import Consent
from backend.samples.consent_schemas import ConsentGiven
from backend.samples.models import Sample
from backend.templates import queries
from backend.templates.ids import RowMode
from backend.templates.service import choosing, imports
from backend.templates.views import ImportView, Registered
from tests.factories.imports import make_draft, make_project_of
from tests.factories.people import make_user
from tests.factories.samples import EVERYBODY
from tests.support.sample_files import as_csv

_HEADINGS = ["Sample ID", "Type", "Zone", "Consent ref."]


@pytest.fixture
def editor(session: WriteSession, principal_of: Callable[..., Principal]) -> Principal:
    user = make_user(session)
    may = (Permission.SAMPLES_REGISTER, Permission.SAMPLES_VIEW, Permission.SAMPLES_EDIT)
    return principal_of(*may, name=user.name, user_id=user.id)


def _record(session: WriteSession, *references: str) -> None:
    for reference in references:
        consent = ConsentGiven(reference=reference, scope="Research", expires_on=None)
        service.record_consent(session, EVERYBODY, consent=consent)


def _sheet(*references: str) -> bytes:
    rows = [[f"S-00000{n}", "gDNA", "-20 °C", said] for n, said in enumerate(references)]
    return as_csv([_HEADINGS, *rows])


def _import(
    session: WriteSession, editor: Principal, project: str, content: bytes, mode: RowMode
) -> Registered:
    return imports.import_file(
        session,
        editor,
        file_name="consents.csv",
        content=content,
        project_code=project,
        files=MemoryStore(),
        row_mode=mode,
        reason="Sent again",
    )


def _tied(session: WriteSession) -> dict[str, str]:
    session.expire_all()
    found = session.execute(
        select(Sample.name, Consent.reference).join(Consent, Consent.id == Sample.consent_id)
    )
    return {row.name: row.reference for row in found}


def _errors(view: ImportView) -> list[tuple[int, str, str | None]]:
    return [
        (row.number, finding.code, finding.field)
        for row in view.rows
        for finding in row.findings
        if finding.severity == "error"
    ]


def test_samples_are_tied_to_the_consents_that_their_rows_name(
    session: WriteSession, editor: Principal
) -> None:
    project = make_project_of(session, editor)
    _record(session, "C-0417", "C-0418")

    done = _import(session, editor, project, _sheet("c-0417", "", "C-0418"), RowMode.CREATE)

    assert done.registered == 3
    assert _tied(session) == {"S-000000": "C-0417", "S-000002": "C-0418"}


def test_unknown_and_withdrawn_consents_are_errors_of_their_cells(
    session: WriteSession, editor: Principal
) -> None:
    project = make_project_of(session, editor)
    _record(session, "C-0417", "C-0418")
    service.withdraw_consent(session, EVERYBODY, reference="C-0418", reason="Letter")

    draft = make_draft(session, editor, project, _sheet("C-0417", "C-9", "C-0418"))

    assert _errors(draft) == [
        (3, "consent_unknown", "consent_reference"),
        (4, "consent_withdrawn", "consent_reference"),
    ]


def test_a_list_that_comes_again_ties_another_consent_and_shows_it_first(
    session: WriteSession, editor: Principal
) -> None:
    project = make_project_of(session, editor)
    _record(session, "C-0417", "C-0418")
    _import(session, editor, project, _sheet("C-0417", ""), RowMode.CREATE)
    again = _sheet("C-0418", "C-0418")
    draft = make_draft(session, editor, project, again)
    choosing.choose_row_mode(session, editor, import_id=draft.id, mode=RowMode.UPSERT)
    view = queries.get_import(session, editor, draft.id)

    done = _import(session, editor, project, again + b"\n", RowMode.UPSERT)

    said = [row.findings[0].message for row in view.rows]
    assert "Consent reference “C-0417” → “C-0418”" in said[0]
    assert "Consent reference empty → “C-0418”" in said[1]
    assert done.updated == 2
    assert set(_tied(session).values()) == {"C-0418"}


def test_the_same_consent_again_changes_nothing(session: WriteSession, editor: Principal) -> None:
    project = make_project_of(session, editor)
    _record(session, "C-0417")
    _import(session, editor, project, _sheet("C-0417"), RowMode.CREATE)

    draft = make_draft(session, editor, project, _sheet("c-0417"))
    choosing.choose_row_mode(session, editor, import_id=draft.id, mode=RowMode.UPSERT)

    view = queries.get_import(session, editor, draft.id)
    assert [row.state.value for row in view.rows] == ["skipped"]
