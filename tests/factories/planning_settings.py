"""Settings of queue planning and assays for tests, kept as people keep them."""

from dataclasses import replace
from typing import Any

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.sequencing.reference import queries, service
from backend.sequencing.reference.content import AssayContent
from backend.sequencing.reference.ids import MixingClass, ReferenceKind
from backend.sequencing.reference.usual_planning import USUAL_PLANNING
from backend.sequencing.reference.views import ReferenceView


def keep_settings(session: WriteSession, person: Principal, **changes: Any) -> ReferenceView:
    """Put settings in force that differ from the usual ones in ``changes``."""
    kind, by = ReferenceKind.QUEUE_PLANNING, _configuring(person)
    standing = queries.planning(session)
    content = USUAL_PLANNING.model_dump() | changes
    if standing is None:
        return service.add_entry(
            session,
            by,
            kind=kind,
            key=queries.LABORATORY,
            name="Planning the queue",
            content=content,
            source="A test",
        )
    return service.revise_entry(
        session,
        by,
        kind=kind,
        key=standing.key,
        based_on=standing.number,
        content=content,
        source="A test",
        reason="A test needs it.",
    )


def keep_assay(
    session: WriteSession, person: Principal, key: str, mixing: MixingClass, library_type: str
) -> ReferenceView:
    """Keep an assay of which only what may share its lanes matters."""
    content = AssayContent(
        library_type=library_type, mixing=mixing, read1_cycles=151, read2_cycles=151
    )
    return service.add_entry(
        session,
        _configuring(person),
        kind=ReferenceKind.ASSAY,
        key=key,
        name=key.capitalize(),
        content=content,
        source="A test",
    )


def retire_assay(session: WriteSession, person: Principal, key: str) -> None:
    """Offer an assay no more."""
    service.retire_entry(
        session, _configuring(person), kind=ReferenceKind.ASSAY, key=key, reason="No orders."
    )


def _configuring(person: Principal) -> Principal:
    more = {Permission.SEQUENCING_CONFIGURE, Permission.SAMPLES_VIEW_ALL_PROJECTS}
    return replace(person, permissions=person.permissions | more)
