"""The files that imports were made of: who sees them, what was read, taken as they were sent."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from backend.core.blobs import MemoryStore, key_of
from backend.core.errors import NotFound, PermissionDenied
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal, UserId
from backend.core.sessions import WriteSession
from backend.documents.errors import FileNotFound
from backend.documents.ids import FileId
from backend.documents.models import StoredFile
from backend.events.models import AuditEntry
from backend.templates import file_queries
from backend.templates.ids import ImportState
from backend.templates.service import files as files_service
from backend.templates.service import imports, registering
from tests.factories.imports import make_project_of
from tests.factories.people import make_user
from tests.support.sample_files import as_csv, form, manifest, manifest_rows

LINES = 400


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def reader(registrar: Principal) -> Principal:
    """The registrar, who may read documents too."""
    return replace(registrar, permissions=registrar.permissions | {Permission.DOCUMENTS_VIEW})


def send(
    session: WriteSession,
    principal: Principal,
    into: tuple[str, MemoryStore],
    content: bytes,
    name: str = "manifest.csv",
) -> FileId:
    """Start the import of a file and return the file's key."""
    project, store = into
    imports.start_import(
        session, principal, file_name=name, content=content, project_code=project, files=store
    )
    found = session.scalars(select(StoredFile.id).where(StoredFile.sha256 == key_of(content)))
    return FileId(found.one())


def test_a_file_is_listed_with_its_content_and_how_far_its_import_is(
    session: WriteSession, reader: Principal, project: str, store: MemoryStore
) -> None:
    content = as_csv(manifest_rows(3, {1: {"Storage_Temp": "warm"}}))

    send(session, reader, (project, store), content)

    (listed,) = file_queries.list_files(session, reader).items
    assert (listed.file.sha256, listed.file.size_bytes) == (key_of(content), len(content))
    assert (listed.file.uploaded_by_name, listed.project_code) == (reader.name, project)
    assert (listed.state, listed.rows, listed.registered, listed.to_check) == (
        ImportState.DRAFT,
        3,
        0,
        1,
    )


def test_the_newest_stands_first_and_pages_follow_one_another(
    session: WriteSession, reader: Principal, project: str, store: MemoryStore
) -> None:
    for number in range(3):
        send(session, reader, (project, store), manifest(number + 1), f"{number}.csv")

    first = file_queries.list_files(session, reader, limit=2)
    second = file_queries.list_files(session, reader, limit=2, cursor=first.next_cursor)

    # All of one transaction carry one instant; the key puts them in order.
    names = [each.file.file_name for each in [*first.items, *second.items]]
    assert names == ["2.csv", "1.csv", "0.csv"]
    assert second.next_cursor is None


def test_a_form_shows_its_labelled_values_and_the_lines_they_stand_in(
    session: WriteSession, reader: Principal, project: str, store: MemoryStore
) -> None:
    file_id = send(session, reader, (project, store), form(), "form.txt")

    read = file_queries.what_was_read(session, reader, file_id, lines=LINES)
    text = files_service.text_of(session, reader, file_id=file_id, files=store, lines=LINES)

    assert text is not None
    assert read.notes
    for note in read.notes:
        assert note.value in text[note.line - 1]
    assert read.read_lines
    assert not read.read_lines & read.check_lines


def test_a_sheet_marks_rows_that_are_fine_and_rows_to_check(
    session: WriteSession, reader: Principal, project: str, store: MemoryStore
) -> None:
    content = as_csv(manifest_rows(3, {1: {"Storage_Temp": "warm"}}))
    file_id = send(session, reader, (project, store), content)

    read = file_queries.what_was_read(session, reader, file_id, lines=LINES)
    first_only = file_queries.what_was_read(session, reader, file_id, lines=2)

    # Row 1 is the heading.
    assert (read.read_lines, read.check_lines) == ({2, 4}, {3})
    assert (first_only.read_lines, first_only.check_lines) == ({2}, frozenset())
    assert read.columns[0].heading == "Sample_ID"


def test_only_the_first_lines_of_a_long_file_are_read_for_show(
    session: WriteSession, reader: Principal, project: str, store: MemoryStore
) -> None:
    file_id = send(session, reader, (project, store), manifest(50))

    shown = files_service.text_of(session, reader, file_id=file_id, files=store, lines=10)

    assert shown is not None
    assert len(shown) == 10


def test_registering_moves_the_file_on(
    session: WriteSession, reader: Principal, project: str, store: MemoryStore
) -> None:
    send(session, reader, (project, store), manifest(2))
    (listed,) = file_queries.list_files(session, reader).items

    registering.register_ready_rows(session, reader, import_id=listed.import_id)

    (after,) = file_queries.list_files(session, reader).items
    assert (after.state, after.registered, after.to_check) == (ImportState.REGISTERED, 2, 0)


def test_a_file_is_taken_as_it_was_sent_and_who_took_it_is_kept(
    session: WriteSession, reader: Principal, project: str, store: MemoryStore
) -> None:
    content = manifest(2)
    file_id = send(session, reader, (project, store), content)

    file, taken = files_service.download_file(session, reader, file_id=file_id, files=store)

    assert (file.file_name, taken) == ("manifest.csv", content)
    (entry,) = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "documents.file_downloaded")
    )
    assert (entry.actor_name, entry.entity_id) == (reader.name, file_id)


def test_a_file_of_another_project_is_not_there(
    session: WriteSession,
    reader: Principal,
    project: str,
    store: MemoryStore,
    principal_of: Callable[..., Principal],
) -> None:
    file_id = send(session, reader, (project, store), manifest(2))
    user = make_user(session)
    stranger = principal_of(Permission.DOCUMENTS_VIEW, user_id=UserId(user.id))
    make_project_of(session, stranger)

    assert file_queries.list_files(session, stranger).items == []
    for hidden in (file_id, FileId(new_id())):
        with pytest.raises(FileNotFound):
            file_queries.get_file(session, stranger, hidden)
        with pytest.raises(FileNotFound):
            files_service.download_file(session, stranger, file_id=hidden, files=store)
    taken = AuditEntry.action == "documents.file_downloaded"
    assert session.scalar(select(func.count()).where(taken)) == 0


def test_documents_need_their_permission(
    session: WriteSession, registrar: Principal, project: str, store: MemoryStore
) -> None:
    file_id = send(session, registrar, (project, store), manifest(2))

    with pytest.raises(PermissionDenied):
        file_queries.list_files(session, registrar)
    with pytest.raises(PermissionDenied):
        files_service.download_file(session, registrar, file_id=file_id, files=store)


def test_bytes_that_are_gone_are_said_to_be_gone(
    session: WriteSession, reader: Principal, project: str, store: MemoryStore
) -> None:
    file_id = send(session, reader, (project, store), manifest(2))

    with pytest.raises(NotFound, match="not in the file store"):
        files_service.download_file(session, reader, file_id=file_id, files=MemoryStore())
