"""Reading imports, and asking the laboratory what a file cannot know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Select,
    Text,
    any_,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from backend.core.paging import Page, checked_limit, decode_moment, encode_moment
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import queries as samples_queries
from backend.samples.amend_rules import AMENDABLE
from backend.samples.consenting import reference_of_sample
from backend.samples.ids import ProjectId
from backend.samples.models import Project, ProjectMember, Sample, folded_id
from backend.templates.errors import ImportNotFound, ProjectNotFound
from backend.templates.ids import ImportId, ImportState
from backend.templates.models import HeaderMap, ImportRow, SampleImport
from backend.templates.plain import column_in, finding_in
from backend.templates.reading.batch import RowState
from backend.templates.reading.values import Note
from backend.templates.views import ImportHead, ImportSummary, ImportView, RowView, Standing

_APART = "\x1f"
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True, slots=True)
class ProjectChoice:
    """A project a person may register samples into."""

    id: ProjectId
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Owner:
    """The sample that already goes by a code."""

    barcode: str
    name: str
    created_at: datetime


def _open_projects(principal: Principal) -> Select[Project]:
    return samples_queries.visible_projects(principal).where(Project.is_open)


def list_projects(session: ReadSession, principal: Principal) -> list[ProjectChoice]:
    """Return the projects to choose from, by code."""
    rows = session.scalars(_open_projects(principal).order_by(Project.code))
    return [ProjectChoice(ProjectId(row.id), row.code, row.name) for row in rows]


def get_project(session: ReadSession, principal: Principal, code: str) -> ProjectChoice:
    """Return a project by its code, however it is capitalised.

    Raises:
        ProjectNotFound: no such open project, or not one of the principal's.
    """
    query = _open_projects(principal).where(func.lower(Project.code) == code.lower())
    row = session.scalars(query).one_or_none()
    if row is None:
        raise ProjectNotFound(code)
    return ProjectChoice(ProjectId(row.id), row.code, row.name)


def visible_imports(principal: Principal) -> Select[SampleImport, str]:
    """Return the imports of a principal's projects, each with its project's code."""
    query = select(SampleImport, Project.code).join(Project, Project.id == SampleImport.project_id)
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return query
    mine = select(ProjectMember.project_id).where(ProjectMember.user_id == principal.user_id)
    return query.where(SampleImport.project_id.in_(mine))


def get_import(session: ReadSession, principal: Principal, import_id: ImportId) -> ImportView:
    """Return an import with its rows.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    head = get_head(session, principal, import_id)
    return ImportView(**parts_of(head), rows=rows_of(session, import_id))


def get_head(session: ReadSession, principal: Principal, import_id: ImportId) -> ImportHead:
    """Return what is known of an import as a whole.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    return _head(_found(session, principal, import_id))


def parts_of(head: ImportHead) -> dict[str, Any]:
    """Return the parts of a head by name, for a view that has more."""
    return {name: getattr(head, name) for name in ImportHead.__slots__}


def row_count(session: ReadSession, principal: Principal, import_id: ImportId) -> int:
    """Return how many rows an import has, those done included.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    return int(_found(session, principal, import_id)[0].row_count)


def lock_import(session: Session, principal: Principal, import_id: ImportId) -> SampleImport:
    """Return an import, its row locked so that two people's edits come one after the other.

    Raises:
        ImportNotFound: absent, or of a project the principal is not in.
    """
    found = session.execute(
        visible_imports(principal)
        .where(SampleImport.id == import_id)
        .with_for_update(of=SampleImport)
    ).one_or_none()
    if found is None:
        raise ImportNotFound
    return found[0]


def find_import_of_file(session: ReadSession, project_id: UUID, sha256: str) -> SampleImport | None:
    """Return the import of the same bytes into the same project, unless it was discarded."""
    return session.scalars(
        select(SampleImport).where(
            SampleImport.project_id == project_id,
            SampleImport.sha256 == sha256,
            SampleImport.state != ImportState.DISCARDED,
        )
    ).one_or_none()


