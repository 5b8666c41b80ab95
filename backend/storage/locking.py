"""Rows that an action holds while it decides: samples first, then boxes, each in key order.

One order for everybody, so that two people moving tubes between the same boxes wait for each other
instead of dead-locking. The lock on the sample row makes "stands nowhere" stay true; the lock on
the box row makes "position is free" stay true. The unique indexes would refuse the rest.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.samples import custody_blocks
from backend.samples import queries as samples_queries
from backend.samples.errors import SampleNotFound
from backend.samples.ids import SampleId
from backend.samples.models import Project, Sample
from backend.storage import blocking, box_queries, queries, rules
from backend.storage.errors import PlacementRefused
from backend.storage.ids import NodeId, UnitStatus
from backend.storage.models import Placement, StorageNode
from backend.storage.rules import BoxOffer, SampleNeeds
from backend.storage.views import BoxView

_CLOSED = (UnitStatus.RETIRED, UnitStatus.DEFROSTING)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSample:
    """A locked sample, its open placement if it stands somewhere, and what it needs."""

    sample: Sample
    standing: Placement | None
    needs: SampleNeeds


def hold_samples(
    session: WriteSession, principal: Principal, sample_ids: Sequence[SampleId]
) -> list[HeldSample]:
    """Lock samples; return them in the order asked for.

    Raises:
        SampleNotFound: one is absent or not visible.
        SamplePromised: one is offered to somebody who has not answered.
    """
    held = hold_visible_samples(session, principal, sample_ids)
    missing = len(set(sample_ids) - held.keys())
    if missing:
        raise SampleNotFound(
            f"{missing} of {len(sample_ids)} samples are not there, or not yours to see."
        )
    custody_blocks.require_unpromised(session, held.keys())
    return [held[sample_id] for sample_id in sample_ids]


def hold_visible_samples(
    session: WriteSession, principal: Principal, sample_ids: Collection[SampleId]
) -> dict[SampleId, HeldSample]:
    """Lock samples; return those that are there and visible."""
    session.execute(
        select(Sample.id)
        .where(Sample.id.in_(list(sample_ids)))
        .order_by(Sample.id)
        .with_for_update(key_share=True)
    )
    return see_samples(session, principal, sample_ids)


def see_samples(
    session: ReadSession, principal: Principal, sample_ids: Collection[SampleId]
) -> dict[SampleId, HeldSample]:
    """Return the samples that are there and visible, as they are now and without a lock."""
    wanted = list(sample_ids)
    rows = session.execute(
        samples_queries.visible_samples(principal)
        .where(Sample.id.in_(wanted))
        .join(Project, Project.id == Sample.project_id)
        .add_columns(Project.code)
        .execution_options(populate_existing=True)
    ).all()
    standing = {placement.sample_id: placement for placement in _standing(session, wanted)}
    promised = custody_blocks.blocks_of(session, wanted)
    return {
        SampleId(sample.id): HeldSample(
            sample=sample,
            standing=standing.get(sample.id),
            needs=_needs(sample, code, promised.get(sample.id, "")),
        )
        for sample, code in rows
    }


def hold_boxes(
    session: WriteSession, principal: Principal, box_ids: Collection[NodeId]
) -> dict[NodeId, BoxView]:
    """Lock boxes and return them as they are now.

    Raises:
        PlacementRefused: one is closed. It is empty, so whoever holds it would put something there:
            a step that is taken back, too.
        Otherwise as `box_queries.get_box`.
    """
    session.execute(
        select(StorageNode.id)
        .where(StorageNode.id.in_(list(box_ids)))
        .order_by(StorageNode.id)
        .with_for_update()
    )
    blocking.free_held(session, principal, box_ids)
    held = {box_id: box_queries.get_box(session, principal, box_id) for box_id in box_ids}
    closed = [rules.closed_words(box.path) for box in held.values() if box.is_closed]
    if closed:
        raise PlacementRefused(" ".join(closed))
    return held


def refusals(
    session: ReadSession, needs: Sequence[SampleNeeds], box: BoxView
) -> dict[str, tuple[str, ...]]:
    """Return per barcode the rules that keep a sample out of a box; nothing where none does."""
    offer = _offer(session, box)
    found = {sample.barcode: rules.placement_refusals(sample, offer) for sample in needs}
    return {barcode: sentences for barcode, sentences in found.items() if sentences}


def require_fit(session: ReadSession, needs: Sequence[SampleNeeds], box: BoxView) -> None:
    """Raise PlacementRefused with every reason why the samples may not go into the box."""
    refused = refusals(session, needs, box)
    if refused:
        sentences = dict.fromkeys(text for texts in refused.values() for text in texts)
        raise PlacementRefused(" ".join(sentences))


def _standing(session: ReadSession, sample_ids: Collection[SampleId]) -> Sequence[Placement]:
    return session.scalars(
        select(Placement)
        .where(Placement.sample_id.in_(list(sample_ids)), Placement.removed_at.is_(None))
        .execution_options(populate_existing=True)
    ).all()


def _needs(sample: Sample, project_code: str, promised: str) -> SampleNeeds:
    return SampleNeeds(
        barcode=sample.barcode,
        material_type=sample.material_type.value,
        temperature_class=sample.temperature_class.value,
        biosafety_level=sample.biosafety_level,
        project_code=project_code,
        is_gone=sample.lifecycle in queries.GONE,
        promised=promised,
    )


def _offer(session: ReadSession, box: BoxView) -> BoxOffer:
    return BoxOffer(
        path=box.path,
        unit_label=box.unit_label,
        unit_takes_samples=box.status not in _CLOSED,
        is_closed=box.is_closed,
        unit_in_alarm=box.unit_id in queries.units_in_alarm(session),
        temperature_class=None if box.temperature_class is None else box.temperature_class.value,
        biosafety_level=box.biosafety_level,
        reserved_for=box.reserved_for,
        allowed_types=box.allowed_types,
        rack_segregations=_rack_segregations(session, box.rack_id),
    )


def _rack_segregations(session: ReadSession, rack_id: NodeId | None) -> frozenset[str]:
    levels = session.scalars(
        select(Sample.biosafety_level)
        .join(Placement, Placement.sample_id == Sample.id)
        .join(StorageNode, StorageNode.id == Placement.box_id)
        .where(StorageNode.parent_id == rack_id, Placement.removed_at.is_(None))
        .distinct()
    )
    return frozenset(rules.segregation_class(level) for level in levels)
