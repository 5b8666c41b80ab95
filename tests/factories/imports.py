"""Projects and drafts of import tests."""

import itertools

from backend.core.blobs import MemoryStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project, ProjectMember
from backend.templates.service import imports
from backend.templates.views import ImportView
from tests.factories.people import make_user
from tests.support.sample_files import manifest

_numbers = itertools.count(1)


def make_project_of(session: WriteSession, *principals: Principal, code: str | None = None) -> str:
    """Add a project whose members are the principals, and return its code."""
    project = Project(code=code or f"IMP-{next(_numbers)}", name="Imports", owner_id=None)
    session.add(project)
    session.flush()
    session.add_all(
        ProjectMember(project_id=project.id, user_id=principal.user_id)
        for principal in principals
        if principal.user_id is not None
    )
    session.flush()
    return project.code


def make_registrar(session: WriteSession, principal_of: object) -> Principal:
    """Return a principal who may register, with an account of their own."""
    user = make_user(session)
    made: Principal = principal_of(  # type: ignore[operator] # the fixture of tests/conftest.py
        Permission.SAMPLES_REGISTER, Permission.SAMPLES_VIEW, name=user.name, user_id=user.id
    )
    return made


def make_draft(
    session: WriteSession,
    principal: Principal,
    project_code: str,
    content: bytes | None = None,
    file_name: str = "manifest.csv",
) -> ImportView:
    """Start the import of a file, by default a good manifest of four rows."""
    return imports.start_import(
        session,
        principal,
        file_name=file_name,
        content=manifest() if content is None else content,
        project_code=project_code,
        files=MemoryStore(),
    )
