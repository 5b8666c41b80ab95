"""Figures, units and times as the design's section 4 writes them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from dashboard import format as fmt

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (fmt.count(1048214), "1,048,214"),
        (fmt.count(None), ""),
        (fmt.short_count(812440), "812,440"),
        (fmt.short_count(1_210_000), "1.21 M"),
        (fmt.short_count(1_180_000_000), "1.18 B"),
        (fmt.percent(0.786), "78.6%"),
        (fmt.percent(Decimal("0.31"), 0), "31%"),
        (fmt.temperature(-68.4), "−68.4 °C"),
        (fmt.temperature(-0.04), "0.0 °C"),
        (fmt.volume(46), "46 µL"),
        (fmt.volume(9999), "9,999 µL"),
        (fmt.volume(Decimal(12500)), "12.5 mL"),
        (fmt.concentration(Decimal("84.24")), "84.2 ng/µL"),
        (fmt.latency(0.062), "62 ms"),
        (fmt.latency(2.44), "2.4 s"),
        (fmt.size(812), "812 B"),
        (fmt.size(1_200_000), "1.2 MB"),
        (fmt.age(timedelta(minutes=42)), "42 min"),
        (fmt.age(timedelta(minutes=126)), "2.1 h"),
        (fmt.age(timedelta(hours=134.4)), "5.6 d"),
        (fmt.age(timedelta(seconds=-5)), "0 min"),
        (fmt.between("40", "71 days"), "40 to 71 days"),
    ],
)
def test_a_figure_is_written_as_the_design_has_it(written: str, expected: str) -> None:
    assert written.replace("\N{NO-BREAK SPACE}", " ") == expected


def test_times_are_local_to_the_laboratory_and_drop_the_current_year_only() -> None:
    instant = datetime(2025, 11, 20, 8, 42, tzinfo=UTC)

    full = fmt.moment(instant, BERLIN).replace("\N{NO-BREAK SPACE}", " ")
    same_year = fmt.moment(instant, BERLIN, now=instant).replace("\N{NO-BREAK SPACE}", " ")

    assert full == "20 Nov 2025, 09:42"
    assert same_year == "20 Nov, 09:42"
    assert fmt.tooltip_time(instant) == "2025-11-20 08:42:00 UTC"


def test_a_date_near_midnight_is_the_laboratorys_date() -> None:
    late = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)

    assert fmt.day(late, BERLIN).replace("\N{NO-BREAK SPACE}", " ") == "1 Jan 2026"
