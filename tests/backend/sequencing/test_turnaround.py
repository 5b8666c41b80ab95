"""Turnaround: the working clock, open cases counted, and requests from asking to done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission
from backend.core.sessions import ReadSession, WriteSession
from backend.samples.ids import HoldKind, Lifecycle
from backend.samples.models import SampleHold
from backend.sequencing import service
from backend.sequencing.errors import TermsChanged
from backend.sequencing.ids import RequestId, RequestState
from backend.sequencing.schemas import LibraryIn, SequencingRequestIn
from backend.sequencing.turnaround import estimates, queries, reckoning
from backend.sequencing.turnaround.estimates import Case
from backend.sequencing.turnaround.models import RequestStage
from backend.sequencing.turnaround.reckoning import Basis, Promise
from backend.sequencing.turnaround.terms import Terms, TermsIn, list_terms, set_terms, terms_now
from backend.sequencing.turnaround.trails import History, Stay
from backend.sequencing.turnaround.working_days import WorkingClock
from tests.factories.sequencing import make_libraries, make_person, make_project

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = WorkingClock(zone=BERLIN, weekdays=frozenset(range(5)), cut_off=time(14))
EVERY = (
    Permission.SEQUENCING_PLAN,
    Permission.SEQUENCING_VIEW,
    Permission.SEQUENCING_REQUEST,
    Permission.SEQUENCING_CONFIGURE,
)
SIX_MP = (
    [(6, True)] * 3
    + [(days, True) for days in (7, 10, 13, 16, 22, 23)]
    + [(days, False) for days in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)]
)
"""Weeks in remission under 6-mercaptopurine (E. J. Freireich et al., Blood 21, 1963, 699-716)."""


def at(day: int, hour: int = 0, *, month: int = 11) -> datetime:
    """An instant of 2026 by Berlin's wall clock; 2 November is a Monday."""
    return datetime(2026, month, day, hour, tzinfo=BERLIN)


class TestTheWorkingClock:
    @pytest.mark.parametrize(
        ("start", "end", "days"),
        [
            (at(2), at(3), 1.0),
            (at(2), at(2, 12), 0.5),
            (at(6, 12), at(9, 12), 1.0),  # Friday noon to Monday noon
            (at(7), at(9), 0.0),  # a weekend
            (at(2), at(16), 10.0),
            (at(9), at(2), 0.0),
        ],
    )
    def test_weekends_do_not_count(self, start: datetime, end: datetime, days: float) -> None:
        assert WEEK.days(start, end) == pytest.approx(days)

    def test_a_day_of_25_hours_is_one_day(self) -> None:
        # 25 October 2026, a Sunday: clocks go back.
        every_day = WorkingClock(zone=BERLIN, weekdays=frozenset(range(7)))
        assert every_day.days(at(25, month=10), at(26, month=10)) == pytest.approx(1)
        assert every_day.days(at(25, 13, month=10), at(26, month=10)) == pytest.approx(11 / 25)

    def test_a_holiday_does_not_count(self) -> None:
        clock = WorkingClock(
            zone=BERLIN, weekdays=frozenset(range(5)), holidays={date(2026, 11, 3)}
        )
        assert clock.days(at(2), at(5)) == pytest.approx(2)

    def test_pauses_are_taken_off_once_where_they_overlap(self) -> None:
        pauses = [(at(3), at(5)), (at(4), at(6)), (at(7), at(8)), (at(20), at(25))]
        assert WEEK.days(at(2), at(10), pauses) == pytest.approx(6 - 3)

    @pytest.mark.parametrize(
        ("arrived", "counts_from"),
        [
            (at(2, 13), at(2, 13)),
            (at(2, 14), at(3)),
            (at(6, 15), at(9)),
            (at(7, 9), at(9)),
        ],
    )
    def test_what_arrives_late_counts_from_the_next_working_day(
        self, arrived: datetime, counts_from: datetime
    ) -> None:
        assert WEEK.starts_counting(arrived) == counts_from

    @pytest.mark.parametrize(
        ("start", "days", "over_on"),
        [(at(2), 1, 2), (at(2, 12), 1, 3), (at(6, 12), 1, 9), (at(2), 10, 13)],
    )
    def test_the_day_on_which_days_are_over(
        self, start: datetime, days: float, over_on: int
    ) -> None:
        assert WEEK.after(start, days) == date(2026, 11, over_on)

    @given(
        st.lists(
            st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 bounds
            min_size=3,
            max_size=3,
        ),
    )
    def test_time_adds_up(self, instants: list[datetime]) -> None:
        first, second, third = sorted(instants)
        parts = WEEK.days(first, second) + WEEK.days(second, third)
        assert WEEK.days(first, third) == pytest.approx(parts)
        assert WEEK.days(first, third, [(first, second)]) == pytest.approx(WEEK.days(second, third))


