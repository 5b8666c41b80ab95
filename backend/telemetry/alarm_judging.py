"""How each kind of alarm is judged: what a sensor said becomes one number that has a limit.

Every kind ends in `rules.judge`, so that delay, deadband, stable minutes, the latch and
lateness are the same for all of them. Time is that of the readings; only silence is measured by the
clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from backend.telemetry import alarm_marks, rules
from backend.telemetry.alarm_terms import Terms
from backend.telemetry.exposed_minutes import Exposure
from backend.telemetry.ids import AlarmKind, AlarmSeverity
from backend.telemetry.rules import AlarmLimits, Standing
from backend.telemetry.views import ReadingPoint

_A_MINUTE: Final = timedelta(minutes=1)
LONGEST_STEP: Final = timedelta(minutes=15)
"""A reading stands for at most so long: what nobody measured is not counted as exposure."""
SIDES = (AlarmKind.HIGH, AlarmKind.LOW)
DERIVED: Final = (
    AlarmKind.RATE,
    AlarmKind.DOOR,
    AlarmKind.CUMULATIVE,
    AlarmKind.DISAGREE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What is known of a sensor, oldest first.

    ``beside`` is what the air sensor of its unit said; ``exposed`` are the readings above the
    mildest high limit within the window of the cumulative rule. From ``awaited_from`` on it should
    speak, None where no person has connected it.
    """

    points: Sequence[ReadingPoint]
    beside: Sequence[ReadingPoint] = ()
    exposed: Sequence[ReadingPoint] = ()
    awaited_from: datetime | None = None

    @property
    def silent_from(self) -> datetime | None:
        """Return from when on nothing was heard; None: never heard, and not awaited either."""
        known = [point.at for point in self.points[-1:]]
        return max([*known, self.awaited_from] if self.awaited_from else known, default=None)

    @property
    def spoke_last(self) -> datetime | None:
        """Return when it spoke last since it is awaited; None where it has not."""
        silent_from = self.silent_from
        return silent_from if any(point.at == silent_from for point in self.points[-1:]) else None

    def has_spoken_after(self, instant: datetime) -> bool:
        """Say whether a word of it is newer than ``instant``."""
        return self.spoke_last is not None and self.spoke_last > instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An alarm as it stands, with the rule by which it is as severe as it is."""

    kind: AlarmKind
    since: datetime
    terms: Terms
    back_since: datetime | None = None
    worsened_by: Terms | None = None
    """The rule of another kind that made it more severe than ``terms`` do."""

    @property
    def rule(self) -> Terms:
        """Return the rule by which it is as severe as it is; its limit may be that of minutes."""
        return self.worsened_by or self.terms

    @property
    def severity(self) -> AlarmSeverity:
        return self.rule.severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The open alarm of a kind before it is judged again."""

    since: datetime
    back_since: datetime | None
    severity: AlarmSeverity
    is_acknowledged: bool
    needs_person: bool = True
    """False where it may end by itself: nobody was told of it."""


Openings = dict[AlarmKind, Opened]
Befores = dict[AlarmKind, Before]


def judge_all(
    terms: Sequence[Terms],
    heard: Heard,
    before: Befores,
    now: datetime,
    *,
    stable_for: timedelta,
    listens_since: datetime | None = None,
) -> Openings:
    """Return the alarms of a sensor that stand after what was heard; what is left out is over.

    An alarm is over after ``stable_for`` back in range; a rule that was switched off ends its
    alarms. ``now`` counts for silence only: no sensor is
    silent for longer than the program has listened to it, None for ever. Without a reading it can
    be silent, from when it was connected on; its other alarms stand as they are.
    """
    found = _sides(terms, heard.points, before, stable_for)
    for kind in DERIVED:
        levels = [each for each in terms if each.kind is kind]
        if levels and (opened := _derived(kind, levels, heard, before.get(kind), stable_for)):
            found[kind] = opened
    if (AlarmKind.HIGH in found or AlarmKind.HIGH in before) and AlarmKind.CUMULATIVE not in before:
        _count_minutes(found)
    silence = [each for each in terms if each.kind is AlarmKind.NO_DATA]
    was = before.get(AlarmKind.NO_DATA)
    if opened := _silence(silence, heard, was, now, listens_since):
        found[AlarmKind.NO_DATA] = opened
    return found


def is_remarkable(terms: Sequence[Terms], heard: Heard) -> bool:
    """Say whether the newest reading is beyond any limit, whatever the delay.

    Such a reading is worth a check at once: it may be the one that completes a delay.
    """
    if not heard.points:
        return False
    newest = heard.points[-1].temperature_c
    highs = [each.limit for each in terms if each.kind is AlarmKind.HIGH]
    lows = [each.limit for each in terms if each.kind is AlarmKind.LOW]
    if any(newest > limit for limit in highs) or any(newest < limit for limit in lows):
        return True
    for each in terms:
        if each.kind in DERIVED and each.kind is not AlarmKind.CUMULATIVE:
            marks = _marks(each, heard, timedelta(0))
            if marks and marks[-1].temperature_c > each.limit:
                return True
    return False


