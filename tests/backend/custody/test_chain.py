"""Whatever people do with a tube, its chain has no hole and one holder at each instant."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backend.core import clock
from backend.core.errors import AppError
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.custody import queries, service
from backend.custody.ids import Cause, PartyKind
from backend.custody.models import CustodyEvent
from backend.custody.service import Returned
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Project, Sample
from backend.storage import service as storage_service
from backend.storage.ids import NodeId
from backend.storage.models import Placement
from tests.factories.storage import make_freezer, make_tube

ACTS = ("place", "take out", "move", "check out", "return", "bench", "offer", "accept", "decline")


def do(  # noqa: C901, PLR0917 -- one case an act
    session: WriteSession,
    act: str,
    actor: Principal,
    other: Principal,
    tube: SampleId,
    boxes: tuple[NodeId, ...],
) -> None:
    """Try an act; a refusal is an answer, too, and leaves nothing behind."""
    today = clock.utc_now().date()
    assert other.user_id is not None
    waiting = [each.id for each in queries.offers(session, actor) if each.to_id == actor.user_id]
    match act:
        case "place":
            storage_service.place_sample(session, actor, sample_id=tube, box_id=boxes[0])
        case "take out":
            storage_service.take_out(session, actor, sample_id=tube, reason="")
        case "move":
            storage_service.move_samples(session, actor, sample_ids=[tube], box_id=boxes[1])
        case "check out":
            due = today + timedelta(days=1)
            service.check_out(session, actor, sample_id=tube, purpose="PCR", due_on=due)
        case "return":
            service.return_sample(session, actor, sample_id=tube, returned=Returned())
        case "bench":
            service.return_sample(session, actor, sample_id=tube, returned=Returned(bench="4"))
        case "offer":
            service.offer_samples(session, actor, sample_ids=[tube], to_id=other.user_id)
        case "accept" if waiting:
            service.accept_offer(session, actor, offer_id=waiting[0])
        case "decline" if waiting:
            service.decline_offer(session, actor, offer_id=waiting[0], reason="No room")


@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.booleans()), max_size=14))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_chain_of_any_acts_has_no_hole_and_one_holder(
    session: WriteSession,
    ada: Principal,
    ben: Principal,
    project: Project,
    acts: list[tuple[str, bool]],
) -> None:
    tube, boxes = make_tube(session, project), make_freezer(session, boxes=2).box_ids

    for act, is_ada in acts:
        actor, other = (ada, ben) if is_ada else (ben, ada)
        try:
            with session.begin_nested():
                do(session, act, actor, other, tube, boxes)
        except AppError:
            continue

    links = session.scalars(
        select(CustodyEvent).where(CustodyEvent.sample_id == tube).order_by(CustodyEvent.number)
    ).all()
    assert [link.number for link in links] == list(range(1, len(links) + 1))
    assert all(
        (before.to_kind, before.to_id, before.to_label)
        == (after.from_kind, after.from_id, after.from_label)
        and before.at <= after.at
        for before, after in pairwise(links)
    )
    _agrees_with_the_record(session, tube, links[-1] if links else None)


def _agrees_with_the_record(
    session: WriteSession, tube: SampleId, last: CustodyEvent | None
) -> None:
    """The last link says what the axis and the placement say."""
    custody = session.scalar(select(Sample.custody).where(Sample.id == tube))
    stands = session.scalar(
        select(Placement.id).where(Placement.sample_id == tube, Placement.removed_at.is_(None))
    )
    is_placed = last is not None and last.cause is Cause.PLACED
    assert is_placed == (stands is not None) == (custody is Custody.IN_STORAGE)
    if custody in {Custody.CHECKED_OUT, Custody.HAND_TRAY}:
        assert last is not None
        assert last.to_kind is PartyKind.PERSON
