"""Whom a place is for: a project, some types of material, up to a biosafety level. See service.py.

What is said of a box counts before what is said of its rack, its shelf and its unit, in this
order. The biosafety level is one thing all through: set on a place it is set for all in it, and
no place is cleared for more than the place around it.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, update

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples.ids import MaterialType
from backend.samples.models import Project, Sample
from backend.storage.errors import NodeNotFound, RestrictionRefused
from backend.storage.ids import NodeId, NodeKind
from backend.storage.models import Placement, StorageNode
from backend.storage.place_holding import hold_place
from backend.storage.place_kinds import INSIDE_UNITS

_RESTRICTED = (NodeKind.UNIT, *INSIDE_UNITS)
_LEVELS = range(1, 5)


def set_restrictions(
    session: WriteSession,
    principal: Principal,
    *,
    node_id: NodeId,
    project_code: str | None,
    material_types: Collection[MaterialType],
    biosafety_level: int,
) -> int:
    """Say whom a place is for; no project and no types mean anybody and anything.

    What stands there stays. Returns how many samples stand in it that would be refused now.

    Raises:
        NodeNotFound: no such unit, shelf, rack or box.
        RestrictionRefused: no such project, or a level that the place cannot have.
    """
    principal.require(Permission.STORAGE_CONFIGURE)
    known = session.get(StorageNode, node_id)
    if known is None or known.kind not in _RESTRICTED:
        raise NodeNotFound("There is no such unit, shelf, rack or box. Choose one in the tree.")
    node, held = hold_place(session, node_id)
    project_id = _project(session, project_code)
    inside = [each.id for each in held]
    _check_level(session, node, inside, biosafety_level)
    types = sorted(each.value for each in material_types)
    old = _said(session, node)
    node.reserved_for_project_id = project_id
    node.allowed_material_types = list(types) or None
    session.flush()
    session.execute(
        update(StorageNode)
        .where(StorageNode.id.in_(inside))
        .values(biosafety_level=biosafety_level)
        .execution_options(synchronize_session="evaluate")
    )
    session.refresh(node)
    events_service.audit(
        session,
        principal,
        action="storage.place_restricted",
        entity="storage_node",
        entity_id=node.id,
        old=old,
        new=_said(session, node),
    )
    return _misfits(session, inside, project_id, types)


def _project(session: ReadSession, code: str | None) -> UUID | None:
    if not code:
        return None
    found = session.scalars(select(Project.id).where(Project.code == code)).one_or_none()
    if found is None:
        sentence = f"There is no project {code}. Choose one of the list."
        raise RestrictionRefused(sentence, fields={"project": sentence})
    return found


def _check_level(
    session: ReadSession, node: StorageNode, inside: list[UUID], biosafety_level: int
) -> None:
    sentence = ""
    around = None if node.kind is NodeKind.UNIT else session.get(StorageNode, node.parent_id)
    if biosafety_level not in _LEVELS:
        sentence = f"Biosafety levels are 1 to 4, not {biosafety_level}."
    elif around is not None and biosafety_level > around.biosafety_level:
        sentence = (
            f"{around.path} is cleared for level {around.biosafety_level}; "
            "nothing in it is for more. Clear that first."
        )
    elif higher := _higher(session, inside, biosafety_level):
        stand = "1 sample stands" if higher == 1 else f"{higher:,} samples stand"
        sentence = f"{stand} in {node.path} that need a higher level. Move them first."
    if sentence:
        raise RestrictionRefused(sentence, fields={"biosafety_level": sentence})


def _higher(session: ReadSession, inside: list[UUID], level: int) -> int:
    return session.scalars(
        select(func.count())
        .select_from(Placement)
        .join(Sample, Sample.id == Placement.sample_id)
        .where(
            Placement.box_id.in_(inside),
            Placement.removed_at.is_(None),
            Sample.biosafety_level > level,
        )
    ).one()


def _misfits(
    session: ReadSession, inside: list[UUID], project_id: UUID | None, types: list[str]
) -> int:
    wrong = []
    if project_id is not None:
        wrong.append(Sample.project_id != project_id)
    if types:
        wrong.append(Sample.material_type.not_in([MaterialType(each) for each in types]))
    if not wrong:
        return 0
    is_wrong = wrong[0] | wrong[-1]
    return session.scalars(
        select(func.count())
        .select_from(Placement)
        .join(Sample, Sample.id == Placement.sample_id)
        .where(Placement.box_id.in_(inside), Placement.removed_at.is_(None), is_wrong)
    ).one()


def _said(session: ReadSession, node: StorageNode) -> dict[str, object]:
    code = session.scalars(
        select(Project.code).where(Project.id == node.reserved_for_project_id)
    ).one_or_none()
    return {
        "project": code,
        "material_types": node.allowed_material_types,
        "biosafety_level": node.biosafety_level,
    }
