"""The month of health that the bench writes is one that the pages read as a real one."""

from datetime import timedelta

from sqlalchemy import func, select

from backend.core.sessions import WriteSession
from backend.gateway import queries, rules
from backend.gateway.ids import Health
from backend.gateway.models import HealthProbe
from backend.gateway.queries import Range
from bench import health


def test_the_bench_measures_over_a_month_of_probes(session: WriteSession) -> None:
    health.write_month(session.connection())

    states = queries.component_states(session, Range.DAY)

    assert {state.component for state in states} == set(health.PARTS)
    assert {state.status for state in states} == {Health.OPERATIONAL}
    assert all(state.measured_30d >= timedelta(days=29, hours=23) for state in states)
    assert all(0.9 < (state.uptime_30d or 0) < 1 for state in states)
    assert all(bucket.total for state in states for bucket in state.history)


def test_the_raw_probes_reach_as_far_back_as_they_are_kept(session: WriteSession) -> None:
    health.write_month(session.connection())
    health.write_month(session.connection())  # a kept laboratory is measured again

    probes = session.scalars(select(func.count()).select_from(HealthProbe)).one()
    each = rules.KEEP_PROBES // rules.PROBE_EVERY + 1
    assert probes == each * len(health.PARTS)
