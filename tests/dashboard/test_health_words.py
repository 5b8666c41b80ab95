"""What System health says: the worst first, and unknown never passes for well."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.core.ids import new_id
from backend.gateway.ids import Health
from backend.gateway.queries import Range
from backend.gateway.views import Bucket, ComponentState
from backend.telemetry.ids import AlarmKind, SensorId
from backend.telemetry.views import SensorNow, UnitAlarm
from dashboard.components.history_bars import history_bars
from dashboard.components.tones import Tone
from dashboard.pages.health import parts, sensors, words
from dashboard.pages.overview import attention

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")


def part(
    status: Health = Health.OPERATIONAL, label: str = "Web", **fields: object
) -> ComponentState:
    view = ComponentState(
        component=label.lower(),
        label=label,
        status=status,
        since=NOW - timedelta(minutes=4),
        checked_at=NOW,
        latency_ms=12.0,
        latency_p95_ms=62.0,
        uptime_24h=1.0,
        uptime_30d=0.9996,
        measured_30d=timedelta(days=30),
        history=(bucket(),),
        trend_ms=(),
        detail="",
    )
    return replace(view, **fields)


def bucket(total: int = 60, degraded: int = 0, failed: int = 0) -> Bucket:
    return Bucket(start=NOW, total=total, degraded=degraded, failed=failed)


def sensor(temperature_c: float | None = -80.0, **fields: object) -> SensorNow:
    view = SensorNow(
        sensor_id=SensorId(new_id()),
        code="ULT-03-T1",
        unit_id=new_id(),
        unit_label="ULT-03",
        setpoint_c=-80.0,
        warning_high_c=-74.0,
        alarm_high_c=-70.0,
        alarm_low_c=None,
        temperature_c=temperature_c,
        read_at=None if temperature_c is None else NOW,
        is_stale=temperature_c is None,
    )
    return replace(view, **fields)


def alarm(**fields: object) -> UnitAlarm:
    view = UnitAlarm(
        sensor_id=SensorId(new_id()),
        unit_id=new_id(),
        unit_label="ULT-03",
        temperature_c=-61.3,
        limit_c=-70.0,
        rate_c_per_min=0.4,
        since=NOW - timedelta(minutes=25),
        acknowledged_at=None,
        acknowledged_by_name=None,
    )
    return replace(view, **fields)


def test_before_the_first_probe_nothing_is_known() -> None:
    line = words.headline([], NOW)

    assert (line.title, line.look.tone) == ("Nothing is known yet", Tone.OFF)


def test_all_well_is_said_only_when_all_are_well() -> None:
    assert words.headline([part(), part(Health.OFF, "Mail")], NOW).title == "Every part is well"


@pytest.mark.parametrize(
    ("alarms", "said"),
    [
        (0, "Nothing needs you here."),
        (1, "1 alarm of a sensor waits for an answer."),
        (2, "2 alarms of sensors wait for an answer."),
    ],
)
def test_well_parts_are_not_said_to_need_nobody_while_a_sensor_is_in_alarm(
    alarms: int, said: str
) -> None:
    assert words.headline([part()], NOW, alarms=alarms).text == said


@given(st.lists(st.sampled_from(list(Health)), min_size=1, max_size=12))
def test_a_part_that_is_ill_or_unknown_never_makes_a_green_headline(states: list[Health]) -> None:
    order = [Health.DOWN, Health.DEGRADED, Health.UNKNOWN, Health.OPERATIONAL, Health.OFF]
    worst_first = sorted((part(state) for state in states), key=lambda p: order.index(p.status))

    line = words.headline(worst_first, NOW)

    ill = any(state in {Health.DOWN, Health.DEGRADED, Health.UNKNOWN} for state in states)
    assert (line.look.tone is Tone.OK) == (not ill)


def test_the_headline_counts_each_state_and_names_the_worst() -> None:
    found = [
        part(Health.DOWN, "Leader", detail="No sign of life for 2 min."),
        part(Health.UNKNOWN, "Disk"),
        part(Health.UNKNOWN, "Web"),
    ]

    line = words.headline(found, NOW)

    assert line.title == "1 part down, 2 unknown"
    assert line.text == "Leader for 4\N{NO-BREAK SPACE}min. No sign of life for 2 min."


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (None, "–"),
        (1.0, "100%"),
        (0.0, "0%"),
        (0.99996, "99.99%"),
        (0.000001, "0.01%"),
        (0.9961, "99.61%"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_to_none(share: float | None, written: str) -> None:
    assert words.percent_of_checks(share) == written


def test_the_failed_share_is_that_of_the_checks_that_were_made() -> None:
    assert words.failed_share([bucket(0), bucket(60, failed=3), bucket(40)]) == 0.03
    assert words.failed_share([bucket(0), bucket(0)]) is None


def test_a_bar_says_when_and_what_was_found_in_the_laboratorys_time() -> None:
    found = bucket(60, degraded=2, failed=1)

    assert words.bucket_title(found, Range.DAY, ZONE) == (
        "13:00 to 13:30: 60 checks, 1 down, 2 degraded"
    )
    assert words.bucket_title(bucket(0), Range.DAY, ZONE) == "13:00 to 13:30: no data"
    assert words.bucket_title(bucket(), Range.WEEK, ZONE) == (
        "23\N{NO-BREAK SPACE}Nov\N{NO-BREAK SPACE}2026, 13:00 to 16:00: 60 checks, all well"
    )
    assert words.bucket_title(bucket(1), Range.QUARTER, ZONE).startswith("23\N{NO-BREAK SPACE}Nov")


def test_a_stretch_without_data_is_drawn_as_none_and_not_as_healthy() -> None:
    drawn = str(parts.table([part(history=(bucket(0),))], Range.DAY, NOW, ZONE))

    assert "h-none" in drawn
    assert "h-ok" not in drawn


def test_all_ranges_end_at_the_same_edge() -> None:
    widths = {
        history_bars([parts.Bar("", 0.0) for _ in range(bars)], label="x", width=parts.BARS_WIDTH)
        .to_plotly_json()["props"]["data-svg"]
        .partition('viewBox="')[2]
        .partition('"')[0]
        for bars in (60, 48, 56, 90)
    }

    assert widths == {"0 0 239 16"}


def test_what_ails_a_part_stands_under_it() -> None:
    ill = part(Health.DEGRADED, "Redis", detail="Redis does not answer.")

    drawn = str(parts.table([ill, part(detail="83.4 GB free.")], Range.DAY, NOW, ZONE))

    assert drawn.count("note is-deg") == 1
    assert "note'" not in drawn


@pytest.mark.parametrize(
    ("seen", "word", "tone"),
    [
        (sensor(), "In range", Tone.OK),
        (sensor(-73.0), "Warmer than usual", Tone.WARN),
        (sensor(-60.0), "Above the alarm limit", Tone.WARN),
        (
            sensor(1.4, warning_high_c=7.0, alarm_high_c=8.0, alarm_low_c=2.0),
            "Below the alarm limit",
            Tone.WARN,
        ),
        (sensor(None), "Never heard", Tone.OFF),
        (
            sensor(None, awaited_from=NOW - timedelta(hours=5)),
            "Never heard, connected 5.0\N{NO-BREAK SPACE}h ago",
            Tone.OFF,
        ),
        (
            sensor(is_stale=True, read_at=NOW - timedelta(minutes=12)),
            "Silent for 12\N{NO-BREAK SPACE}min",
            Tone.OFF,
        ),
        (
            sensor(-60.0, alarm_since=NOW - timedelta(minutes=25)),
            "Alarm for 25\N{NO-BREAK SPACE}min",
            Tone.CRIT,
        ),
        (
            sensor(-60.0, alarm_since=NOW - timedelta(minutes=25), acknowledged_at=NOW),
            "Alarm for 25\N{NO-BREAK SPACE}min, acknowledged",
            Tone.CRIT,
        ),
        (
            sensor(-60.0, alarm_since=NOW - timedelta(minutes=25), is_stale=True),
            "Alarm for 25\N{NO-BREAK SPACE}min",
            Tone.CRIT,
        ),
        (
            sensor(alarm_since=NOW - timedelta(minutes=25), back_since=NOW),
            "Back in range, not acknowledged",
            Tone.WARN,
        ),
        (
            sensor(
                alarm_since=NOW - timedelta(minutes=25),
                alarm_kind=AlarmKind.NO_DATA,
                back_since=NOW,
            ),
            "Heard again, not acknowledged",
            Tone.WARN,
        ),
    ],
)
def test_a_sensor_stands_as_its_alarm_then_its_silence_then_its_temperature(
    seen: SensorNow, word: str, tone: Tone
) -> None:
    look = words.sensor_look(seen, NOW)

    assert (look.word, look.tone) == (word, tone)


def test_made_up_temperatures_are_marked_once_or_row_by_row() -> None:
    made_up = [sensor(is_simulated=True), sensor(is_simulated=True)]
    mixed = [sensor(is_simulated=True), sensor()]

    def drawn(found: list[SensorNow]) -> str:
        return str(sensors.sensors(found, {}, {}, now=NOW, may_acknowledge=False))

    assert (
        drawn(made_up).count("Simulated temperatures'"),
        drawn(made_up).count("'simulated'"),
    ) == (
        1,
        0,
    )
    assert (drawn(mixed).count("Simulated temperatures'"), drawn(mixed).count("'simulated'")) == (
        0,
        1,
    )
    assert "imulated" not in drawn([sensor()])


def test_an_alarm_comes_first_and_a_silent_sensor_next() -> None:
    found = [
        sensor(unit_label="ULT-01"),
        sensor(unit_label="ULT-02", is_stale=True),
        sensor(unit_label="ULT-03", alarm_since=NOW),
    ]

    drawn = str(sensors.sensors(found, {}, {}, now=NOW, may_acknowledge=True))

    assert drawn.index("ULT-03") < drawn.index("ULT-02") < drawn.index("ULT-01")
    assert drawn.count("Acknowledge") == 1


def test_the_form_says_what_is_warm_for_how_long_and_what_is_made_up() -> None:
    form = sensors.acknowledge_form(alarm(is_simulated=True), None, now=NOW, may_acknowledge=True)

    drawn = str(form).replace("\\xa0", " ")
    assert "ULT-03 is at −61.3 °C. " in drawn
    assert "Above −70.0 °C for 25 min." in drawn
    assert "no probe measures them" in drawn


def test_who_may_not_acknowledge_is_told_whom_to_call() -> None:
    drawn = str(sensors.acknowledge_form(alarm(), None, now=NOW, may_acknowledge=False))

    assert "Call a technician" in drawn
    assert "Button(" not in drawn


def test_an_alarm_that_is_over_or_known_needs_nobody() -> None:
    known = alarm(acknowledged_at=NOW, acknowledged_by_name="Ada")

    over = str(sensors.acknowledge_form(None, None, now=NOW, may_acknowledge=True))
    acknowledged = str(sensors.acknowledge_form(known, None, now=NOW, may_acknowledge=True))

    assert "This alarm is over" in over
    assert "Ada has acknowledged the alarm of ULT-03." in acknowledged


@pytest.mark.parametrize(
    ("measured", "said"),
    [
        (timedelta(0), ""),
        (timedelta(minutes=14), "of 14\u00a0min"),
        (timedelta(hours=5), "of 5.0\u00a0h"),
        (timedelta(days=12, hours=7), "12 of 30\u00a0d"),
        (timedelta(days=28), "28 of 30\u00a0d"),
        (timedelta(days=29, hours=1), ""),
        (timedelta(days=30), ""),
    ],
)
def test_availability_says_how_much_it_rests_on(measured: timedelta, said: str) -> None:
    assert words.rests_on(measured) == said


def test_what_nobody_measured_is_not_called_available() -> None:
    short = words.availability_title(part(uptime_30d=1.0, measured_30d=timedelta(minutes=14)))
    whole = words.availability_title(part(uptime_30d=1.0))
    never = words.availability_title(part(uptime_30d=None, measured_30d=timedelta(0)))

    assert short == (
        "Not down in 100% of the 14\u00a0min that were measured of the last 30 days. "
        "Nothing is known of the rest."
    )
    assert "all of them measured" in whole
    assert never == "Nothing was measured in the last 30 days."


def test_a_refrigerators_limits_are_both_named() -> None:
    fridge = sensor(4.0, warning_high_c=7.0, alarm_high_c=8.0, alarm_low_c=2.0)

    assert words.alarm_limits(fridge) == "outside 2.0 to 8.0\u00a0°C"
    assert words.alarm_limits(sensor()) == "above \N{MINUS SIGN}70.0\u00a0°C"


def test_a_cold_unit_is_said_to_be_too_cold() -> None:
    (said,) = attention.alarms([alarm(is_cold=True, limit_c=2.0, temperature_c=0.5)], NOW, {})

    assert said.title == "ULT-03 is too cold"
    assert "Below 2.0" in said.text


def test_a_unit_out_of_range_leads_to_its_incident() -> None:
    codes = {alarm().unit_label: "INC-2026-0007"}

    drawn = str(
        sensors.sensors(
            [sensor(unit_label=alarm().unit_label)], {}, codes, now=NOW, may_acknowledge=True
        )
    )
    form = str(sensors.acknowledge_form(alarm(), "INC-2026-0007", now=NOW, may_acknowledge=True))

    assert "/incidents/INC-2026-0007" in drawn
    assert "/incidents/INC-2026-0007" in form
