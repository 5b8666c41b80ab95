"""Keeping reference data: entries, their versions, and index kits from files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples.models import Project
from backend.sequencing.reference import queries
from backend.sequencing.reference.checking import checked
from backend.sequencing.reference.content import (
    REFERS,
    Content,
    IndexKitContent,
    QueuePlanningContent,
)
from backend.sequencing.reference.errors import (
    ReferenceChanged,
    ReferenceInUse,
    ReferenceNotFound,
    ReferenceRefused,
)
from backend.sequencing.reference.events import ReferenceKept, ReferenceRetired
from backend.sequencing.reference.ids import SETTINGS, ReferenceKind
from backend.sequencing.reference.kit_files import KitFile, KitReading, read_kit
from backend.sequencing.reference.models import ReferenceEntry, ReferenceVersion
from backend.sequencing.reference.rules import key_of, text_faults
from backend.sequencing.reference.views import IndexKit, ReferenceView
from backend.sequencing.reference.words import KINDS

Given: TypeAlias = Mapping[str, object] | Content
_CARRIED = {"adapter_read1", "adapter_read2", "umis"}
_ONE_KEY = "uq_reference_entry_kind"


def add_entry(
    session: WriteSession,
    principal: Principal,
    *,
    kind: ReferenceKind,
    name: str,
    content: Given,
    source: str,
    key: str = "",
    reason: str = "First version.",
) -> ReferenceView:
    """Add an entry with its first version; without ``key`` it is made of the name.

    Raises:
        ReferenceRefused: with a sentence for each field, the key that is taken among them.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    kept = checked(kind, content)
    key = key or key_of(name)
    fields = text_faults(name=name, key=key, source=source, reason=reason)
    if kind in SETTINGS and key != queries.LABORATORY:
        fields["key"] = f"A laboratory has one {KINDS[kind].one}, {queries.LABORATORY}."
    fields |= _broken_reference(session, principal, kind, kept)
    if fields:
        raise ReferenceRefused(fields)
    entry = ReferenceEntry(kind=kind, key=key, name=name.strip())
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
    except IntegrityError as error:
        if _ONE_KEY in str(error.orig):
            taken = f"There is a {KINDS[kind].one} {key} already. Revise it, or name another key."
            raise ReferenceRefused({"key": taken}) from error
        raise
    return _add_version(session, principal, entry, 1, kept, source=source, reason=reason)


def revise_entry(
    session: WriteSession,
    principal: Principal,
    *,
    kind: ReferenceKind,
    key: str,
    based_on: int,
    content: Given,
    source: str,
    reason: str,
    name: str | None = None,
) -> ReferenceView:
    """Put another version of an entry in force; ``based_on`` is the number it was drawn from.

    The entry is locked, so that of two people who change the same version the second is told.

    Raises:
        ReferenceNotFound: no such entry.
        ReferenceChanged: there is a later version than ``based_on``.
        ReferenceRefused: with a sentence for each field; also when nothing differs.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    entry = _lock(session, kind, key)
    before = queries.current_of(session, kind, key)
    if before.number != based_on:
        raise ReferenceChanged(before.name, before.number, before.made_by_name)
    _require_sees(principal, before.content)
    kept = checked(kind, content)
    new_name = before.name if name is None else name
    fields = text_faults(name=new_name, key=key, source=source, reason=reason)
    fields |= _broken_reference(session, principal, kind, kept)
    if not fields and (kept, source.strip(), new_name.strip()) == (
        before.content,
        before.source,
        before.name,
    ):
        fields["content"] = f"Nothing differs from version {before.number}. Change something."
    if fields:
        raise ReferenceRefused(fields)
    entry.name = new_name.strip()
    return _add_version(
        session,
        principal,
        entry,
        before.number + 1,
        kept,
        source=source,
        reason=reason,
        before=before,
    )


def retire_entry(
    session: WriteSession, principal: Principal, *, kind: ReferenceKind, key: str, reason: str
) -> None:
    """Offer an entry no more; what was made with it keeps it. Done twice, nothing happens.

    Raises:
        ReferenceNotFound: no such entry.
        ReferenceRefused: without a reason, or the laboratory's own settings.
        ReferenceInUse: offered entries refer to it.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    entry = _lock(session, kind, key)
    if kind in SETTINGS:
        raise ReferenceRefused({"key": "The laboratory works by these. Revise them instead."})
    users = _users(session, kind, key)
    if users:
        raise ReferenceInUse(entry.name, users)
    _offer(session, principal, entry, is_active=False, reason=reason)


