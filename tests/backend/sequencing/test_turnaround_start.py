"""What of a request's time is counted: from which start on, in queues or at work, and again."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from backend.core.sessions import ReadSession, WriteSession
from backend.samples.ids import Custody, Lifecycle
from backend.samples.models import SampleTransition
from backend.sequencing.ids import ClockStart, RequestState
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.usual import add_usual_reference
from backend.sequencing.turnaround import queries, reckoning, stages
from backend.sequencing.turnaround.terms import Terms, TermsIn, set_terms
from backend.sequencing.turnaround.trails import Stay
from backend.sequencing.turnaround.views import Turnaround
from tests.backend.sequencing.test_turnaround import BERLIN, EVERY, WEEK, at, history
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_libraries, make_person, make_project, make_request


class TestTheStartOfTheClock:
    """A request of Monday whose second library came on Tuesday and was accepted on Wednesday."""

    def seen(
        self, session: WriteSession, starts: ClockStart, pooled_day: int = 0, **late: Any
    ) -> Turnaround:
        ada = make_person(session, *EVERY)
        project = make_project(session, ada)
        first, second = make_libraries(session, project, 2)
        first.lifecycle, first.received_at = Lifecycle.ACCEPTED, at(1)
        second.lifecycle, second.received_at = Lifecycle.ACCEPTED, at(3)
        for name, value in late.items():
            setattr(second, name, value)
        session.add(
            SampleTransition(
                sample_id=second.id,
                project_id=project.id,
                action="accept",
                from_status="pending",
                to_status="validated",
                at=at(4),
                age_s=0.0,
                actor_name="Ada",
            )
        )
        request = make_request(session, project, [first, second])
        stages.entered(session, request.id, RequestState.WAITING, at(2))
        if pooled_day:
            stages.entered(session, request.id, RequestState.POOLED, at(pooled_day))
        session.flush()
        terms = Terms(starts=starts)
        set_terms(session, ada, wanted=TermsIn(terms=terms, reason="A test", version=0))
        return queries.turnaround(ReadSession(session), ada, zone=BERLIN, now=at(6))

    @pytest.mark.parametrize(
        ("starts", "days"),
        [(ClockStart.ORDERED, 4), (ClockStart.RECEIVED, 3), (ClockStart.ACCEPTED, 2)],
    )
    def test_days_count_from_the_order_or_from_its_last_sample(
        self, session: WriteSession, starts: ClockStart, days: float
    ) -> None:
        seen = self.seen(session, starts)

        assert seen.oldest_open_days == pytest.approx(days)
        assert seen.stages[0].share == 1
        assert (seen.starts, seen.not_started) == (starts, 0)

    def test_an_order_whose_sample_is_missing_has_no_days_yet(self, session: WriteSession) -> None:
        seen = self.seen(
            session, ClockStart.RECEIVED, lifecycle=Lifecycle.IN_TRANSIT, received_at=None
        )

        assert (seen.oldest_open_days, seen.not_started, seen.open) == (0, 1, 1)

    def test_a_tube_in_its_box_is_here_whether_or_not_somebody_noted_its_arrival(
        self, session: WriteSession
    ) -> None:
        seen = self.seen(
            session,
            ClockStart.RECEIVED,
            lifecycle=Lifecycle.REGISTERED,
            custody=Custody.IN_STORAGE,
            received_at=None,
        )

        assert (seen.oldest_open_days, seen.not_started) == (pytest.approx(4), 0)

    def test_what_was_pooled_was_here_however_late_somebody_noted_its_arrival(
        self, session: WriteSession
    ) -> None:
        seen = self.seen(session, ClockStart.RECEIVED, pooled_day=4, received_at=at(6))

        assert (seen.oldest_open_days, seen.not_started) == (pytest.approx(2), 0)

    def test_what_has_arrived_may_wait_to_be_accepted(self, session: WriteSession) -> None:
        seen = self.seen(session, ClockStart.ACCEPTED, lifecycle=Lifecycle.RECEIVED)

        assert seen.not_started == 1


def test_an_assay_may_count_from_another_start(session: WriteSession) -> None:
    add_usual_reference(session, EVERYBODY)
    exome = reference_queries.assay(session, "exome_100x")
    reference_service.revise_entry(
        session,
        EVERYBODY,
        kind=ReferenceKind.ASSAY,
        key=exome.key,
        based_on=exome.number,
        content=exome.content.model_dump() | {"clock_start": "ordered"},
        source="The contract",
        reason="Its contract counts from the order.",
    )
    ada = make_person(session, *EVERY)
    project = make_project(session, ada)
    (library,) = make_libraries(session, project, 1)
    library.lifecycle = Lifecycle.IN_TRANSIT
    request = make_request(session, project, [library], assay=exome.key)
    stages.entered(session, request.id, RequestState.WAITING, at(2))

    seen = queries.turnaround(ReadSession(session), ada, zone=BERLIN, now=at(6))

    assert (seen.starts, seen.not_started) == (ClockStart.RECEIVED, 0)
    assert seen.oldest_open_days == pytest.approx(4)


def test_queues_are_told_from_work_and_what_went_back_is_rework() -> None:
    done = history(
        RequestState.DONE,
        date(2026, 11, 20),
        Stay(RequestState.WAITING, at(2), at(3)),
        Stay(RequestState.RUNNING, at(3), at(5)),
        Stay(RequestState.DEMULTIPLEXED, at(5), at(6)),
        Stay(RequestState.DONE, at(6), None),
    )
    again = replace(
        done,
        state=RequestState.WAITING,
        stays=[*done.stays[:3], Stay(RequestState.WAITING, at(6), None)],
    )
    targets = dict.fromkeys(
        (RequestState.WAITING, RequestState.RUNNING, RequestState.DEMULTIPLEXED), 1.0
    )

    times = reckoning.stage_times([done], WEEK, at(6), targets)

    assert [each.is_queue for each in times] == [True, False, True]
    assert reckoning.waiting_share(times) == pytest.approx(0.5)
    found = reckoning.rework([done, again])
    assert found is not None
    assert found.share == 0.5
    assert reckoning.rework([replace(done, stays=done.stays[:1])]) is None
