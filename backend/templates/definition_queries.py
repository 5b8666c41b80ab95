"""Reading templates. They belong to the laboratory: whoever sees samples sees them all."""

from uuid import UUID

from sqlalchemy import func, select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.templates.definition import Definition
from backend.templates.definition_models import Template, TemplateVersion
from backend.templates.definition_views import TemplateView, VersionLine, VersionView
from backend.templates.errors import TemplateNotFound
from backend.templates.ids import VersionState
from backend.templates.models import SampleImport


def list_templates(session: ReadSession, principal: Principal) -> list[TemplateView]:
    """Return every template with its versions, by name."""
    principal.require(Permission.SAMPLES_VIEW)
    templates = session.scalars(select(Template).order_by(func.lower(Template.name), Template.id))
    lines = _lines(session)
    return [_view(template, lines.get(template.id, [])) for template in templates]


def get_template(session: ReadSession, principal: Principal, key: str) -> TemplateView:
    """Return a template with its versions.

    Raises:
        TemplateNotFound: no template of that name.
    """
    principal.require(Permission.SAMPLES_VIEW)
    found = find_template(session, key)
    if found is None:
        raise TemplateNotFound(key)
    return found


def find_template(session: ReadSession, key: str) -> TemplateView | None:
    """Return a template with its versions; None for none of that name."""
    template = session.scalar(select(Template).where(Template.key == key))
    if template is None:
        return None
    return _view(template, _lines(session, template.id).get(template.id, []))


def keys_in_use(session: ReadSession) -> list[str]:
    """Return the keys of the templates that senders are given, by name."""
    published = select(TemplateVersion.template_id).where(
        TemplateVersion.state == VersionState.PUBLISHED
    )
    return list(
        session.scalars(
            select(Template.key).where(Template.id.in_(published)).order_by(Template.key)
        )
    )


def get_version(
    session: ReadSession, principal: Principal, key: str, number: int | None = None
) -> VersionView:
    """Return a version; without a number the newest published one.

    Raises:
        TemplateNotFound: no such template, or no such version of it.
    """
    principal.require(Permission.SAMPLES_VIEW)
    wanted = select(TemplateVersion, Template).join(
        Template, Template.id == TemplateVersion.template_id
    )
    if number is None:
        wanted = wanted.where(TemplateVersion.state == VersionState.PUBLISHED)
    else:
        wanted = wanted.where(TemplateVersion.number == number)
    row = session.execute(
        wanted.where(Template.key == key).order_by(TemplateVersion.number.desc()).limit(1)
    ).one_or_none()
    if row is None:
        raise TemplateNotFound(key if number is None else f"{key}, version {number}")
    return _version(*row)


def find_version(session: ReadSession, key: str, number: int) -> VersionView | None:
    """Return the version that a workbook's stamp names; None when it is none of ours."""
    row = session.execute(
        select(TemplateVersion, Template)
        .join(Template, Template.id == TemplateVersion.template_id)
        .where(
            Template.key == key,
            TemplateVersion.number == number,
            TemplateVersion.state != VersionState.DRAFT,
        )
    ).one_or_none()
    return None if row is None else _version(*row)


def find_version_by_id(session: ReadSession, version_id: UUID | None) -> VersionView | None:
    """Return a version by its key; None for none."""
    if version_id is None:
        return None
    row = session.execute(
        select(TemplateVersion, Template)
        .join(Template, Template.id == TemplateVersion.template_id)
        .where(TemplateVersion.id == version_id)
    ).one()
    return _version(*row)


def newest_published(session: ReadSession, key: str) -> VersionView | None:
    """Return what senders are given now; None when nothing of the template is published."""
    row = session.execute(
        select(TemplateVersion, Template)
        .join(Template, Template.id == TemplateVersion.template_id)
        .where(Template.key == key, TemplateVersion.state == VersionState.PUBLISHED)
        .order_by(TemplateVersion.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else _version(*row)


def _lines(session: ReadSession, template_id: UUID | None = None) -> dict[UUID, list[VersionLine]]:
    used = (
        select(SampleImport.template_version_id, func.count().label("imports"))
        .where(SampleImport.template_version_id.is_not(None))
        .group_by(SampleImport.template_version_id)
        .subquery()
    )
    wanted = (
        select(TemplateVersion, func.coalesce(used.c.imports, 0))
        .outerjoin(used, used.c.template_version_id == TemplateVersion.id)
        .order_by(TemplateVersion.number.desc())
    )
    if template_id is not None:
        wanted = wanted.where(TemplateVersion.template_id == template_id)
    lines: dict[UUID, list[VersionLine]] = {}
    for version, imports in session.execute(wanted):
        lines.setdefault(version.template_id, []).append(_line(version, imports))
    return lines


def _line(version: TemplateVersion, imports: int) -> VersionLine:
    return VersionLine(
        id=version.id,
        number=version.number,
        state=version.state,
        columns=len(version.definition["columns"]),
        note=version.note,
        changed_by_name=version.changed_by_name,
        changed_at=version.changed_at,
        published_at=version.published_at,
        published_by_name=version.published_by_name,
        deprecated_at=version.deprecated_at,
        deprecation_reason=version.deprecation_reason,
        imports=imports,
    )


def _view(template: Template, versions: list[VersionLine]) -> TemplateView:
    return TemplateView(
        id=template.id,
        key=template.key,
        name=template.name,
        kind=template.kind,
        versions=tuple(versions),
    )


def _version(version: TemplateVersion, template: Template) -> VersionView:
    return VersionView(
        id=version.id,
        template_key=template.key,
        template_name=template.name,
        kind=template.kind,
        number=version.number,
        state=version.state,
        definition=Definition.model_validate(version.definition),
        schema_hash=version.schema_hash,
        note=version.note,
    )
