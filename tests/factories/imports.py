"""Projects and drafts of import tests."""

import itertools

from sqlalchemy import select, text

from backend.core.blobs import MemoryStore
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Project, ProjectMember
from backend.templates import queries
from backend.templates.ids import ImportId
from backend.templates.models import SampleImport
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
    head = imports.start_import(
        session,
        principal,
        file_name=file_name,
        content=manifest() if content is None else content,
        project_code=project_code,
        files=MemoryStore(),
    )
    return queries.get_import(session, principal, head.id)


def make_long_draft(
    session: WriteSession, project_code: str, count: int, *, wrong_from: int = 0
) -> ImportId:
    """Add a draft of ``count`` rows from row 2 on; every tenth one has an error, the first too.

    The first ``wrong_from`` rows are right.
    """
    project_id = session.scalars(select(Project.id).where(Project.code == project_code)).one()
    record = SampleImport(
        project_id=project_id,
        file_id=None,
        file_name="long.csv",
        sha256=None,
        dialect="comma separated",
        details={},
        columns=[],
        findings=[],
        notes=[],
        row_count=count,
    )
    session.add(record)
    session.flush()
    session.execute(_LONG, {"import_id": record.id, "count": count, "wrong_from": wrong_from})
    return ImportId(record.id)


_LONG = text("""
INSERT INTO import_row
    (import_id, number, state, cells, extras, lines, sent, kept, findings, sample_id)
SELECT CAST(:import_id AS uuid), n + 2, CASE WHEN is_wrong THEN 'error' ELSE 'ready' END,
    '{}', '{}', '{}', '{}', '{}', CASE WHEN is_wrong THEN jsonb_build_array(wrong, noted)
    ELSE jsonb_build_array(noted) END, NULL
FROM generate_series(0, CAST(:count AS int) - 1) AS n,
    LATERAL (SELECT n % 10 = 0 AND n >= CAST(:wrong_from AS int)) AS judged (is_wrong),
    LATERAL jsonb_build_object('code', 'unknown', 'severity', 'error', 'message', 'Not known.',
        'row', n + 2, 'field', 'zone') AS wrong,
    LATERAL jsonb_build_object('code', 'noted', 'severity', 'info', 'message', 'Read so.',
        'row', n + 2, 'field', 'notes') AS noted
""")
