"""The reference data that every laboratory starts with; it changes them as it finds otherwise.

What is known of makes, flow cells, runs and kits, and from where, is in the modules beside it.
"""

from collections.abc import Iterator
from typing import Final

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.sequencing.reference import queries
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.queries import LABORATORY
from backend.sequencing.reference.service import add_entry, revise_entry
from backend.sequencing.reference.usual_entry import Usual
from backend.sequencing.reference.usual_flow_cells import flow_cells
from backend.sequencing.reference.usual_kits import KITS
from backend.sequencing.reference.usual_makes import makes
from backend.sequencing.reference.usual_planning import USUAL_PLANNING
from backend.sequencing.reference.usual_pooling import USUAL_POOLING
from backend.sequencing.reference.usual_runs import assays, recipes
from backend.sequencing.reference.views import ReferenceView

_FIRST: Final = "Usual figures, to begin with."
_LATER: Final = "Usual figures, as they are known since."
_POOLING_SOURCE: Final = (
    "Mass of a base pair: Illumina Knowledge 1240. Undetermined reads: checkQC. PhiX: "
    "Illumina Knowledge 6972. Pipettes, dead volume and safety are the laboratory's own choice."
)

_PLANNING_SOURCE: Final = (
    "The laboratory's own choice: what a delay is worth and what shares a lane. Priced so that "
    "delay comes first, then runs and lanes, then even lanes and colours."
)


def usual() -> Iterator[Usual]:
    """Yield the entries, those that others refer to first."""
    yield from makes()
    yield from flow_cells()
    yield from recipes()
    yield from assays()
    yield Usual(
        ReferenceKind.POOLING, LABORATORY, "Pooling and lanes", USUAL_POOLING, _POOLING_SOURCE
    )
    yield Usual(
        ReferenceKind.QUEUE_PLANNING,
        LABORATORY,
        "Planning the queue",
        USUAL_PLANNING,
        _PLANNING_SOURCE,
    )
    for key, (name, kit, source) in KITS.items():
        yield Usual(ReferenceKind.INDEX_KIT, key, name, kit, source)


def add_usual_reference(session: WriteSession, principal: Principal) -> list[ReferenceView]:
    """Keep what the laboratory does not have yet; return what was put in force.

    An entry that nobody has changed since gets what is known now as its next version. What a person
    has changed, or retired, stays as that person left it. Done twice, nothing happens.
    """
    kept = {
        (kind, each.key): each
        for kind in ReferenceKind
        for each in queries.list_entries(session, principal, kind)
    }
    made = []
    for each in usual():
        standing = kept.get((each.kind, each.key))
        if standing is None:
            made.append(_add(session, principal, each))
        elif _is_outdated(standing, each):
            made.append(_revise(session, principal, each, standing))
    return made


def _is_outdated(standing: ReferenceView, now: Usual) -> bool:
    if not standing.is_active or standing.reason not in {_FIRST, _LATER}:
        return False
    return (standing.name, standing.content, standing.source) != (now.name, now.content, now.source)


def _add(session: WriteSession, principal: Principal, each: Usual) -> ReferenceView:
    return add_entry(
        session,
        principal,
        kind=each.kind,
        key=each.key,
        name=each.name,
        content=each.content,
        source=each.source,
        reason=_FIRST,
    )


def _revise(
    session: WriteSession, principal: Principal, each: Usual, standing: ReferenceView
) -> ReferenceView:
    return revise_entry(
        session,
        principal,
        kind=each.kind,
        key=each.key,
        based_on=standing.number,
        content=each.content,
        source=each.source,
        name=each.name,
        reason=_LATER,
    )
