"""Added steps are the count, whatever happens to the samples."""

from collections import Counter
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from backend.core import clock
from backend.core.ids import new_id
from backend.core.sessions import WriteSession
from backend.samples import service, tally
from backend.samples.models import Sample
from tests.factories.samples import EVERYBODY, make_project, make_sample, registration

ACTIONS = ("register", "batch", "accept", "reject", "fold", "remove")


def _counted(session: WriteSession) -> dict[str, int]:
    rows = session.execute(select(Sample.status, func.count()).group_by(Sample.status)).all()
    return {status: number for status, number in rows}  # noqa: C416  mypy knows rows no other way


@given(actions=st.lists(st.sampled_from(ACTIONS), max_size=12))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_steps_add_up_to_the_rows_after_anything(
    session: WriteSession, actions: list[str]
) -> None:
    project = make_project(session)

    for action in actions:
        _act(session, project.code, action)

    assert tally.status_counts(session, EVERYBODY) == _counted(session)


def _act(session: WriteSession, code: str, action: str) -> None:
    newest = session.scalars(select(Sample.id).order_by(Sample.id.desc()).limit(1)).one_or_none()
    match action:
        case "register":
            make_sample(session, code)
        case "batch":
            service.register_batch(
                session,
                EVERYBODY,
                registrations=[registration(code) for _ in range(3)],
                import_id=new_id(),
            )
        case "fold":
            service.fold_tally(session)
        case "remove" if newest is not None:
            session.execute(
                text("DELETE FROM sample_transition WHERE sample_id = :id"), {"id": newest}
            )
            session.execute(text("DELETE FROM sample WHERE id = :id"), {"id": newest})
        case "accept" | "reject" if newest is not None:
            service.change_statuses(
                session, EVERYBODY, sample_ids=[newest], action=action, reason="Test"
            )


def test_folding_leaves_one_step_a_group(session: WriteSession) -> None:
    project = make_project(session)
    for _ in range(4):
        make_sample(session, project.code)

    service.fold_tally(session)

    steps = session.execute(text("SELECT step FROM sample_tally")).scalars().all()
    assert steps == [4]


def test_todays_registrations_stand_under_todays_date(session: WriteSession) -> None:
    make_sample(session)
    today = clock.utc_now().date()

    told = tally.read_tally(session, EVERYBODY, first=today - timedelta(days=2))
    flow = tally.flow_per_day(told.registered, [], days=3, today=today)

    assert [day.day for day in flow] == [
        today - timedelta(days=2),
        today - timedelta(days=1),
        today,
    ]
    assert [day.registered for day in flow] == [0, 0, 1]


def test_one_pass_tells_what_the_rows_tell(session: WriteSession) -> None:
    project = make_project(session)
    made = [make_sample(session, project.code).id for _ in range(4)]
    service.change_statuses(session, EVERYBODY, sample_ids=made[:2], action="accept", reason=None)
    session.execute(
        text("UPDATE sample SET created_at = created_at - interval '9 days' WHERE id = :id"),
        {"id": made[0]},
    )
    today = clock.utc_now().date()

    told = tally.read_tally(session, EVERYBODY, first=today - timedelta(days=7))

    assert told.counts == _counted(session) == tally.status_counts(session, EVERYBODY)
    assert told.registered == {today: 3}


def test_counts_of_steps_by_status_hold_in_one_pass(session: WriteSession) -> None:
    project = make_project(session)
    made = [make_sample(session, project.code).id for _ in range(3)]
    service.change_statuses(
        session, EVERYBODY, sample_ids=made[:1], action="reject", reason="Leaked"
    )

    counts = tally.status_counts(session, EVERYBODY)

    assert Counter(counts) == Counter({"pending": 2, "rejected": 1})