class TestOpenCasesCount:
    def test_a_published_curve_is_found(self) -> None:
        # Shares as every textbook gives them for these data.
        curve = estimates.open_curve([Case(days, done) for days, done in SIX_MP])
        shares = {step.days: round(step.open_share, 3) for step in curve}
        assert shares == {
            0: 1.0,
            6: 0.857,
            7: 0.807,
            10: 0.753,
            13: 0.69,
            16: 0.627,
            22: 0.538,
            23: 0.448,
        }
        assert estimates.quantile(curve, 0.5) == 23
        assert estimates.quantile(curve, 0.75) is None

    def test_finished_cases_alone_flatter(self) -> None:
        cases = [Case(2, done=True), Case(3, done=True), Case(20, done=False), Case(30, done=False)]
        assert reckoning.median_of_done(cases) == 2
        assert estimates.quantile(estimates.open_curve(cases), 0.5) == 3

    @given(
        st.lists(
            st.builds(Case, st.integers(0, 50).map(float), st.booleans()), min_size=1, max_size=60
        )
    )
    def test_finished_cases_alone_never_take_longer_than_all(self, cases: Sequence[Case]) -> None:
        alone = reckoning.median_of_done(cases)
        of_all = estimates.quantile(estimates.open_curve(cases), 0.5)
        assert of_all is None or (alone is not None and alone <= of_all)

    def test_with_nothing_open_both_medians_are_one(self) -> None:
        # As the demonstration had it: half are done at 6.1 days exactly, the next takes longer.
        cases = [Case(days, done=True) for days in (4.1, 6.1, 6.9, 8.1)]
        assert reckoning.median_of_done(cases) == 6.1
        assert estimates.quantile(estimates.open_curve(cases), 0.5) == 6.1

    def test_an_open_case_past_the_target_has_missed_it(self) -> None:
        cases = [Case(5, done=True), Case(12, done=True), Case(11, done=False), Case(3, done=False)]
        kept, decided = estimates.within(cases, 10)
        assert kept is not None
        assert (decided, kept.share) == (3, pytest.approx(1 / 3))
        assert estimates.within([], 10) == (None, 0)

    def test_what_is_left_depends_on_the_age(self) -> None:
        curve = estimates.open_curve([Case(days, done=True) for days in (2, 4, 6, 8)])
        assert estimates.median_left(curve, 0) == 4
        assert estimates.median_left(curve, 5) == 1
        assert estimates.median_left(curve, 9) is None

    @given(
        st.lists(
            st.builds(Case, st.integers(0, 50).map(float), st.booleans()), min_size=1, max_size=60
        )
    )
    def test_the_curve_falls_and_ends_at_nothing_open_where_the_longest_is_finished(
        self, cases: Sequence[Case]
    ) -> None:
        curve = estimates.open_curve(cases)
        shares = [step.open_share for step in curve]
        assert shares == sorted(shares, reverse=True)
        assert all(-1e-12 <= share <= 1 for share in shares)
        longest = max(case.days for case in cases)
        if all(case.done for case in cases if case.days == longest):
            assert shares[-1] == pytest.approx(0)


TARGETS = {state: float(days) for state, days in Terms().stage_days.items()}


def history(state: RequestState, due_on: date, *stays: Stay) -> History:
    return History(
        code="SQ-0001",
        project_code="HELIX",
        state=state,
        due_on=due_on,
        started_at=stays[0].entered_at,
        stays=stays,
    )


