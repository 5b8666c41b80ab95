"""What is told without looking: nothing remarkable is missed, and alike sensors share rules."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.telemetry import alarm_judging, alarm_terms
from backend.telemetry.alarm_judging import Heard
from backend.telemetry.alarm_suspecting import Bars, Span
from backend.telemetry.alarm_terms import DEFAULTS, SensorTraits, Terms
from backend.telemetry.ids import AlarmKind, AlarmSeverity, Measure, SensorKind, UnitClass
from backend.telemetry.views import ReadingPoint

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
VALUES = st.floats(-100, 30, allow_nan=False)
STEPS = st.integers(20, 900)
SERIES = st.lists(st.tuples(STEPS, VALUES), min_size=1, max_size=40)
KINDS = (AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.RATE, AlarmKind.DOOR, AlarmKind.DISAGREE)


@st.composite
def rules(draw: st.DrawFn) -> Terms:
    return Terms(
        unit_class=UnitClass.ANY,
        measure=Measure.TEMPERATURE,
        kind=draw(st.sampled_from(KINDS)),
        severity=draw(st.sampled_from(AlarmSeverity)),
        limit=draw(st.floats(-90, 20, allow_nan=False)),
        window=draw(st.sampled_from([None, timedelta(minutes=5), timedelta(minutes=20)])),
    )


def points(series: Sequence[tuple[int, float]]) -> list[ReadingPoint]:
    at, found = START, []
    for step, value in series:
        at += timedelta(seconds=step)
        found.append(ReadingPoint(at=at, temperature_c=value))
    return found


def span(said: Sequence[ReadingPoint]) -> Span:
    values = [each.temperature_c for each in said]
    return Span(newest=values[-1], low=min(values), high=max(values))


@settings(max_examples=500)
@given(terms=st.lists(rules(), max_size=6), said=SERIES, air=st.one_of(st.just([]), SERIES))
def test_nothing_remarkable_passes_unsuspected(
    terms: list[Terms], said: list[tuple[int, float]], air: list[tuple[int, float]]
) -> None:
    heard = Heard(points=points(said), beside=points(air))

    is_suspect = Bars.of(terms).may_be_passed(
        span(heard.points), span(heard.beside) if heard.beside else None
    )

    assert is_suspect or not alarm_judging.is_remarkable(terms, heard)


def test_a_quiet_freezer_is_not_suspected_and_a_rising_one_is() -> None:
    traits = SensorTraits(
        sensor_id=new_id(),
        unit_id=new_id(),
        kind=SensorKind.TEMPERATURE_PROBE,
        setpoint_c=-80.0,
    )
    bars = Bars.of(alarm_terms.terms_for(traits, DEFAULTS))

    assert not bars.may_be_passed(Span(-79.0, -81.0, -78.0), Span(-77.0, -79.0, -76.5))
    assert bars.may_be_passed(Span(-69.0, -72.0, -69.0))
    assert bars.may_be_passed(Span(-74.0, -80.0, -74.0))
    assert bars.may_be_passed(Span(-79.0, -80.0, -78.0), Span(-72.0, -79.0, -72.0))
    assert bars.may_be_passed(Span(float("nan"), -80.0, float("nan")))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(SensorKind),
            st.sampled_from([None, -80.0, -20.0, 4.0]),
            st.sampled_from([None, -70.0, -15.0]),
            st.sampled_from([None, -90.0]),
            st.integers(0, 2),
        ),
        max_size=12,
    ),
    st.sampled_from(["nobody", "a sensor", "a unit"]),
)
@example([(SensorKind.TEMPERATURE_PROBE, -80.0, None, None, 0)] * 3, "a sensor")
def test_rules_worked_out_together_are_those_of_each(
    known: list[tuple[SensorKind, float | None, float | None, float | None, int]], named: str
) -> None:
    units = [new_id() for _ in range(3)]
    traits = [
        SensorTraits(
            sensor_id=new_id(),
            unit_id=units[unit],
            kind=kind,
            setpoint_c=setpoint,
            own_high=high,
            own_low=low if high is not None else None,
        )
        for kind, setpoint, high, low, unit in known
    ]
    standing = list(DEFAULTS)
    if named == "a sensor" and traits:
        standing.append(replace(DEFAULTS[0], sensor_id=traits[0].sensor_id, limit=-60.0))
    if named == "a unit":
        standing.append(replace(DEFAULTS[0], unit_id=units[0], limit=-60.0))

    together = alarm_terms.terms_for_all(traits, standing)

    assert together == {each.sensor_id: alarm_terms.terms_for(each, standing) for each in traits}