def rows_of(session: ReadSession, import_id: ImportId) -> list[RowView]:
    """Return an import's rows in the order of the file."""
    columns = ImportRow.__table__.c
    return row_views(
        session,
        select_rows().where(columns.import_id == import_id).order_by(columns.number),
    )


def select_rows() -> Select[*tuple[Any, ...]]:
    """Return the parts of an import's rows that readers receive, for `row_views`."""
    row = ImportRow.__table__.c
    return select(
        row.number, row.state, row.cells, row.extras, row.lines, row.findings, row.sample_id
    )


def row_views(session: ReadSession, query: Select[*tuple[Any, ...]]) -> list[RowView]:
    """Return the rows that a query of `select_rows` finds."""
    return [
        RowView(
            number=row.number,
            state=RowState(row.state),
            cells=row.cells,
            extras=row.extras,
            lines=row.lines,
            findings=[finding_in(finding) for finding in row.findings],
            sample_id=row.sample_id,
        )
        for row in session.execute(query)
    ]


def last_number(session: ReadSession, import_id: ImportId) -> int:
    """Return the highest row number of an import, 0 for an empty one."""
    highest = select(func.max(ImportRow.number)).where(ImportRow.import_id == import_id)
    return session.scalar(highest) or 0


def list_imports(
    session: ReadSession, principal: Principal, *, limit: int = 50, cursor: str | None = None
) -> Page[ImportSummary]:
    """Return imports, the newest first."""
    principal.require(Permission.SAMPLES_VIEW)
    query = visible_imports(principal).order_by(
        SampleImport.created_at.desc(), SampleImport.id.desc()
    )
    if cursor is not None:
        last = decode_moment(cursor)
        query = query.where(tuple_(SampleImport.created_at, SampleImport.id) < last)
    found = session.execute(query.limit(checked_limit(limit) + 1)).all()
    more = len(found) > limit
    last_shown = found[limit - 1][0] if more else None
    return Page(
        items=[_summary(row) for row in found[:limit]],
        next_cursor=encode_moment(last_shown.created_at, last_shown.id) if last_shown else None,
    )


def draft_count(session: ReadSession, principal: Principal) -> int:
    """Return how many imports of the principal's projects still hold rows to put right."""
    principal.require(Permission.SAMPLES_VIEW)
    unfinished = visible_imports(principal).where(
        SampleImport.state.in_([ImportState.DRAFT, ImportState.PARTLY])
    )
    return session.scalar(select(func.count()).select_from(unfinished.subquery())) or 0


def header_map(session: ReadSession, project_id: UUID) -> dict[str, str]:
    """Return the project's remembered headings, folded, and the field each fills."""
    rows = session.execute(
        select(HeaderMap.heading, HeaderMap.field).where(HeaderMap.project_id == project_id)
    )
    return {row.heading: row.field for row in rows}


def owners_of_barcodes(session: ReadSession, codes: Sequence[str]) -> dict[str, Owner]:
    """Return which of these codes are taken, in the whole laboratory."""
    if not codes:
        return {}
    rows = session.execute(
        select(Sample.barcode, Sample.name, Sample.created_at).where(
            Sample.barcode == _any_of(codes)
        )
    )
    return {row.barcode: Owner(row.barcode, row.name, row.created_at) for row in rows}


def owners_of_ids(
    session: ReadSession, project_id: UUID, folded_ids: Sequence[str]
) -> dict[str, Owner]:
    """Return which of these submitters' IDs (small letters) the project has already."""
    if not folded_ids:
        return {}
    rows = session.execute(
        _joined_by_id(
            select(folded_id().label("folded"), Sample.barcode, Sample.name, Sample.created_at),
            project_id,
            folded_ids,
        )
    )
    return {row.folded: Owner(row.barcode, row.name, row.created_at) for row in rows}