class TestAtRisk:
    def test_the_targets_of_what_is_left_say_when_it_ends(self) -> None:
        waiting = history(
            RequestState.WAITING,
            date(2026, 11, 20),
            Stay(RequestState.WAITING, at(2), None),
        )
        # Two of three days of waiting are over: 1 + 1 + 2 + 3 + 4 + 3 = 14 days from Wednesday.
        (found,) = reckoning.at_risk([waiting], WEEK, at(4), basis=Basis(targets=TARGETS))
        assert found.expected_on == date(2026, 11, 23)
        assert (found.age_days, found.is_late) == (pytest.approx(2), False)

        easy = history(RequestState.WAITING, date(2026, 11, 23), *waiting.stays)
        assert reckoning.at_risk([easy], WEEK, at(4), basis=Basis(targets=TARGETS)) == []

    def test_a_late_request_is_named_whatever_is_expected(self) -> None:
        late = history(RequestState.QC, date(2026, 11, 2), Stay(RequestState.QC, at(2), None))
        (found,) = reckoning.at_risk([late], WEEK, at(4), basis=Basis(targets=TARGETS))
        assert found.is_late

    def test_history_says_it_where_there_is_some(self) -> None:
        curve = estimates.open_curve([Case(days, done=True) for days in (4, 5, 6)])
        waiting = history(
            RequestState.WAITING, date(2026, 11, 4), Stay(RequestState.WAITING, at(2), None)
        )
        (found,) = reckoning.at_risk(
            [waiting], WEEK, at(3), basis=Basis(curve=curve, targets=TARGETS)
        )
        assert found.expected_on == date(2026, 11, 6)

    def test_a_finished_request_is_no_risk(self) -> None:
        done = history(RequestState.DONE, date(2026, 11, 1), Stay(RequestState.DONE, at(2), None))
        assert reckoning.at_risk([done], WEEK, at(4), basis=Basis(targets=TARGETS)) == []


class TestByAssay:
    def test_each_assay_is_held_to_what_it_promises(self) -> None:
        def asked(assay: str, days: int, *, done: bool = True) -> History:
            state = RequestState.DONE if done else RequestState.QC
            stays = (Stay(RequestState.QC, at(2), at(2 + days)), Stay(state, at(2 + days), None))
            return replace(history(state, date(2026, 12, 1), *stays), assay=assay)

        histories = [
            asked("panel", 1),
            asked("panel", 3),
            asked("exome", 2),
            asked("exome", 3),
            asked("exome", 4, done=False),
            asked("", 1),
            asked("gone", 3),
        ]

        found = reckoning.assay_times(
            histories,
            WEEK,
            at(13),
            promised={"panel": Promise("Panel", 2.0), "exome": Promise("Exome")},
            target_days=10.0,
        )

        told = [(each.name, each.done, each.open, each.target_days) for each in found]
        assert told == [
            ("Exome", 2, 1, 10.0),
            ("Panel", 2, 0, 2.0),
            ("gone", 1, 0, 10.0),
        ]
        exome, panel, _ = found
        assert (exome.median_days, exome.p90_days, exome.is_promised) == (3, None, False)
        assert (panel.median_days, panel.p90_days, panel.is_promised) == (1, 3, True)
        assert panel.within is not None
        assert (panel.within.share, panel.decided) == (0.5, 2)


def test_a_request_is_timed_from_asking_to_where_it_stands(session: WriteSession) -> None:
    ada = make_person(session, *EVERY)
    project = make_project(session, ada)
    libraries = make_libraries(session, project, 2)
    for library in libraries:
        library.lifecycle = Lifecycle.ACCEPTED
    card = service.request_sequencing(
        session,
        ada,
        request=SequencingRequestIn(
            project_code=project.code,
            libraries=[LibraryIn(barcode=library.barcode) for library in libraries],
            reads_millions=Decimal(10),
            read_length=151,
            due_on=date(2099, 1, 1),
        ),
    )
    service.move_card(session, ada, request_id=RequestId(card.id), to=RequestState.POOLED)
    stages = session.scalars(select(RequestStage).where(RequestStage.request_id == card.id)).all()
    assert {stage.state: stage.left_at is None for stage in stages} == {
        RequestState.WAITING: False,
        RequestState.POOLED: True,
    }

    # As if it had been asked for at noon on Monday and pooled at noon on Wednesday.
    for state, entered, left in (
        (RequestState.WAITING, at(2, 12), at(4, 12)),
        (RequestState.POOLED, at(4, 12), None),
    ):
        session.execute(
            update(RequestStage)
            .where(RequestStage.request_id == card.id, RequestStage.state == state)
            .values(entered_at=entered, left_at=left)
        )
    seen = queries.turnaround(ReadSession(session), ada, zone=BERLIN, now=at(5, 12))

    assert (seen.done, seen.open, seen.oldest_open_days) == (0, 1, pytest.approx(3))
    assert seen.median_days is None
    by_state = {stage.state: stage for stage in seen.stages}
    assert by_state[RequestState.WAITING].median_days == pytest.approx(2)
    assert by_state[RequestState.WAITING].share == pytest.approx(2 / 3)
    assert by_state[RequestState.POOLED].median_days is None
    assert dict(seen.ages)["up to 5"] == 1
    assert not seen.by_history


