"""Hand-over: offered, accepted, declined, withdrawn; meanwhile the tube goes nowhere."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from backend.auth.ids import Role
from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.custody import queries, service
from backend.custody.errors import (
    HeldByAnother,
    NotOffered,
    OfferClosed,
    OfferNotFound,
    OfferRefused,
)
from backend.custody.ids import OfferId
from backend.events.models import OutboxEvent
from backend.samples import service as samples_service
from backend.samples.errors import SampleNotFound, SamplePromised
from backend.samples.ids import SampleId
from backend.samples.models import Project
from backend.storage import service as storage_service
from tests.backend.custody.conftest import signed_in
from tests.factories.storage import make_freezer, make_tube


def offer(session: WriteSession, giver: Principal, to: Principal, *tubes: SampleId) -> OfferId:
    assert to.user_id is not None
    return service.offer_samples(session, giver, sample_ids=tubes, to_id=to.user_id)


def holders(session: WriteSession, reader: Principal, tube: SampleId) -> list[str]:
    return [link.to_label for link in queries.chain_of(session, reader, tube)]


def test_an_accepted_tube_is_in_the_receivers_hands(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    key = offer(session, ada, ben, tube)

    taken = service.accept_offer(session, ben, offer_id=key)

    assert taken == 1
    assert holders(session, ada, tube) == ["Ada", "Ben"]
    assert [each.sample_id for each in queries.held(session, ben)] == [tube]
    assert queries.held(session, ada) == []


def test_both_parties_are_named_in_the_record(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    key = offer(session, ada, ben, tube)

    service.accept_offer(session, ben, offer_id=key)

    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "custody.sample_handed_over")
    ).one()
    assert (event.payload["from_name"], event.payload["to_name"]) == ("Ada", "Ben")


def test_what_is_not_accepted_goes_on_waiting(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    first, second = make_tube(session, project), make_tube(session, project)
    key = offer(session, ada, ben, first, second)

    service.accept_offer(session, ben, offer_id=key, sample_ids=[first])

    [waiting] = queries.offers(session, ben)
    assert len(waiting.barcodes) == 1
    assert holders(session, ada, second) == ["Ada"]


def test_a_declined_tube_stays_with_the_giver_who_hears_why(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    key = offer(session, ada, ben, tube)

    service.decline_offer(session, ben, offer_id=key, reason="The seal is broken.")

    event = session.scalars(
        select(OutboxEvent).where(OutboxEvent.type == "custody.offer_declined")
    ).one()
    assert holders(session, ada, tube) == ["Ada"]
    assert event.payload["from_id"] == str(ada.user_id)
    assert event.payload["reason"] == "The seal is broken."


def test_declining_takes_a_reason(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    key = offer(session, ada, ben, make_tube(session, project))

    with pytest.raises(OfferRefused):
        service.decline_offer(session, ben, offer_id=key, reason="  ")


def test_a_withdrawn_offer_frees_its_tubes(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube, freezer = make_tube(session, project), make_freezer(session)
    key = offer(session, ada, ben, tube)

    service.withdraw_offer(session, ada, offer_id=key)

    placed = storage_service.place_sample(session, ada, sample_id=tube, box_id=freezer.box_id)
    assert placed.position == "A1"


def test_a_promised_tube_is_neither_placed_nor_offered_again_nor_thrown_away(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube, freezer = make_tube(session, project), make_freezer(session)
    offer(session, ada, ben, tube)

    with pytest.raises(SamplePromised, match="offered to Ben"):
        storage_service.place_sample(session, ada, sample_id=tube, box_id=freezer.box_id)
    with pytest.raises(SamplePromised):
        offer(session, ada, ben, tube)
    with pytest.raises(SamplePromised):
        samples_service.dispose_sample(session, ada, sample_id=tube, reason="Broken")


def test_nobody_accepts_their_own_offer(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    key = offer(session, ada, ben, make_tube(session, project))

    with pytest.raises(OfferNotFound):
        service.accept_offer(session, ada, offer_id=key)


def test_nobody_offers_to_themselves(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project)

    with pytest.raises(OfferRefused):
        offer(session, ada, ada, tube)


def test_an_answered_offer_takes_no_second_answer(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    key = offer(session, ada, ben, make_tube(session, project))
    service.accept_offer(session, ben, offer_id=key)

    with pytest.raises(OfferClosed):
        service.decline_offer(session, ben, offer_id=key, reason="Too late")


def test_a_tube_that_is_not_in_the_offer_cannot_be_accepted(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    key = offer(session, ada, ben, make_tube(session, project))

    with pytest.raises(NotOffered):
        service.accept_offer(session, ben, offer_id=key, sample_ids=[make_tube(session, project)])


def test_only_who_holds_a_tube_offers_it(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    service.accept_offer(session, ben, offer_id=offer(session, ada, ben, tube))

    with pytest.raises(HeldByAnother, match="Ben holds"):
        offer(session, ada, ben, tube)


def test_a_tube_in_storage_is_checked_out_before_it_is_offered(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube, freezer = make_tube(session, project), make_freezer(session)
    storage_service.place_sample(session, ada, sample_id=tube, box_id=freezer.box_id)

    with pytest.raises(HeldByAnother, match="stands in"):
        offer(session, ada, ben, tube)


def test_nobody_is_offered_what_they_may_not_see(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, stranger = make_tube(session, project), signed_in(session, Role.SCIENTIST, "Eve")

    with pytest.raises(OfferRefused, match="Eve does not see"):
        offer(session, ada, stranger, tube)


def test_nobody_offers_what_they_do_not_see(
    session: WriteSession, ben: Principal, project: Project
) -> None:
    tube, stranger = make_tube(session, project), signed_in(session, Role.SCIENTIST, "Eve")

    with pytest.raises(SampleNotFound):
        offer(session, stranger, ben, tube)


def test_an_analyst_hands_nothing_over(
    session: WriteSession, ben: Principal, project: Project
) -> None:
    tube, analyst = make_tube(session, project), signed_in(session, Role.ANALYST, "Ann")

    with pytest.raises(PermissionDenied):
        offer(session, analyst, ben, tube)


def test_the_chain_is_append_only_whoever_writes(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    offer(session, ada, ben, make_tube(session, project))

    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text("update custody_event set note = 'tampered'"))


def test_the_database_refuses_a_link_that_leaves_a_hole(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    insert = text(
        "insert into custody_event (sample_id, number, cause, from_kind, from_label, to_kind,"
        " to_label, at, actor_name) values (:tube, 1, 'taken_in', 'person', 'Nobody', 'person',"
        " 'Ada', now(), 'Ada')"
    )

    with pytest.raises(DBAPIError, match="would have a hole"):
        session.execute(insert, {"tube": tube})