def restore_entry(
    session: WriteSession, principal: Principal, *, kind: ReferenceKind, key: str, reason: str
) -> None:
    """Offer a retired entry again, as it stood. Done twice, nothing happens.

    Raises:
        ReferenceNotFound: no such entry.
        ReferenceRefused: without a reason, or what it refers to is retired.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    entry = _lock(session, kind, key)
    standing = queries.current_of(session, kind, key).content
    fields = _broken_reference(session, principal, kind, standing)
    if fields:
        raise ReferenceRefused(fields)
    _offer(session, principal, entry, is_active=True, reason=reason)


def import_index_kit(
    session: WriteSession,
    principal: Principal,
    *,
    files: Sequence[KitFile],
    name: str,
    maker: str,
    source: str,
    i5_is_reversed: bool = False,
    carries: Mapping[str, object] | None = None,
    dry_run: bool = False,
) -> tuple[KitReading, ReferenceView | None]:
    """Read a kit's files and keep it: a new kit, or the next version of the one with its name.

    ``carries`` are adapters and UMIs by field of the content; what is not given stays as the kit
    has it. With ``dry_run``, or when a finding is an error, nothing is kept and the view is None.

    Raises:
        ReferenceRefused: name, maker, source, adapters or UMIs cannot stand; the kit is already
            like that.
    """
    principal.require(Permission.SEQUENCING_CONFIGURE)
    reading = read_kit(files, maker=maker, i5_is_reversed=i5_is_reversed)
    if reading.content is None:
        return reading, None
    key, kind = key_of(name), ReferenceKind.INDEX_KIT
    try:
        standing = queries.index_kit(session, key)
    except ReferenceNotFound:
        standing = None
    reading = replace(reading, content=_carrying(reading.content, standing, carries or {}))
    if dry_run or reading.content is None:
        return reading, None
    if standing is None:
        kept = add_entry(
            session, principal, kind=kind, name=name, content=reading.content, source=source
        )
    else:
        kept = revise_entry(
            session,
            principal,
            kind=kind,
            key=key,
            based_on=standing.number,
            content=reading.content,
            source=source,
            reason=f"Imported from {', '.join(each.name for each in files)}."[:500],
        )
    return reading, kept


def _carrying(
    read: IndexKitContent, standing: IndexKit | None, given: Mapping[str, object]
) -> IndexKitContent:
    """Return what was read with adapters and UMIs: those given, else those that it had."""
    before = standing.content.model_dump(include=_CARRIED) if standing else {}
    told = {name: value for name, value in given.items() if value}
    made = checked(ReferenceKind.INDEX_KIT, read.model_dump() | before | told)
    if not isinstance(made, IndexKitContent):
        raise TypeError("an index kit's content is of another kind")
    return made


def _lock(session: WriteSession, kind: ReferenceKind, key: str) -> ReferenceEntry:
    entry = session.scalars(
        select(ReferenceEntry)
        .where(ReferenceEntry.kind == kind, ReferenceEntry.key == key)
        .with_for_update()
    ).one_or_none()
    if entry is None:
        queries.current_of(session, kind, key)  # says which there are
        raise ReferenceNotFound(f"There is no {KINDS[kind].one} “{key[:60]}”.")
    return entry


def _add_version(
    session: WriteSession,
    principal: Principal,
    entry: ReferenceEntry,
    number: int,
    content: Content,
    *,
    source: str,
    reason: str,
    before: ReferenceView | None = None,
) -> ReferenceView:
    session.add(
        ReferenceVersion(
            entry_id=entry.id,
            number=number,
            content=content.model_dump(mode="json"),
            source=source.strip(),
            reason=reason.strip(),
            made_by=principal.user_id,
            made_by_name=principal.name,
        )
    )
    session.flush()
    kept = ReferenceKept(
        aggregate_id=entry.id,
        kind=entry.kind.value,
        key=entry.key,
        name=entry.name,
        number=number,
    )
    old = _said(before) if before else None
    made = queries.current_of(session, entry.kind, entry.key)
    events_service.record(session, principal, kept, old=old, new=_said(made), reason=reason.strip())
    return made


def _said(view: ReferenceView) -> dict[str, object]:
    """Return what the trail keeps of a version."""
    return {"name": view.name, "source": view.source, **view.content.model_dump(mode="json")}


def _offer(
    session: WriteSession,
    principal: Principal,
    entry: ReferenceEntry,
    *,
    is_active: bool,
    reason: str,
) -> None:
    if not reason.strip():
        raise ReferenceRefused({"reason": "Say why: it is kept with your name."})
    if entry.is_active == is_active:
        return
    before, entry.is_active = entry.is_active, is_active
    session.flush()
    changed = ReferenceRetired(
        aggregate_id=entry.id,
        kind=entry.kind.value,
        key=entry.key,
        name=entry.name,
        is_active=is_active,
    )
    events_service.record(
        session,
        principal,
        changed,
        old={"is_active": before},
        new={"is_active": is_active},
        reason=reason.strip(),
    )


def _broken_reference(
    session: WriteSession, principal: Principal, kind: ReferenceKind, content: Content
) -> dict[str, str]:
    """Say which key names no entry that is offered; the named one is locked against retiring."""
    if isinstance(content, QueuePlanningContent):
        return _unknown_projects(session, principal, content)
    if kind not in REFERS:
        return {}
    field, other = REFERS[kind]
    key = getattr(content, field)
    found = session.scalars(
        select(ReferenceEntry.is_active)
        .where(ReferenceEntry.kind == other, ReferenceEntry.key == key)
        .with_for_update(read=True)
    ).one_or_none()
    if found:
        return {}
    known = ", ".join(each.key for each in queries.current(session, other)) or "none yet"
    return {field: f"There is no {KINDS[other].one} {key} in use. Choose one of {known}."}


def _require_sees(principal: Principal, content: Content) -> None:
    """Who sees some projects only would name, or lose, those of others."""
    if isinstance(content, QueuePlanningContent) and content.projects_apart:
        principal.require(Permission.SAMPLES_VIEW_ALL_PROJECTS)


def _unknown_projects(
    session: WriteSession, principal: Principal, content: QueuePlanningContent
) -> dict[str, str]:
    """Say which codes are of no project."""
    wanted = content.projects_apart
    _require_sees(principal, content)
    known = set(session.scalars(select(Project.code).where(Project.code.in_(wanted))))
    unknown = [each for each in wanted if each not in known]
    if not unknown:
        return {}
    said = f"There is no project {', '.join(unknown)}. Write codes of projects, one a line."
    return {"projects_apart": said}


def _users(session: WriteSession, kind: ReferenceKind, key: str) -> list[str]:
    return [
        f"“{each.name}”"
        for user, (field, referred) in REFERS.items()
        if referred is kind
        for each in queries.current(session, user)
        if getattr(each.content, field) == key
    ]
