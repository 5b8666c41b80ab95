"""Ends foreseen by column and time there: right on a known law, and silent where they are not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import Engine, delete, select, update

from backend.core import clock
from backend.core.config import Settings
from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, Principal, machinery
from backend.core.sessions import ReadSession, WriteSession
from backend.core.transaction import reading, writing
from backend.events.models import OutboxEvent
from backend.sequencing import queue_board, service
from backend.sequencing.codes import request_code
from backend.sequencing.ids import RequestState
from backend.sequencing.models import SequencingRequest
from backend.sequencing.schemas import LibraryIn, SequencingRequestIn
from backend.sequencing.turnaround import calibration, forecasts, outlooks, queries, reckoning
from backend.sequencing.turnaround.models import RequestStage, TurnaroundForecast
from backend.sequencing.turnaround.outlooks import LEAST, Remaining
from backend.sequencing.turnaround.reckoning import Basis
from backend.sequencing.turnaround.scoring import Lack, Score, lack_of
from backend.sequencing.turnaround.terms import CLOCKED, Terms, TermsIn, set_terms
from backend.sequencing.turnaround.trails import History, Known, Stay, Trail, Visit
from backend.sequencing.turnaround.working_days import WorkingClock
from backend.work import leases
from dashboard.pages.sequencing import cards
from jobs.context import JobContext
from jobs.tasks import forecast_turnaround
from tests.factories.sequencing import make_libraries, make_person, make_project

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = WorkingClock(zone=BERLIN, weekdays=frozenset(range(7)))
NOW = datetime(2026, 11, 2, tzinfo=UTC)
MAY = (
    Permission.SEQUENCING_PLAN,
    Permission.SEQUENCING_VIEW,
    Permission.SEQUENCING_REQUEST,
    Permission.SEQUENCING_CONFIGURE,
)
GOOD = Score(
    origins=9, cases=80, requests=35, covered=64, compared=75, mae_days=2.0, mae_plain_days=2.5
)


def requests_of_a_known_law(
    number: int, days: int, *, seed: int, slower_from: int | None = None
) -> list[History]:
    """Requests asked for over ``days`` up to NOW, each column log-normal; all of it reproducible.

    From day ``slower_from`` on everything takes five times as long.
    """
    rng = np.random.default_rng(seed)
    made = []
    for index in range(number):
        day = float(rng.uniform(0, days))
        slowed = 5 if slower_from is not None and day >= slower_from else 1
        at = asked_at = NOW - timedelta(days=days - day)
        stays: list[Stay] = []
        for state, typical in zip(CLOCKED, (3, 1, 2, 2, 2, 2), strict=True):
            left = at + timedelta(days=float(slowed * typical * rng.lognormal(0, 0.6)))
            stays.append(Stay(state, at, left if left <= NOW else None))
            at = left
            if at > NOW:
                break
        else:
            stays.append(Stay(RequestState.DONE, at, None))
        made.append(
            History(
                code=f"SQ-{index:04}",
                project_code="HELIX",
                state=stays[-1].state,
                due_on=date(2026, 11, 5),
                started_at=asked_at,
                stays=stays,
            )
        )
    return made


def trails_of(histories: Sequence[History]) -> list[Trail]:
    return [Trail(history, EVERY_DAY) for history in histories]


def waited(days: float, *, rest: float, done: bool = True) -> Known:
    """A request that stood ``days`` in Waiting and took ``rest`` more."""
    state = RequestState.WAITING
    return Known([Visit(state, 0.0, days)], days + rest, done=done, gone=False)


class TestWhatIsLeft:
    def test_only_stays_as_long_as_this_one_are_asked(self) -> None:
        quick, slow = [waited(1, rest=2)] * LEAST, [waited(6, rest=10)] * LEAST
        found = outlooks.fit([*quick, *slow], [RequestState.WAITING])

        at_once = outlooks.remaining(found, RequestState.WAITING, 0)
        after_two = outlooks.remaining(found, RequestState.WAITING, 2)
        between = outlooks.remaining(found, RequestState.WAITING, 2.25)

        assert at_once == Remaining(2 * LEAST, 3, 3, 16, 16)
        assert after_two == Remaining(LEAST, 14, 14, 14, 14)
        assert between == Remaining(LEAST, 13.75, 13.75, 13.75, 13.75)

    def test_open_ones_count_as_at_least_so_long(self) -> None:
        ends = [waited(1, rest=float(days)) for days in range(20)]
        alone = outlooks.fit(ends, [RequestState.WAITING])
        open_9 = [waited(9, rest=0, done=False)] * 20
        counted = outlooks.fit([*ends, *open_9], [RequestState.WAITING])
        open_30 = [waited(30, rest=0, done=False)] * 20
        too_many = outlooks.fit([*ends, *open_30], [RequestState.WAITING])

        flattering = outlooks.remaining(alone, RequestState.WAITING, 0)
        honest = outlooks.remaining(counted, RequestState.WAITING, 0)

        assert flattering is not None
        assert honest is not None
        assert (flattering.p50, honest.p50) == (10, 13)
        # Where too many are open still the upper bound is unknown, and then nothing is said.
        assert outlooks.remaining(too_many, RequestState.WAITING, 0) is None

    def test_few_like_it_say_nothing(self) -> None:
        found = outlooks.fit([waited(1, rest=2)] * (LEAST - 1), [RequestState.WAITING])
        assert outlooks.remaining(found, RequestState.WAITING, 0) is None
        assert outlooks.remaining(found, RequestState.QC, 0) is None

    def test_an_instant_knows_nothing_of_what_came_after_it(self) -> None:
        asked = NOW - timedelta(days=10)
        pooled, done = asked + timedelta(days=4), asked + timedelta(days=7)
        history = History(
            code="SQ-0001",
            project_code="HELIX",
            state=RequestState.DONE,
            due_on=date(2026, 11, 5),
            started_at=asked,
            stays=[
                Stay(RequestState.WAITING, asked, pooled),
                Stay(RequestState.POOLED, pooled, done),
                Stay(RequestState.DONE, done, None),
            ],
        )
        trail = Trail(history, EVERY_DAY)

        before = trail.known_at(asked + timedelta(days=2))
        after = trail.known_at(NOW)

        assert [(each.state, each.stayed) for each in before.visits] == [
            (RequestState.WAITING, pytest.approx(2, abs=0.01))
        ]
        assert (before.done, before.is_open) == (False, True)
        assert (after.done, after.age) == (True, pytest.approx(7, abs=0.1))
        assert not trail.known_at(asked - timedelta(days=1)).is_open


class TestTheTrial:
    @pytest.mark.parametrize("seed", [1, 2])
    def test_the_interval_holds_and_beats_the_plain_median_on_a_known_law(self, seed: int) -> None:
        trails = trails_of(requests_of_a_known_law(150, 180, seed=seed))
        found = calibration.score(trails, first=NOW - timedelta(days=180), now=NOW)

        assert found.cases >= 100
        assert found.coverage is not None
        assert 0.7 <= found.coverage.share <= 0.9
        assert found.mae_days is not None
        assert found.mae_plain_days is not None
        assert found.mae_days < found.mae_plain_days
        assert lack_of(found, finished=100) is None

    def test_a_laboratory_that_has_become_slower_is_noticed(self) -> None:
        slowed = requests_of_a_known_law(200, 240, seed=3, slower_from=80)
        found = calibration.score(trails_of(slowed), first=NOW - timedelta(days=240), now=NOW)
        assert found.coverage is not None
        assert found.coverage.share < 0.7
        assert lack_of(found, finished=100) is Lack.INTERVAL_OFF

    def test_too_young_a_past_is_not_tried(self) -> None:
        trails = trails_of(requests_of_a_known_law(15, 30, seed=1))
        found = calibration.score(trails, first=NOW - timedelta(days=30), now=NOW)
        assert (found.origins, found.cases, found.coverage) == (0, 0, None)

    @pytest.mark.parametrize(
        ("score", "finished", "lack"),
        [
            (GOOD, 30, None),
            (GOOD, 29, Lack.TOO_FEW_FINISHED),
            (replace(GOOD, cases=29, covered=23), 30, Lack.TOO_FEW_TRIED),
            (replace(GOOD, cases=0, covered=0), 30, Lack.TOO_FEW_TRIED),
            (replace(GOOD, mae_days=None), 30, Lack.TOO_FEW_TRIED),
            (replace(GOOD, covered=50), 30, Lack.INTERVAL_OFF),
            (replace(GOOD, covered=79), 30, Lack.INTERVAL_OFF),
            (replace(GOOD, mae_days=2.6), 30, Lack.NOT_BETTER),
        ],
    )
    def test_what_is_not_good_enough_is_not_shown(
        self, score: Score, finished: int, lack: Lack | None
    ) -> None:
        assert lack_of(score, finished) is lack


def test_one_in_five_late_is_at_risk_and_the_interval_is_said() -> None:
    stays = [Stay(RequestState.WAITING, NOW - timedelta(days=1), None)]
    history = History(
        code="SQ-0001",
        project_code="HELIX",
        state=RequestState.WAITING,
        due_on=date(2026, 11, 7),
        started_at=stays[0].entered_at,
        stays=stays,
    )
    foreseen = {RequestState.WAITING: [None, None, Remaining(40, 1, 4, 8, 10)]}
    basis = Basis(targets={}, outlooks=foreseen)

    (found,) = reckoning.at_risk([history], EVERY_DAY, NOW, basis=basis)
    safe = replace(history, due_on=date(2026, 11, 10))

    assert found.expected_on == date(2026, 11, 6)  # by the middle alone it would be in time
    assert found.between == (date(2026, 11, 3), date(2026, 11, 12))
    assert found.likely_by == date(2026, 11, 10)
    assert not found.is_late
    assert reckoning.at_risk([safe], EVERY_DAY, NOW, basis=basis) == []


def ask(session: WriteSession, ada: Principal, number: int) -> None:
    """Ask for sequencing ``number`` times."""
    project = make_project(session, ada)
    for _ in range(number):
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


def rewrite(session: WriteSession, histories: Sequence[History]) -> None:
    """Give the requests asked for these histories, moved so that they end now."""
    shift = clock.utc_now() - NOW
    keys = session.scalars(select(SequencingRequest.id).order_by(SequencingRequest.number)).all()
    session.execute(delete(RequestStage))
    for key, history in zip(keys, histories, strict=True):
        session.execute(
            update(SequencingRequest)
            .where(SequencingRequest.id == key)
            .values(state=history.state, created_at=history.asked_at + shift)
        )
        session.add_all(
            RequestStage(
                request_id=key,
                state=stay.state,
                entered_at=stay.entered_at + shift,
                left_at=stay.left_at and stay.left_at + shift,
            )
            for stay in history.stays
        )
    session.flush()


def test_the_job_keeps_a_scored_forecast_and_the_page_goes_by_it(
    committed_database: Engine, settings: Settings
) -> None:
    worker = machinery("worker", *MAY, request_id="test")
    with writing() as session:
        ada = make_person(session, *MAY)
        ask(session, ada, 50)
        rewrite(session, requests_of_a_known_law(50, 120, seed=4))
        job_id = forecasts.request_forecast(session, ada)
    with writing() as session:
        claim = leases.claim(session, job_id, "test", lease_s=30)
    assert claim is not None

    forecast_turnaround.run(JobContext(claim=claim, principal=worker, settings=settings))

    with reading() as session:
        seen = queries.turnaround(session, ada, zone=BERLIN)
        told = session.scalars(
            select(OutboxEvent.payload).where(
                OutboxEvent.type == "sequencing.turnaround_forecast_made"
            )
        ).all()
    foreseen = seen.prediction
    assert foreseen.score is not None
    assert foreseen.finished == seen.done >= 30
    assert foreseen.score.cases > 0
    assert foreseen.lack is lack_of(foreseen.score, foreseen.finished)
    assert [each["finished"] for each in told] == [foreseen.finished]


def test_others_projects_are_learned_from_but_not_seen(session: WriteSession) -> None:
    ada, ben = make_person(session, *MAY), make_person(session, *MAY)
    ask(session, ada, 2)
    past = forecasts.load_past(ReadSession(session), ben, zone=BERLIN)
    assert len(past.histories) == 2
    assert queries.turnaround(ReadSession(session), ben, zone=BERLIN).open == 0


def test_a_forecast_by_another_calendar_is_not_gone_by(session: WriteSession) -> None:
    ada = make_person(session, *MAY)
    assert forecasts.newest(session, 0)[0].lack is Lack.NEVER_MADE
    past = forecasts.load_past(ReadSession(session), ada, zone=BERLIN)
    made = forecasts.forecast(past)
    fine = replace(
        made,
        finished=40,
        score=GOOD,
        outlooks={RequestState.WAITING: [Remaining(40, 1, 2, 3, 4), None]},
    )
    forecasts.store(session, ada, made=fine)

    shown, _ = forecasts.newest(session, 0)
    set_terms(session, ada, wanted=TermsIn(terms=Terms(holidays=()), reason="A test", version=0))
    stale = queries.turnaround(ReadSession(session), ada, zone=BERLIN).prediction

    assert shown.lack is None
    assert shown.left == {RequestState.WAITING: Remaining(40, 1, 2, 3, 4)}
    assert (stale.lack, stale.left) == (Lack.TERMS_CHANGED, {})
    assert session.scalars(select(TurnaroundForecast.method)).all() == [outlooks.METHOD]


def test_the_board_says_which_requests_are_expected_late_once_a_forecast_is_good(
    session: WriteSession,
) -> None:
    ada, ben = make_person(session, *MAY), make_person(session, *MAY)
    ask(session, ada, 2)
    today = clock.utc_now().date()
    hurried, easy = session.scalars(select(SequencingRequest).order_by(SequencingRequest.number))
    hurried.due_on = today + timedelta(days=2)
    session.flush()
    assert queries.expected_late(ReadSession(session), ada, zone=BERLIN) == {}
    made = forecasts.forecast(forecasts.load_past(ReadSession(session), ada, zone=BERLIN))
    left = {RequestState.WAITING: [Remaining(40, 3, 6, 9, 12)]}
    forecasts.store(session, ada, made=replace(made, finished=40, score=GOOD, outlooks=left))

    now = clock.utc_now()
    found = queries.expected_late(ReadSession(session), ada, zone=BERLIN, now=now)

    code = request_code(hurried.number)
    assert list(found) == [code]
    seen = queries.turnaround(ReadSession(session), ada, zone=BERLIN, now=now)
    assert found[code] in seen.at_risk
    assert queries.expected_late(ReadSession(session), ben, zone=BERLIN) == {}
    columns = queue_board.board(session, ada)
    drawn = str(cards.board(columns, today=today, may_plan=False, risks=found))
    assert drawn.count("at risk: 4 of 5 like it end by ") == 1
    assert request_code(easy.number) in drawn


def test_who_may_not_set_up_asks_for_none(session: WriteSession) -> None:
    viewer = make_person(session, Permission.SEQUENCING_VIEW)
    with pytest.raises(PermissionDenied):
        forecasts.request_forecast(session, viewer)
    with pytest.raises(PermissionDenied):
        forecasts.load_past(ReadSession(session), make_person(session), zone=BERLIN)
