"""Making templates: a draft that changes, published once, deprecated with a reason.

Whoever changes a version holds its template's row, so two editors cannot publish past each other.
"""

import re

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.templates import definition_queries
from backend.templates.definition import Definition
from backend.templates.definition_models import Template, TemplateVersion
from backend.templates.definition_views import VersionView
from backend.templates.errors import TemplateNotFound, TemplateRefused, TemplateTaken
from backend.templates.events import (
    TemplateDeprecated,
    TemplateDrafted,
    TemplatePublished,
)
from backend.templates.ids import TemplateKind, VersionState

_KEY = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def create_template(
    session: WriteSession,
    principal: Principal,
    *,
    key: str,
    name: str,
    kind: TemplateKind,
    definition: Definition,
) -> VersionView:
    """Make a template with version 1 as its draft.

    Raises:
        TemplateRefused: a key or name that cannot be one.
        TemplateTaken: another template has the key.
    """
    principal.require(Permission.TEMPLATES_MANAGE)
    faults = {}
    if not _KEY.fullmatch(key):
        faults["key"] = "Use 1 to 60 small letters, digits and hyphens, such as blood-intake."
    if not 0 < len(name.strip()) <= 120:  # noqa: PLR2004 -- the column's length
        faults["name"] = "Write the template's name, at most 120 characters."
    if faults:
        raise TemplateRefused(" ".join(faults.values()), fields=faults)
    template = Template(key=key, name=name.strip(), kind=kind, created_by_name=principal.name)
    try:
        with session.begin_nested():
            session.add(template)
    except IntegrityError as error:
        raise TemplateTaken(key) from error
    return _add_draft(session, principal, template, 1, definition)


def open_draft(session: WriteSession, principal: Principal, *, key: str) -> VersionView:
    """Return the draft of a template, made of its newest version where there is none.

    Raises:
        TemplateNotFound: no template of that name.
    """
    principal.require(Permission.TEMPLATES_MANAGE)
    template = _lock(session, key)
    newest = _newest(session, template)
    if newest.state is VersionState.DRAFT:
        return definition_queries.get_version(session, principal, key, newest.number)
    definition = Definition.model_validate(newest.definition)
    return _add_draft(session, principal, template, newest.number + 1, definition)


def save_draft(
    session: WriteSession, principal: Principal, *, key: str, definition: Definition
) -> VersionView:
    """Set what the draft says.

    Raises:
        TemplateNotFound: no such template, or none of its versions is a draft.
    """
    principal.require(Permission.TEMPLATES_MANAGE)
    draft = _draft(session, _lock(session, key))
    before = draft.definition
    draft.definition = definition.model_dump(mode="json")
    draft.schema_hash = definition.schema_hash
    draft.changed_by_name = principal.name
    session.flush()
    if before != draft.definition:
        event = TemplateDrafted(aggregate_id=draft.template_id, key=key, version=draft.number)
        events_service.record(session, principal, event, old=before, new=draft.definition)
    return definition_queries.get_version(session, principal, key, draft.number)


def publish(session: WriteSession, principal: Principal, *, key: str, note: str) -> VersionView:
    """Give the draft to senders; it never changes again.

    Raises:
        TemplateNotFound: no such template, or none of its versions is a draft.
        TemplateRefused: no note of what changed.
    """
    principal.require(Permission.TEMPLATES_MANAGE)
    if not note.strip():
        sentence = "Write what is new in this version."
        raise TemplateRefused(sentence, fields={"note": sentence})
    draft = _draft(session, _lock(session, key))
    draft.state, draft.note = VersionState.PUBLISHED, note.strip()[:500]
    draft.published_at, draft.published_by_name = clock.utc_now(), principal.name
    session.flush()
    event = TemplatePublished(
        aggregate_id=draft.template_id,
        key=key,
        version=draft.number,
        schema_hash=draft.schema_hash,
    )
    events_service.record(session, principal, event, reason=draft.note)
    return definition_queries.get_version(session, principal, key, draft.number)


def deprecate(
    session: WriteSession, principal: Principal, *, key: str, number: int, reason: str
) -> None:
    """Take a published version back: it is handed out no more, and lists made of it still import.

    Raises:
        TemplateNotFound: no such published version.
        TemplateRefused: no reason.
    """
    principal.require(Permission.TEMPLATES_MANAGE)
    if not reason.strip():
        sentence = "Write why the version is not to be used any more."
        raise TemplateRefused(sentence, fields={"reason": sentence})
    template = _lock(session, key)
    version = session.scalar(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id,
            TemplateVersion.number == number,
            TemplateVersion.state == VersionState.PUBLISHED,
        )
    )
    if version is None:
        raise TemplateNotFound(f"{key}, published version {number}")
    version.state = VersionState.DEPRECATED
    version.deprecated_at = clock.utc_now()
    version.deprecation_reason = reason.strip()[:500]
    session.flush()
    event = TemplateDeprecated(aggregate_id=template.id, key=key, version=number)
    events_service.record(session, principal, event, reason=version.deprecation_reason)


def clone_template(
    session: WriteSession, principal: Principal, *, key: str, new_key: str, name: str
) -> VersionView:
    """Make another template whose draft says what the newest version of one says.

    Raises:
        TemplateNotFound: no template of that name.
        TemplateRefused, TemplateTaken: as `create_template`.
    """
    principal.require(Permission.TEMPLATES_MANAGE)
    template = _lock(session, key)
    definition = Definition.model_validate(_newest(session, template).definition)
    return create_template(
        session, principal, key=new_key, name=name, kind=template.kind, definition=definition
    )


def definition_of(given: dict[str, object]) -> Definition:
    """Return a definition of plain values.

    Raises:
        TemplateRefused: the first thing that is wrong with it, in a sentence.
    """
    try:
        return Definition.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = first["loc"][1] if len(first["loc"]) > 1 else None
        where = f"Column {place + 1}: " if isinstance(place, int) else ""
        said = first["msg"].removeprefix("Value error, ")
        raise TemplateRefused(f"{where}{said}", fields={"definition": said}) from error


def _lock(session: WriteSession, key: str) -> Template:
    template = session.scalar(select(Template).where(Template.key == key).with_for_update())
    if template is None:
        raise TemplateNotFound(key)
    return template


def _newest(session: WriteSession, template: Template) -> TemplateVersion:
    return session.scalars(
        select(TemplateVersion)
        .where(TemplateVersion.template_id == template.id)
        .order_by(TemplateVersion.number.desc())
        .limit(1)
    ).one()


def _draft(session: WriteSession, template: Template) -> TemplateVersion:
    newest = _newest(session, template)
    if newest.state is not VersionState.DRAFT:
        raise TemplateNotFound(f"{template.key}, draft")
    return newest


def _add_draft(
    session: WriteSession,
    principal: Principal,
    template: Template,
    number: int,
    definition: Definition,
) -> VersionView:
    session.add(
        TemplateVersion(
            template_id=template.id,
            number=number,
            state=VersionState.DRAFT,
            definition=definition.model_dump(mode="json"),
            schema_hash=definition.schema_hash,
            changed_by_name=principal.name,
        )
    )
    session.flush()
    event = TemplateDrafted(aggregate_id=template.id, key=template.key, version=number)
    events_service.record(session, principal, event)
    return definition_queries.get_version(session, principal, template.key, number)
