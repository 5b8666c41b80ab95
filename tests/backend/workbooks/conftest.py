"""Two people of two projects, and a store for what they send."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.core.blobs import MemoryStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events.models import OutboxEvent
from backend.samples.models import Project
from backend.workbooks import queries, service
from backend.workbooks.ids import WorkbookId
from backend.workbooks.views import Added, VersionView
from tests.factories.imports import make_project_of
from tests.factories.people import make_user


class Desk:
    """One person's work with workbooks."""

    def __init__(self, session: WriteSession, principal: Principal, files: MemoryStore) -> None:
        self.session, self.principal, self.files = session, principal, files

    def add(self, content: bytes, name: str = "plates.xlsx", project: UUID | None = None) -> Added:
        return service.add_workbook(
            self.session,
            self.principal,
            file_name=name,
            content=content,
            files=self.files,
            project_id=project,
        )

    def add_version(self, key: WorkbookId, content: bytes) -> Added:
        return service.add_version(
            self.session,
            self.principal,
            key,
            file_name="plates again.xlsx",
            content=content,
            files=self.files,
            note="Measured again",
        )

    def newest(self, key: WorkbookId) -> VersionView:
        return queries.workbook(self.session, self.principal, key).versions[0]

    def find(self, words: str, *, all_versions: bool = False) -> list[tuple[str, int, str, str]]:
        found = queries.search_rows(self.session, self.principal, words, all_versions=all_versions)
        return [(row.sheet_name, row.row_number, row.heading, row.cell) for row in found.rows]

    def events(self) -> list[str]:
        types = self.session.scalars(
            select(OutboxEvent.type)
            .where(OutboxEvent.type.startswith("workbooks."))
            .order_by(OutboxEvent.id)
        )
        return list(types)


@pytest.fixture
def files() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def person(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> Callable[[], Principal]:
    """Return a maker of people who may read documents and register samples."""

    def make() -> Principal:
        user = make_user(session)
        return principal_of(
            Permission.DOCUMENTS_VIEW,
            Permission.SAMPLES_REGISTER,
            Permission.SAMPLES_VIEW,
            name=user.name,
            user_id=user.id,
        )

    return make


@pytest.fixture
def ada(person: Callable[[], Principal]) -> Principal:
    return person()


@pytest.fixture
def ben(person: Callable[[], Principal]) -> Principal:
    return person()


@pytest.fixture
def project(session: WriteSession, ada: Principal) -> Project:
    code = make_project_of(session, ada)
    return session.query(Project).filter_by(code=code).one()


@pytest.fixture
def desk(session: WriteSession, ada: Principal, files: MemoryStore) -> Desk:
    return Desk(session, ada, files)


@pytest.fixture
def other_desk(session: WriteSession, ben: Principal, files: MemoryStore) -> Desk:
    return Desk(session, ben, files)
