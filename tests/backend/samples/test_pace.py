"""Waits and completions are what the rows say, for everybody and for a member of some projects."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Float, Select, cast, func, select, text

from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import completions, queries, service, tally, waiting
from backend.samples.ids import Lifecycle, QcVerdict
from backend.samples.models import Project, Sample, SampleTransition
from tests.factories.samples import EVERYBODY, make_sample
from tests.factories.sequencing import make_person, make_project

LIFECYCLES = (Lifecycle.REGISTERED, Lifecycle.ACCEPTED, Lifecycle.IN_PROCESS, Lifecycle.COMPLETED)
# Whose project, how far, how many hours in that state.
SAMPLES = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(LIFECYCLES), st.integers(0, 2_000)), max_size=12
)
# Whose project, how many hours ago, how old at completion in seconds, and what happens then.
COMPLETIONS = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 1_000),
        st.integers(0, 9_000_000_000).map(lambda ms: ms / 1_000),
        st.sampled_from(("", "fold", "remove", "move")),
    ),
    max_size=12,
)
FEW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def member(session: WriteSession) -> Principal:
    return make_person(session, Permission.SAMPLES_VIEW)


@pytest.fixture
def projects(session: WriteSession, member: Principal) -> list[Project]:
    """Three projects; the member is in the first two."""
    return [make_project(session, member), make_project(session, member), make_project(session)]


@given(drawn=SAMPLES)
@FEW
def test_waits_are_those_of_the_visible_rows(
    session: WriteSession,
    projects: list[Project],
    member: Principal,
    drawn: list[tuple[int, Lifecycle, int]],
) -> None:
    now = clock.utc_now()
    session.execute(text("UPDATE sample SET lifecycle = 'archived'"))
    for whose, lifecycle, hours in drawn:
        made = make_sample(session, projects[whose].code)
        session.execute(
            text("UPDATE sample SET lifecycle = :lifecycle, state_since = :since WHERE id = :id"),
            {"lifecycle": lifecycle, "since": now - timedelta(hours=hours), "id": made.id},
        )

    for principal in (EVERYBODY, member):
        counts = tally.status_counts(session, principal)
        stages = waiting.stage_rows(session, principal, counts, now=now)

        told = {
            stage.status: (stage.now, stage.median_wait_s, stage.oldest_s)
            for stage in stages
            if stage.oldest_s is not None
        }
        assert told == _waits(session, principal, now)


def _waits(
    session: WriteSession, principal: Principal, now: datetime
) -> dict[str, tuple[int, float, float]]:
    waited = cast(func.extract("epoch", now - Sample.state_since), Float)
    visible: Select[str, int, float, float] = queries.visible_samples(principal).with_only_columns(
        Sample.status,
        func.count(),
        func.percentile_cont(0.5).within_group(waited),
        func.max(waited),
    )
    stages = [stage.value for stage in waiting.WAITING_STAGES]
    rows = session.execute(visible.where(Sample.status.in_(stages)).group_by(Sample.status))
    return {status: (number, median, oldest) for status, number, median, oldest in rows}


@given(drawn=COMPLETIONS)
@FEW
def test_completions_are_those_of_the_visible_steps(
    session: WriteSession,
    projects: list[Project],
    member: Principal,
    drawn: list[tuple[int, int, float, str]],
) -> None:
    now = clock.utc_now()
    first = now.date() - timedelta(days=29)
    session.execute(text("DELETE FROM sample_transition"))
    for whose, hours, age_s, then in drawn:
        _complete(session, projects[whose], now - timedelta(hours=hours), age_s)
        _do(session, then)

    for principal in (EVERYBODY, member):
        days = completions.completed_days(session, principal, first=first)
        told = completions.turnaround(days)

        since = datetime.combine(first, time.min, UTC)
        by_day, quantiles = _steps(session, principal, since)
        assert {day.day: day.completed for day in days} == by_day
        assert quantiles == (
            None if told is None else pytest.approx((told.median_days, told.p90_days), abs=1e-5)
        )


def _complete(session: WriteSession, project: Project, at: datetime, age_s: float) -> None:
    sample = make_sample(session, project.code)
    session.add(
        SampleTransition(
            sample_id=sample.id,
            project_id=project.id,
            action="complete",
            from_status="in_sequencing",
            to_status="completed",
            at=at,
            age_s=age_s,
            actor_name="Test",
            reason=None,
        )
    )
    session.flush()


def _do(session: WriteSession, what: str) -> None:
    newest = select(SampleTransition.id).order_by(SampleTransition.id.desc()).limit(1)
    key: UUID | None = session.scalar(newest)
    match what:
        case "fold":
            service.fold_tally(session)
        case "remove":
            session.execute(text("DELETE FROM sample_transition WHERE id = :id"), {"id": key})
        case "move":
            later = text("UPDATE sample_transition SET at = at - interval '1 day' WHERE id = :id")
            session.execute(later, {"id": key})


def _steps(
    session: WriteSession, principal: Principal, since: datetime
) -> tuple[dict[object, int], tuple[float, float] | None]:
    visible = queries.visible_projects(principal).with_only_columns(Project.id)
    found = (
        SampleTransition.to_status == "completed",
        SampleTransition.at >= since,
        SampleTransition.project_id.in_(visible),
    )
    day = func.date(func.timezone("UTC", SampleTransition.at))
    counted = session.execute(select(day, func.count()).where(*found).group_by(day))
    days = SampleTransition.age_s / 86_400
    median, p90 = session.execute(
        select(
            func.percentile_cont(0.5).within_group(days),
            func.percentile_cont(0.9).within_group(days),
        ).where(*found)
    ).one()
    by_day = {on: number for on, number in counted}  # noqa: C416 -- rows, not pairs
    return by_day, None if median is None else (median, p90)


def test_a_completed_sample_is_told_by_the_program_itself(session: WriteSession) -> None:
    made = make_sample(session)
    session.execute(
        text("UPDATE sample SET lifecycle = 'in_process', qc_verdict = :verdict WHERE id = :id"),
        {"verdict": QcVerdict.PASS, "id": made.id},
    )
    session.expire_all()

    service.change_status(session, EVERYBODY, sample_id=made.id, action="complete", reason=None)

    (today,) = completions.completed_days(session, EVERYBODY, first=clock.utc_now().date())
    assert today.completed == 1
    told = completions.turnaround([today])
    assert told is not None
    assert (told.completed, round(told.median_days)) == (1, 0)


def test_an_import_completes_nothing(session: WriteSession) -> None:
    code = service.add_project(session, EVERYBODY, code=f"P-{new_id()}"[:30], name="Empty").code
    make_sample(session, code)

    days = completions.completed_days(session, EVERYBODY, first=clock.utc_now().date())

    assert days == []
    assert completions.turnaround(days) is None
