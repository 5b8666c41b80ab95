"""A simulated sensor, minute by minute, judged as the service judges it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from backend.core.ids import new_id
from backend.telemetry import alarm_judging, alarm_terms, common_rules
from backend.telemetry.alarm_judging import Before, Heard, Opened
from backend.telemetry.alarm_terms import DEFAULTS, SensorTraits, Terms
from backend.telemetry.ids import AlarmKind, AlarmSeverity, SensorKind
from backend.telemetry.views import ReadingPoint

START = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
Curve = Callable[[int], float | None]
Begun = tuple[int, AlarmKind, AlarmSeverity]


def terms_of(
    setpoint_c: float | None, kind: SensorKind = SensorKind.TEMPERATURE_PROBE
) -> list[Terms]:
    traits = SensorTraits(sensor_id=new_id(), unit_id=new_id(), kind=kind, setpoint_c=setpoint_c)
    return alarm_terms.terms_for(traits, DEFAULTS)


@dataclass
class Watch:
    """Checks a sensor as the service does: with what it kept, told what it knows."""

    terms: Sequence[Terms]
    acknowledges: bool = False
    listens_from: int | None = None
    """The minute in which the program was started; None: long before."""
    stable_for: timedelta = common_rules.DEFAULT.stable_for
    points: list[ReadingPoint] = field(default_factory=list)
    beside: list[ReadingPoint] = field(default_factory=list)
    exposed: list[ReadingPoint] = field(default_factory=list)
    open: dict[AlarmKind, Opened] = field(default_factory=dict)
    begun: list[Begun] = field(default_factory=list)
    over: list[tuple[int, AlarmKind]] = field(default_factory=list)

    def hears(self, minute: int, value: float | None, beside: float | None = None) -> None:
        at = START + MINUTE * minute
        if value is not None:
            self._keep(point_of(at, value))
        if beside is not None:
            self.beside = [*self.beside[-120:], point_of(at, beside)]

    def _keep(self, point: ReadingPoint) -> None:
        if self.points and point.at <= self.points[-1].at:
            if point in self.points:
                return
            self.points = sorted([*self.points, point], key=lambda each: each.at)
        else:
            self.points = [*self.points[-120:], point]
        high = alarm_judging.limits_of(self.terms)[1]
        if high is not None and point.temperature_c > high:
            self.exposed = sorted([*self.exposed[-1440:], point], key=lambda each: each.at)

    def checks(self, minute: int) -> None:
        before = {
            kind: Before(
                since=alarm.since,
                back_since=alarm.back_since,
                severity=alarm.severity,
                is_acknowledged=self.acknowledges,
            )
            for kind, alarm in self.open.items()
        }
        heard = Heard(points=self.points, beside=self.beside, exposed=self.exposed)
        now = START + MINUTE * minute
        since = None if self.listens_from is None else START + MINUTE * self.listens_from
        after, again = (
            alarm_judging.judge_all(
                self.terms, heard, before, now, stable_for=self.stable_for, listens_since=since
            )
            for _ in range(2)
        )
        assert after == again
        for kind, alarm in after.items():
            was = self.open.get(kind)
            if was is None or was.severity is not alarm.severity:
                self.begun.append((minute, kind, alarm.severity))
        self.over += [(minute, kind) for kind in self.open if kind not in after]
        self.open = after


def point_of(at: datetime, value: float) -> ReadingPoint:
    return ReadingPoint(at=at, temperature_c=value)


def watched(
    terms: Sequence[Terms],
    curve: Curve,
    minutes: int,
    *,
    beside: Curve | None = None,
    every: int = 1,
    acknowledges: bool = False,
) -> Watch:
    watch = Watch(terms, acknowledges=acknowledges)
    for minute in range(minutes):
        watch.hears(minute, curve(minute), beside(minute) if beside else None)
        if minute % every == 0:
            watch.checks(minute)
    return watch


def bump(base: float, peak: float, start: int, lasting: int) -> Curve:
    return lambda minute: peak if start <= minute < start + lasting else base
