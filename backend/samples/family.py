"""Reading a sample's family: what it was taken from and what was taken from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.samples.queries import visible_samples

MOST = 200
"""Members that are read; the page says so when a family reaches it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """One member of a family; ``depth`` is 0 for the tube that the others come from."""

    id: SampleId
    parent_id: SampleId | None
    barcode: str
    name: str
    material_type: str
    status: str
    volume_ul: Decimal | None
    is_backup: bool
    depth: int


def family_of(
    session: ReadSession, principal: Principal, sample_id: SampleId, *, family_id: UUID | None
) -> list[Relative]:
    """Return the visible members of a family, each parent before its children, eldest first.

    A member whose parent may not be seen stands at the top, as if it came from nowhere.
    """
    principal.require(Permission.SAMPLES_VIEW)
    root = family_id or sample_id
    members = session.scalars(
        visible_samples(principal)
        .where(or_(Sample.family_id == root, Sample.id == root))
        .order_by(Sample.created_at, Sample.id)
        .limit(MOST)
    ).all()
    return _in_order(members)


def _in_order(members: Sequence[Sample]) -> list[Relative]:
    seen = {member.id for member in members}
    below: dict[UUID | None, list[Sample]] = {}
    for member in members:
        below.setdefault(member.parent_id if member.parent_id in seen else None, []).append(member)
    ordered: list[Relative] = []
    waiting = [(member, 0) for member in reversed(below.get(None, []))]
    while waiting:
        member, depth = waiting.pop()
        ordered.append(_relative(member, depth))
        waiting.extend((child, depth + 1) for child in reversed(below.get(member.id, [])))
    return ordered


def _relative(sample: Sample, depth: int) -> Relative:
    return Relative(
        id=SampleId(sample.id),
        parent_id=SampleId(sample.parent_id) if sample.parent_id else None,
        barcode=sample.barcode,
        name=sample.name,
        material_type=sample.material_type,
        status=sample.status,
        volume_ul=sample.volume_ul,
        is_backup=sample.is_backup,
        depth=depth,
    )
