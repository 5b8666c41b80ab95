"""Choosing how a draft is read: what becomes of samples that exist, and by which template."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.templates import queries
from backend.templates.definition import Definition
from backend.templates.definition_models import Template, TemplateVersion
from backend.templates.errors import TemplateFixed
from backend.templates.events import ProjectTemplateChosen
from backend.templates.ids import UPDATING, ImportId, RowMode, VersionState
from backend.templates.models import ProjectTemplate, SampleImport
from backend.templates.plain import column_in, column_out, finding_out
from backend.templates.reading.headings import match_columns
from backend.templates.service import moving, stamped
from backend.templates.service import rows as row_store
from backend.templates.service.registering import open_import
from backend.templates.service.settling import settle
from backend.templates.views import ImportHead

_GRID = "grid"


def choose_row_mode(
    session: WriteSession, principal: Principal, *, import_id: ImportId, mode: RowMode
) -> None:
    """Set a draft's row mode, and judge every row by it.

    Raises:
        PermissionDenied: without the right to edit samples, for a mode that changes them.
        ImportNotFound, ImportClosed: see ``open_import``.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    if mode in UPDATING:
        principal.require(Permission.SAMPLES_EDIT)
    record = open_import(session, principal, import_id)
    old, record.row_mode = record.row_mode, mode
    old_mode, new_mode = {"row_mode": old.value}, {"row_mode": mode.value}
    settle(session, principal, record, old=old_mode, new=new_mode)


def choose_template(
    session: WriteSession,
    principal: Principal,
    *,
    import_id: ImportId,
    key: str | None,
    tell: Callable[[int, int], None] = lambda _done, _rows: None,
) -> None:
    """Read a draft without a stamp by a template's version in use, or by itself for None.

    Its headings are matched anew, its empty cells take the defaults, its rules hold from now on,
    and the project's next lists are offered the same.

    Raises:
        TemplateFixed: the list carries a stamp.
        TemplateNotFound: nothing of the template is published.
        ImportNotFound, ImportClosed: see ``open_import``.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    record = open_import(session, principal, import_id)
    if is_stamped(record):
        raise TemplateFixed(
            f"“{record.file_name}” carries the stamp of a template and is read by that one."
        )
    known = stamped.chosen(session, key) if key else stamped.Recognised()
    remember_template(session, principal, project_id=record.project_id, key=key)
    _read_anew(session, record, known.definition)
    old, record.template_version_id = (
        record.template_version_id,
        known.version.id if known.version else None,
    )
    others = [found for found in record.findings if found["code"] != stamped.CHOSEN]
    record.findings = [finding_out(finding) for finding in known.findings] + others
    settle(
        session,
        principal,
        record,
        old={"template_version": str(old or "")},
        new={"template_version": known.version.stamp if known.version else ""},
        tell=tell,
    )


def remember_template(
    session: WriteSession, principal: Principal, *, project_id: UUID, key: str | None
) -> None:
    """Keep which template the project's lists without a stamp are read by; None for none."""
    principal.require(Permission.SAMPLES_REGISTER)
    if key == _remembered(session, project_id):
        return
    template_id = session.scalar(select(Template.id).where(Template.key == key)) if key else None
    values = {"template_id": template_id, "chosen_by": principal.user_id}
    session.execute(
        insert(ProjectTemplate)
        .values(project_id=project_id, **values)
        .on_conflict_do_update(index_elements=["project_id"], set_=values)
    )
    events_service.record(
        session, principal, ProjectTemplateChosen(aggregate_id=project_id, template=key or "")
    )


def remembered_template(
    session: ReadSession, principal: Principal, project_code: str
) -> str | None:
    """Return the key of the project's template, where it is still handed out.

    Raises:
        ProjectNotFound: no such project, or not one of the principal's.
    """
    principal.require(Permission.SAMPLES_REGISTER)
    project = queries.get_project(session, principal, project_code)
    return _remembered(session, project.id)


def is_stamped(record: SampleImport | ImportHead) -> bool:
    """Tell whether a list carries a template's stamp, so that there is nothing to choose."""
    codes = {f["code"] if isinstance(f, dict) else f.code for f in record.findings}
    return record.template_version_id is not None and stamped.CHOSEN not in codes


def _remembered(session: ReadSession, project_id: UUID) -> str | None:
    in_use = select(TemplateVersion.template_id).where(
        TemplateVersion.state == VersionState.PUBLISHED
    )
    return session.scalar(
        select(Template.key)
        .join(ProjectTemplate, ProjectTemplate.template_id == Template.id)
        .where(ProjectTemplate.project_id == project_id, Template.id.in_(in_use))
    )


def _read_anew(session: WriteSession, record: SampleImport, definition: Definition | None) -> None:
    """Match the columns by what the definition says of headings, and carry the texts along."""
    before = [column_in(stored) for stored in record.columns]
    if record.dialect == _GRID:
        after = stamped.columns_of(definition)
    else:
        said = queries.header_map(session, record.project_id) | stamped.remembered(definition)
        after = match_columns(tuple(match.heading for match in before), said)
        moving.move_cells(session, record.id, before, after)
    record.columns = [column_out(match) for match in after]
    moving.fill_in(session, record.id, stamped.defaults_of(definition))
    row_store.forget_rows(session)
