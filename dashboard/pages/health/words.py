"""What the page says in words, from the views: pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backend.gateway import rules
from backend.gateway.ids import Health, RouteClass
from backend.gateway.queries import GRAINS, Range
from backend.gateway.views import Bucket, ComponentState, Rate
from backend.telemetry.kinds import back_words
from backend.telemetry.views import SensorNow
from dashboard import format as fmt
from dashboard.components.status import SERVICE_LOOKS, Look
from dashboard.components.tones import Tone

RANGE_NAMES = {Range.HOUR: "1 h", Range.DAY: "24 h", Range.WEEK: "7 d", Range.QUARTER: "90 d"}
KIND_NAMES = {
    RouteClass.PAGES: "Pages, files",
    RouteClass.CALLBACKS: "Open pages",
    RouteClass.API: "API",
}
GRAIN_NAMES = {Range.HOUR: "1 min", Range.DAY: "30 min", Range.WEEK: "3 h", Range.QUARTER: "1 day"}

_ONE_DAY = timedelta(days=1)
_ILL = (Health.DOWN, Health.DEGRADED, Health.UNKNOWN)
_MANY = {Health.DOWN: "down", Health.DEGRADED: "degraded", Health.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Headline:
    """The state of the whole in one line, and what is worst about it."""

    look: Look
    title: str
    text: str


def headline(parts: Sequence[ComponentState], now: datetime, *, alarms: int = 0) -> Headline:
    """Return the headline; ``parts`` come the worst first.

    ``alarms`` are those of sensors that nobody has acknowledged: parts may be well meanwhile, but
    they need somebody.
    """
    if not parts:
        return Headline(
            SERVICE_LOOKS["unknown"],
            "Nothing is known yet",
            "The first probe runs within 30 seconds of the start.",
        )
    worst = parts[0]
    if worst.status not in _ILL:
        waiting = fmt.plural(alarms, "alarm of a sensor waits", "alarms of sensors wait")
        text = f"{waiting} for an answer." if alarms else "Nothing needs you here."
        return Headline(SERVICE_LOOKS["operational"], "Every part is well", text)
    counts = [
        (state, number)
        for state in _ILL
        if (number := sum(part.status is state for part in parts)) > 0
    ]
    first, *others = [
        f"{fmt.plural(number, 'part', 'parts') if n == 0 else number} {_MANY[state]}"
        for n, (state, number) in enumerate(counts)
    ]
    since = f"{worst.label} for {fmt.age(now - worst.since)}. {worst.detail}".strip()
    return Headline(SERVICE_LOOKS[worst.status.value], ", ".join([first, *others]), since)


def failed_share(history: Sequence[Bucket]) -> float | None:
    """Return the share of checks that found a part down, None where nothing was measured."""
    total = sum(bucket.total for bucket in history)
    return sum(bucket.failed for bucket in history) / total if total else None


def percent_of_checks(share: float | None) -> str:
    """Write a share of checks: ``0%``, ``0.04%``, ``99.99%``, ``100%``. A rest is never lost.

    Nothing measured is said as a dash.
    """
    if share is None:
        return "–"
    if share in {0.0, 1.0}:
        return fmt.percent(share, 0)
    # 99.996 % is not 100 %, and one failure in a million is not none.
    return fmt.percent(min(max(share, 0.0001), 0.9999), 2)


def rests_on(measured: timedelta) -> str:
    """Return how much of thirty days was measured: ``14 min``, ``12 of 30 d``; all is empty."""
    if not measured:
        return ""
    if measured < _ONE_DAY:
        return f"of {fmt.age(measured)}"
    days = int(measured / _ONE_DAY)
    # A month with an hour's maintenance in it is a month.
    return "" if measured > rules.MONTH - _ONE_DAY else f"{days} of 30{fmt.NBSP}d"


def availability_title(part: ComponentState) -> str:
    """Return what the share of availability means, and what nobody knows."""
    if part.uptime_30d is None:
        return "Nothing was measured in the last 30 days."
    share, lasting = percent_of_checks(part.uptime_30d), fmt.age(part.measured_30d)
    if not rests_on(part.measured_30d):
        return f"Not down in {share} of the last 30 days, all of them measured."
    return (
        f"Not down in {share} of the {lasting} that were measured of the last 30 days. "
        "Nothing is known of the rest."
    )


def bucket_title(bucket: Bucket, span: Range, zone: ZoneInfo) -> str:
    """Return what a history bar's tooltip says: when, and what the checks found."""
    when = _stretch(bucket.start, span, zone)
    if not bucket.total:
        return f"{when}: no data"
    checks = fmt.plural(bucket.total, "check", "checks")
    if not bucket.failed and not bucket.degraded:
        return f"{when}: {checks}, all well"
    return f"{when}: {checks}, {bucket.failed} down, {bucket.degraded} degraded"


