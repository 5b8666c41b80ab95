"""A file becomes a draft: whose it is, what it remembers, and that the second time leads back."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from backend.core.blobs import MemoryStore
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.documents.models import StoredFile
from backend.events.models import AuditEntry, OutboxEvent
from backend.templates import queries
from backend.templates.errors import FileRefused, ImportNotFound, ProjectNotFound
from backend.templates.ids import ImportState
from backend.templates.models import ImportRow, SampleImport
from backend.templates.service import imports
from tests.factories.imports import make_draft, make_project_of, make_registrar
from tests.support.broken_files import BROKEN, Broken
from tests.support.sample_files import form, manifest


def test_a_draft_keeps_every_row_with_its_texts_and_its_file(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    files = MemoryStore()

    head = imports.start_import(
        session,
        registrar,
        file_name="C:\\mail\\may.csv",
        content=manifest(3),
        project_code=project,
        files=files,
    )
    view = queries.get_import(session, registrar, head.id)

    assert (view.file_name, view.state, view.ready) == ("may.csv", ImportState.DRAFT, 3)
    assert view.rows[0].cells["volume_ul"] == "2.5"
    assert view.rows[0].extras == {"Quality_Score": "8.2"}
    stored = session.scalars(select(StoredFile)).one()
    assert files.get(stored.sha256) == manifest(3)


def test_a_form_keeps_the_line_of_every_cell(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    view = make_draft(session, registrar, project, form())

    row = view.rows[0]
    line = form().decode().split("\n")[row.lines["barcode"] - 1]
    assert row.cells["barcode"] in line


def test_the_same_file_again_leads_back_to_the_draft(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    first = make_draft(session, registrar, project)

    again = make_draft(session, registrar, project, file_name="copy of manifest.csv")

    assert again.id == first.id
    assert session.scalar(select(func.count()).select_from(SampleImport)) == 1


def test_starting_is_recorded_with_its_counts(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    view = make_draft(session, registrar, project, manifest(3, {1: {"Storage_Temp": "warm"}}))

    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "templates.import_started")
    ).one()
    assert (event.payload["rows"], event.payload["ready"], event.payload["with_errors"]) == (
        3,
        2,
        1,
    )
    audit = session.scalars(select(AuditEntry).where(AuditEntry.entity_id == view.id)).one()
    assert audit.actor_name == registrar.name


def test_without_the_permission_nothing_is_read_or_written(
    session: WriteSession, principal_of: Callable[..., Principal], project: str
) -> None:
    guest = principal_of(Permission.SAMPLES_VIEW)

    with pytest.raises(PermissionDenied):
        make_draft(session, guest, project)

    assert session.scalar(select(func.count()).select_from(SampleImport)) == 0


def test_a_project_of_others_is_not_there(
    session: WriteSession, principal_of: Callable[..., Principal], project: str
) -> None:
    stranger = make_registrar(session, principal_of)

    with pytest.raises(ProjectNotFound):
        make_draft(session, stranger, project)


def test_a_draft_of_others_is_not_there(
    session: WriteSession,
    registrar: Principal,
    principal_of: Callable[..., Principal],
    project: str,
) -> None:
    view = make_draft(session, registrar, project)
    stranger = make_registrar(session, principal_of)
    make_project_of(session, stranger)

    with pytest.raises(ImportNotFound):
        queries.get_import(session, stranger, view.id)


def test_a_file_that_is_no_sample_list_leaves_nothing(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    with pytest.raises(FileRefused, match="no heading for the samples"):
        make_draft(session, registrar, project, b"barcode,message\nSQPD-1,gone\n")

    assert session.scalar(select(func.count()).select_from(SampleImport)) == 0
    assert session.scalar(select(func.count()).select_from(StoredFile)) == 0


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_a_broken_file_registers_nothing_by_being_dropped(
    session: WriteSession, registrar: Principal, project: str, broken: Broken
) -> None:
    refused = broken.code == "quote_open"

    try:
        view = make_draft(session, registrar, project, broken.content)
    except FileRefused:
        assert refused
        assert session.scalar(select(func.count()).select_from(ImportRow)) == 0
    else:
        assert not refused
        assert view.ready == broken.registrable
        assert all(row.sample_id is None for row in view.rows)


def test_looking_at_a_file_writes_nothing(
    session: WriteSession, registrar: Principal, project: str
) -> None:
    seen = imports.examine_file(
        session, registrar, file_name="m.csv", content=manifest(3), project_code=project
    )

    assert (seen.rows, seen.ready_rows) == (3, 3)
    assert session.scalar(select(func.count()).select_from(SampleImport)) == 0
    assert session.scalar(select(func.count()).select_from(OutboxEvent)) == 0