_BESIDE = ("volume_ul", "consent")
"""What a list may change of a sample by other ways than its columns."""


def find_standing(
    session: ReadSession, project_id: UUID, *, barcodes: Sequence[str], folded_ids: Sequence[str]
) -> list[Standing]:
    """Return the samples that go by one of these barcodes, or in the project by one of these IDs.

    Those of other projects are among them, for a barcode is one in the whole laboratory.
    """
    columns = Sample.__table__.c
    fields = [columns[name] for name in (*AMENDABLE, "volume_ul")]
    known = select(
        Sample.id, Sample.barcode, Sample.project_id, Sample.version, Sample.lifecycle,
        Sample.custody, Sample.material_type, Sample.created_at, *fields, reference_of_sample(),
    )  # fmt: skip
    found: dict[UUID, Standing] = {}
    named = _joined_by_id(known, project_id, folded_ids)
    for asked, those in (
        (known.where(Sample.barcode == _any_of(barcodes)), barcodes),
        (named, folded_ids),
    ):
        for row in session.execute(asked) if those else ():
            values = {name: row._mapping[name] for name in (*AMENDABLE, *_BESIDE)}  # noqa: SLF001 a row by column name
            found[row.id] = Standing(
                row.id, row.barcode, row.project_id, row.version, row.lifecycle, row.custody,
                row.material_type, row.created_at, values,
            )  # fmt: skip
    return list(found.values())


def _joined_by_id(
    statement: Select[*Columns], project_id: UUID, folded_ids: Sequence[str]
) -> Select[*Columns]:
    """Narrow a selection of samples to those of a project that go by one of these IDs.

    Joined, in the order of the index that is unique by ID and project: asked by a list, the
    planner may look through another index of the project once for each ID.
    """
    asked = func.unnest(_array_of(folded_ids)).table_valued("id").render_derived(name="asked")
    return statement.join_from(Sample, asked, folded_id() == asked.c.id).where(
        Sample.project_id == project_id, Sample.external_id.is_not(None)
    )


def _any_of(texts: Sequence[str]) -> ColumnElement[bool]:
    return any_(_array_of(texts))


def _array_of(texts: Sequence[str]) -> ColumnElement[Sequence[str]]:
    """Return one parameter: a statement of fixed shape for however many codes.

    Joined by a sign that no code holds (codes are printable): dumping a list of thousands to an
    array takes longer than looking them up.
    """
    return func.string_to_array(_APART.join(texts), _APART, type_=ARRAY(Text))


def _found(
    session: ReadSession, principal: Principal, import_id: ImportId
) -> Row[SampleImport, str]:
    found = session.execute(
        visible_imports(principal).where(SampleImport.id == import_id)
    ).one_or_none()
    if found is None:
        raise ImportNotFound
    return found


def _head(found: Row[SampleImport, str]) -> ImportHead:
    record, code = found
    return ImportHead(
        id=ImportId(record.id),
        project_id=record.project_id,
        project_code=code,
        file_name=record.file_name,
        dialect=record.dialect,
        details=record.details,
        state=record.state,
        columns=[column_in(column) for column in record.columns],
        findings=[finding_in(finding) for finding in record.findings],
        notes=[Note(**note) for note in record.notes],
        received_at=record.received_at,
        registered_count=record.registered_count,
        created_by_name=record.created_by_name,
        created_at=record.created_at,
        registered_at=record.registered_at,
        updated_count=record.updated_count,
        row_mode=record.row_mode,
        template_version_id=record.template_version_id,
    )


def _summary(found: Row[SampleImport, str]) -> ImportSummary:
    record, code = found
    return ImportSummary(
        id=ImportId(record.id),
        file_id=record.file_id,
        project_code=code,
        file_name=record.file_name,
        dialect=record.dialect,
        state=record.state,
        rows=record.row_count,
        registered=record.registered_count,
        created_by_name=record.created_by_name,
        created_at=record.created_at,
    )