def test_a_hold_of_a_pausing_kind_stops_the_clock(session: WriteSession) -> None:
    ada = make_person(session, *EVERY)
    project = make_project(session, ada)
    (library,) = make_libraries(session, project, 1)
    library.lifecycle = Lifecycle.ACCEPTED
    card = service.request_sequencing(
        session,
        ada,
        request=SequencingRequestIn(
            project_code=project.code,
            libraries=[LibraryIn(barcode=library.barcode)],
            reads_millions=Decimal(10),
            read_length=151,
            due_on=date(2099, 1, 1),
        ),
    )
    session.execute(
        update(RequestStage).where(RequestStage.request_id == card.id).values(entered_at=at(2))
    )
    for kind in (HoldKind.PAUSED_BY_REQUESTER, HoldKind.QC_PENDING):
        hold = SampleHold(sample_id=library.id, kind=kind, reason="A test", set_by=None)
        session.add(hold)
        session.flush()
        hold.set_at = at(3) if kind is HoldKind.PAUSED_BY_REQUESTER else at(2)
        hold.released_at = at(4)
    session.flush()

    seen = queries.turnaround(ReadSession(session), ada, zone=BERLIN, now=at(5))

    assert seen.oldest_open_days == pytest.approx(2)


def test_foreign_projects_do_not_count(session: WriteSession) -> None:
    ada, ben = make_person(session, *EVERY), make_person(session, *EVERY)
    project = make_project(session, ada)
    (library,) = make_libraries(session, project, 1)
    service.request_sequencing(
        session,
        ada,
        request=SequencingRequestIn(
            project_code=project.code,
            libraries=[LibraryIn(barcode=library.barcode)],
            reads_millions=Decimal(10),
            read_length=151,
            due_on=date(2099, 1, 1),
        ),
    )
    reading = ReadSession(session)
    assert queries.turnaround(reading, ada, zone=BERLIN).open == 1
    assert queries.turnaround(reading, ben, zone=BERLIN).open == 0


class TestTerms:
    def test_versions_follow_one_another_and_none_is_lost(self, session: WriteSession) -> None:
        ada = make_person(session, *EVERY)
        own = terms_now(session)
        assert own.version == 0

        wanted = TermsIn(
            terms=Terms(target_days=Decimal(15), holidays=(date(2026, 12, 25),)),
            reason="The contract of 2027",
            version=0,
        )
        made = set_terms(session, ada, wanted=wanted)

        assert (made.version, terms_now(session).terms.target_days) == (1, Decimal(15))
        assert [each.version for each in list_terms(ReadSession(session), ada)] == [1]
        with pytest.raises(TermsChanged, match="Version 1 of the terms was set meanwhile"):
            set_terms(session, ada, wanted=wanted)

    def test_they_are_set_by_those_who_may(self, session: WriteSession) -> None:
        ben = make_person(session, Permission.SEQUENCING_VIEW)
        with pytest.raises(PermissionDenied):
            set_terms(session, ben, wanted=TermsIn(terms=Terms(), reason="Mine", version=0))

    def test_a_column_without_a_target_is_refused(self) -> None:
        with pytest.raises(ValueError, match="every column of the board"):
            Terms(stage_days={RequestState.WAITING: Decimal(1)})