def history_label(part: ComponentState, span: Range) -> str:
    """Return a row of bars in words, for those who do not see it."""
    measured = [bucket for bucket in part.history if bucket.total]
    ill = sum(1 for bucket in measured if bucket.failed or bucket.degraded)
    return (
        f"{part.label}: {part.status.value}. Last {RANGE_NAMES[span]}: {len(measured)} of "
        f"{len(part.history)} stretches measured, {ill} of them not well."
    )


def sensor_look(sensor: SensorNow, now: datetime) -> Look:
    """Return how a sensor stands; the alarm counts before the silence, silence before the rest."""
    if sensor.alarm_since is not None:
        return _alarm_look(sensor, now)
    if sensor.temperature_c is None or sensor.read_at is None:
        return Look(_never_heard(sensor, now), "question-circle", Tone.OFF)
    if sensor.is_stale:
        return Look(f"Silent for {fmt.age(now - sensor.read_at)}", "question-circle", Tone.OFF)
    return _range_look(sensor, sensor.temperature_c)


def per_minute(rate: Rate) -> str:
    """Write requests a minute: ``412``, ``3.2``; nobody has counted is a dash."""
    if rate.per_minute is None:
        return "–"
    return fmt.decimal(rate.per_minute, 1 if 0 < rate.per_minute < 10 else 0)  # noqa: PLR2004


def milliseconds(latency_ms: float | None) -> str:
    """Write a latency, a dash where there is none."""
    return "–" if latency_ms is None else fmt.latency(latency_ms / 1000)


def alarm_limits(sensor: SensorNow) -> str:
    """Write what a sensor's alarm is outside of: ``above −70.0 °C``, ``outside 2.0 to 8.0 °C``."""
    if sensor.alarm_high_c is None:
        low = fmt.temperature(sensor.alarm_low_c)
        return f"below {low}" if low else "–"
    high = fmt.temperature(sensor.alarm_high_c)
    if sensor.alarm_low_c is None:
        return f"above {high}"
    return f"outside {fmt.between(fmt.decimal(sensor.alarm_low_c, 1), high)}"


def seconds(duration_s: float | None) -> str:
    """Write a short wait: ``8 s``, ``1.8 s``, then minutes and hours; None is nothing waiting."""
    if duration_s is None:
        return "–"
    if duration_s < 60:  # noqa: PLR2004 seconds of a minute
        return fmt.with_unit(duration_s, "s", 1 if duration_s < 10 else 0)  # noqa: PLR2004
    return fmt.age(timedelta(seconds=duration_s))


def when(instant: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Write a time of day, or the day when it was not today."""
    same_day = instant.astimezone(zone).date() == now.astimezone(zone).date()
    return fmt.clock_time(instant, zone) if same_day else fmt.day(instant, zone, now=now)


def _never_heard(sensor: SensorNow, now: datetime) -> str:
    if sensor.awaited_from is None:
        return "Never heard"
    return f"Never heard, connected {fmt.age(now - sensor.awaited_from)} ago"


def _alarm_look(sensor: SensorNow, now: datetime) -> Look:
    assert sensor.alarm_since is not None  # noqa: S101 the caller has asked
    if sensor.back_since is not None:
        back = back_words(sensor.alarm_kind)
        return Look(f"{back}, not acknowledged", "exclamation-octagon-fill", Tone.WARN)
    lasting = fmt.age(now - sensor.alarm_since)
    known = ", acknowledged" if sensor.acknowledged_at is not None else ""
    return Look(f"Alarm for {lasting}{known}", "exclamation-octagon-fill", Tone.CRIT)


def _range_look(sensor: SensorNow, temperature_c: float) -> Look:
    if sensor.alarm_high_c is not None and temperature_c > sensor.alarm_high_c:
        return Look("Above the alarm limit", "exclamation-triangle-fill", Tone.WARN)
    if sensor.alarm_low_c is not None and temperature_c < sensor.alarm_low_c:
        return Look("Below the alarm limit", "exclamation-triangle-fill", Tone.WARN)
    if temperature_c > sensor.warning_high_c:
        return Look("Warmer than usual", "exclamation-triangle-fill", Tone.WARN)
    return Look("In range", "check-circle-fill", Tone.OK)


def _stretch(start: datetime, span: Range, zone: ZoneInfo) -> str:
    if span is Range.QUARTER:
        return fmt.day(start, zone)
    end = start + GRAINS[span].length
    day = "" if span in {Range.HOUR, Range.DAY} else f"{fmt.day(start, zone)}, "
    return f"{day}{fmt.between(fmt.clock_time(start, zone), fmt.clock_time(end, zone))}"
