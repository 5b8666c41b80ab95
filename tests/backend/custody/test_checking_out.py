"""Checking out and returning: where it stood, what was used, whether it thawed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from backend.auth.ids import Role
from backend.core import clock
from backend.core.errors import PermissionDenied
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.custody import queries, service
from backend.custody.errors import (
    AlreadyCheckedOut,
    CheckoutRefused,
    HeldByAnother,
    NotCheckedOut,
)
from backend.custody.service import Returned
from backend.samples import queries as samples_queries
from backend.samples import service as samples_service
from backend.samples.errors import DrawRefused
from backend.samples.ids import Custody, SampleId
from backend.samples.models import Project, Sample
from backend.storage import service as storage_service
from backend.storage.errors import PositionTaken
from tests.backend.custody.conftest import signed_in
from tests.factories.sequencing import make_project
from tests.factories.storage import Freezer, make_freezer, make_tube, stand


def tomorrow() -> date:
    return clock.utc_now().date() + timedelta(days=1)


def stored(
    session: WriteSession, person: Principal, project: Project, **facts: object
) -> tuple[SampleId, Freezer]:
    tube, freezer = make_tube(session, project, **facts), make_freezer(session)
    storage_service.place_sample(session, person, sample_id=tube, box_id=freezer.box_id)
    return tube, freezer


def take(session: WriteSession, person: Principal, tube: SampleId) -> None:
    service.check_out(session, person, sample_id=tube, purpose="Library prep", due_on=tomorrow())


def sample_of(session: WriteSession, tube: SampleId) -> Sample:
    return session.get_one(Sample, tube, populate_existing=True)


def test_a_stored_tube_leaves_its_position_for_its_holder(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, freezer = stored(session, ada, project)

    service.check_out(
        session,
        ada,
        sample_id=tube,
        purpose="Library prep",
        due_on=tomorrow(),
        temperature_c=-20.0,
    )

    links = queries.chain_of(session, ada, tube)
    assert [link.to_label for link in links] == [f"{freezer.label}/1/A/B-1/A1", "Ada", "Ada"]
    assert links[-1].temperature_c == pytest.approx(-20)
    assert sample_of(session, tube).custody is Custody.CHECKED_OUT
    [out] = queries.checked_out(session, ada)
    assert (out.holder_name, out.purpose, out.due_on) == ("Ada", "Library prep", tomorrow())


def test_a_returned_tube_stands_where_it_stood_with_less_in_it_and_a_thaw_more(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, freezer = stored(session, ada, project, volume_ul=Decimal(50))
    take(session, ada, tube)

    place = service.return_sample(
        session, ada, sample_id=tube, returned=Returned(used_ul=Decimal(8), was_thawed=True)
    )

    sample = sample_of(session, tube)
    assert place == f"{freezer.label}/1/A/B-1/A1"
    assert (sample.volume_ul, sample.freeze_thaw_count) == (Decimal(42), 1)
    assert sample.custody is Custody.IN_STORAGE
    assert queries.checked_out(session, ada) == []


def test_more_than_there_is_cannot_have_been_used(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, _ = stored(session, ada, project, volume_ul=Decimal(5))
    take(session, ada, tube)

    with pytest.raises(DrawRefused):
        service.return_sample(session, ada, sample_id=tube, returned=Returned(used_ul=Decimal(6)))


def test_a_position_that_was_filled_meanwhile_is_named(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, freezer = stored(session, ada, project)
    take(session, ada, tube)
    stand(session, make_tube(session, project), freezer.box_id, 1, 1)

    with pytest.raises(PositionTaken, match="A1"):
        service.return_sample(session, ada, sample_id=tube, returned=Returned())


def test_a_tube_can_be_left_on_a_bench(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, _ = stored(session, ada, project)
    take(session, ada, tube)

    place = service.return_sample(session, ada, sample_id=tube, returned=Returned(bench="Bench 4"))

    assert place == "Bench 4"
    assert queries.chain_of(session, ada, tube)[-1].to_label == "Bench 4"
    assert sample_of(session, tube).custody is Custody.ON_BENCH


def test_what_came_from_no_position_needs_a_bench(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube = make_tube(session, project)
    take(session, ada, tube)

    with pytest.raises(CheckoutRefused, match="Name the bench"):
        service.return_sample(session, ada, sample_id=tube, returned=Returned())


def test_placing_a_tube_at_the_freezer_ends_its_checkout(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, freezer = stored(session, ada, project)
    take(session, ada, tube)

    storage_service.place_sample(session, ada, sample_id=tube, box_id=freezer.box_id)

    assert queries.checked_out(session, ada) == []


def test_a_handed_over_checkout_is_the_receivers_to_return(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube, _ = stored(session, ada, project)
    take(session, ada, tube)
    assert ben.user_id is not None
    key = service.offer_samples(session, ada, sample_ids=[tube], to_id=ben.user_id)

    service.accept_offer(session, ben, offer_id=key)

    [out] = queries.checked_out(session, ben)
    assert (out.holder_name, out.due_on) == ("Ben", tomorrow())


def test_a_tube_is_checked_out_once(
    session: WriteSession, ada: Principal, ben: Principal, project: Project
) -> None:
    tube, _ = stored(session, ada, project)
    take(session, ada, tube)

    with pytest.raises(AlreadyCheckedOut, match="Ada has"):
        take(session, ben, tube)


def test_a_checkout_says_what_for_and_until_when(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, _ = stored(session, ada, project)

    with pytest.raises(CheckoutRefused) as refused:
        service.check_out(session, ada, sample_id=tube, purpose=" ", due_on=None)

    assert set(refused.value.fields) == {"purpose", "due_on"}


def test_nothing_is_returned_that_is_not_out(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, _ = stored(session, ada, project)

    with pytest.raises(NotCheckedOut):
        service.return_sample(session, ada, sample_id=tube, returned=Returned())


def test_a_scientist_does_not_take_out_of_a_freezer(session: WriteSession, ada: Principal) -> None:
    scientist = signed_in(session, Role.SCIENTIST, "Sam")
    tube, _ = stored(session, ada, make_project(session, scientist))

    with pytest.raises(PermissionDenied):
        take(session, scientist, tube)


def test_a_scientist_does_not_take_what_somebody_else_holds(
    session: WriteSession, ada: Principal
) -> None:
    scientist = signed_in(session, Role.SCIENTIST, "Sam")
    tube, _ = stored(session, ada, make_project(session, scientist))
    storage_service.take_out(session, ada, sample_id=tube, reason="for Sam")

    with pytest.raises(HeldByAnother, match="Ada holds"):
        take(session, scientist, tube)


def test_a_tube_that_is_thrown_away_leaves_the_chain_with_its_reason(
    session: WriteSession, ada: Principal, project: Project
) -> None:
    tube, _ = stored(session, ada, project)
    take(session, ada, tube)

    samples_service.dispose_sample(session, ada, sample_id=tube, reason="Spilled")

    last = queries.chain_of(session, ada, tube)[-1]
    assert (last.to_label, last.note) == ("Disposed of", "Spilled")
    assert samples_queries.get_sample(session, ada, tube).row.status == "discarded"