def bounds(terms: Sequence[Terms]) -> tuple[float, float]:
    """Return the range, low and high, whose leaving may be an alarm; infinite without limits."""
    highs = [each.limit for each in terms if each.kind in {AlarmKind.HIGH, AlarmKind.DOOR}]
    lows = [each.limit for each in terms if each.kind is AlarmKind.LOW]
    return max(lows, default=float("-inf")), min(highs, default=float("inf"))


def reach(terms: Sequence[Terms], stable_for: timedelta) -> timedelta:
    """Return how far back the readings have to go for every delay and window to be seen whole.

    ``stable_for``: and the minutes after which an alarm is over, where that is looked at.
    """
    spans = [
        each.delay + (each.window or timedelta(0))
        for each in terms
        if each.kind is not AlarmKind.CUMULATIVE
    ]
    return max(spans, default=timedelta(0)) + stable_for + _A_MINUTE


def limits_of(terms: Sequence[Terms]) -> tuple[float | None, float | None]:
    """Return the innermost low and high limit; above the latter minutes are counted."""
    highs = [each.limit for each in terms if each.kind is AlarmKind.HIGH]
    lows = [each.limit for each in terms if each.kind is AlarmKind.LOW]
    return max(lows, default=None), min(highs, default=None)


def usual_step(points: Sequence[ReadingPoint]) -> timedelta:
    """Return how far apart a sensor's readings lie, at most as long as one can stand for."""
    gaps = sorted(later.at - point.at for point, later in pairwise(points))
    return min(gaps[len(gaps) // 2], LONGEST_STEP) if gaps else _A_MINUTE


def _mildest(terms: Sequence[Terms]) -> list[Terms]:
    """Return the innermost high limit and the innermost low one, those that there are."""
    highs = [each for each in terms if each.kind is AlarmKind.HIGH]
    lows = [each for each in terms if each.kind is AlarmKind.LOW]
    found = [min(highs, key=lambda each: each.limit)] if highs else []
    return [*found, max(lows, key=lambda each: each.limit)] if lows else found


def _limits(sides: Sequence[Terms], stable_for: timedelta) -> AlarmLimits:
    high = next((each for each in sides if each.kind is AlarmKind.HIGH), None)
    low = next((each for each in sides if each.kind is AlarmKind.LOW), None)
    first = high or sides[0]
    return AlarmLimits(
        high_c=float("inf") if high is None else high.limit,
        deadband_c=first.deadband,
        delay=first.delay,
        stable_for=stable_for,
        low_c=None if low is None else low.limit,
        low_delay=None if low is None else low.delay,
        low_deadband_c=None if low is None else low.deadband,
    )


def _sides(
    terms: Sequence[Terms],
    points: Sequence[ReadingPoint],
    before: Befores,
    stable_for: timedelta,
) -> Openings:
    """Judge too warm and too cold together: of one sensor only one of them can be.

    What is over is over by the mildest limits of both sides; each further limit may begin an alarm
    or make it more severe, and a severity does not sink while the alarm stands.
    """
    mild = _mildest(terms)
    if not mild:
        return {}
    kind = next((each.kind for each in mild if each.kind in before), None)
    was = before[kind] if kind else None
    standing = _standing(was, is_cold=kind is AlarmKind.LOW)
    after = rules.judge(standing, _limits(mild, stable_for), points, acknowledged=_may_end(was))
    severity = _severity(mild, after)
    if was is not None and _is_same(standing, after):
        severity = was.severity
    for each in terms:
        if each.kind not in SIDES or each in mild:
            continue
        fresh = rules.judge(Standing(), _limits([each], stable_for), points, acknowledged=False)
        if fresh.open_since is None:
            continue
        if after.open_since is None or after.is_cold is not fresh.is_cold:
            after, severity = fresh, each.severity
        severity = _worse(severity, each.severity)
    if after.open_since is None:
        return {}
    side = AlarmKind.LOW if after.is_cold else AlarmKind.HIGH
    rule = _rule_of(terms, side, severity)
    opened = Opened(kind=side, since=after.open_since, terms=rule, back_since=after.back_since)
    return {side: opened}


def _standing(was: Before | None, *, is_cold: bool = False) -> Standing:
    if was is None:
        return Standing()
    return Standing(open_since=was.since, back_since=was.back_since, is_cold=is_cold)


def _may_end(was: Before | None) -> bool:
    return was is not None and (was.is_acknowledged or not was.needs_person)


def _is_same(before: Standing, after: Standing) -> bool:
    return before.open_since == after.open_since and before.is_cold is after.is_cold


def _severity(mild: Sequence[Terms], after: Standing) -> AlarmSeverity:
    side = AlarmKind.LOW if after.is_cold else AlarmKind.HIGH
    return _rule_of([each for each in mild if each.kind is side] or mild, side, None).severity


def _worse(one: AlarmSeverity, other: AlarmSeverity) -> AlarmSeverity:
    return AlarmSeverity.CRITICAL if AlarmSeverity.CRITICAL in {one, other} else one


def _rule_of(terms: Sequence[Terms], kind: AlarmKind, severity: AlarmSeverity | None) -> Terms:
    """Return the rule of a kind and severity; where that one went meanwhile, one of the kind."""
    of_kind = [each for each in terms if each.kind is kind] or list(terms)
    return next((each for each in of_kind if each.severity is severity), of_kind[0])


def _count_minutes(found: Openings) -> None:
    """Let the minutes above make a warning critical; they are no second alarm of one excursion.

    DOMAIN 2h: what was above the mild limit for an hour is as grave as what is above the high one.
    Once it is back in range, or was at the last check, nothing is told any more.
    """
    minutes, high = found.pop(AlarmKind.CUMULATIVE, None), found.get(AlarmKind.HIGH)
    if minutes is None or high is None or high.back_since is not None:
        return
    if _worse(high.severity, minutes.severity) is not high.severity:
        found[AlarmKind.HIGH] = replace(high, worsened_by=minutes.terms)


def _derived(
    kind: AlarmKind,
    levels: Sequence[Terms],
    heard: Heard,
    was: Before | None,
    stable_for: timedelta,
) -> Opened | None:
    marks = _marks(levels[0], heard, stable_for)
    limits = _high(levels[0], stable_for)
    after = rules.judge(_standing(was), limits, marks, acknowledged=_may_end(was))
    severity = levels[0].severity if was is None else was.severity
    for level in levels[1:]:
        marks = _marks(level, heard, stable_for)
        fresh = rules.judge(Standing(), _high(level, stable_for), marks, acknowledged=False)
        if fresh.open_since is not None:
            after = fresh if after.open_since is None else after
            severity = level.severity
    if after.open_since is None:
        return None
    rule = _rule_of(levels, kind, severity)
    return Opened(kind=kind, since=after.open_since, terms=rule, back_since=after.back_since)


def _high(terms: Terms, stable_for: timedelta) -> AlarmLimits:
    return AlarmLimits(
        high_c=terms.limit,
        deadband_c=terms.deadband,
        delay=terms.delay,
        stable_for=stable_for,
    )


def _marks(one: Terms, heard: Heard, stable_for: timedelta) -> list[ReadingPoint]:
    match one.kind:
        case AlarmKind.RATE:
            return alarm_marks.rises(heard.points, one.window or timedelta(minutes=10))
        case AlarmKind.DISAGREE:
            return alarm_marks.differences(heard.points, heard.beside)
        case AlarmKind.CUMULATIVE:
            return _sums(heard, one.window or timedelta(days=1), 2 * stable_for)
        case _:
            return list(heard.points)


def _sums(heard: Heard, window: timedelta, lately: timedelta) -> list[ReadingPoint]:
    """Return the minutes above at each reading ``lately``: what clearing looks at."""
    if not heard.points:
        return []
    newest = heard.points[-1].at
    exposure = Exposure.of(heard.exposed, usual_step(heard.points))
    return [
        replace(point, temperature_c=exposure.minutes(point.at, window))
        for point in heard.points
        if newest - point.at <= lately
    ]


def _silence(
    levels: Sequence[Terms],
    heard: Heard,
    was: Before | None,
    now: datetime,
    listens_since: datetime | None,
) -> Opened | None:
    """Judge silence: open from the last word on, back with the next one that is recent.

    Only what the program could have heard is missed: after it was down, a sensor has as long as
    the limit to be heard again, and nobody is told of the time before. A silence that was told of
    already is not over by a restart, nor by a longer limit: it stands until the sensor is heard or
    somebody acknowledges that it is not.
    """
    newest = heard.silent_from
    if newest is None:
        return None
    silent = now - newest
    missed = silent if listens_since is None else min(silent, now - listens_since)
    reached = [each for each in levels if missed > timedelta(minutes=each.limit)]
    lasts = was is not None and was.back_since is None
    if not reached and lasts:
        reached = [each for each in levels[:1] if silent > timedelta(minutes=each.limit)]
    if reached:
        severity = reached[-1].severity
        if was is not None:
            severity = _worse(severity, was.severity)
        since = newest if was is None else min(was.since, newest)
        return Opened(
            kind=AlarmKind.NO_DATA,
            since=since,
            terms=_rule_of(levels, AlarmKind.NO_DATA, severity),
        )
    if was is None or not levels or _may_end(was):
        return None
    rule = _rule_of(levels, AlarmKind.NO_DATA, was.severity)
    back = was.back_since or (newest if heard.has_spoken_after(was.since) else None)
    return Opened(kind=AlarmKind.NO_DATA, since=was.since, terms=rule, back_since=back)
