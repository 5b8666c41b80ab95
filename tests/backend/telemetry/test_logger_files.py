"""A logger's file: its times, numbers and columns, and the line of whatever cannot be read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.telemetry import logger_files
from backend.telemetry.errors import ReadingRefused
from backend.telemetry.logger_files import FileRead

BERLIN = ZoneInfo("Europe/Berlin")
ELEVEN = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)


def read(*lines: str, code: str | None = "T1", encoding: str = "utf-8") -> FileRead:
    return logger_files.read("\r\n".join(lines).encode(encoding), code=code, zone=BERLIN)


def values(found: FileRead) -> list[tuple[str, float | None]]:
    return [(each.code, each.value) for each in found.readings]


@pytest.mark.parametrize(
    "said",
    [
        "2026-11-23T11:00:00Z",
        "2026-11-23 11:00 UTC",
        "2026-11-23 12:00",
        "2026-11-23T12:00:00+01:00",
        "2026-11-23 12:00:00 +01:00",
        "23.11.2026 12:00",
        "2026/11/23 12:00:00",
    ],
)
def test_a_time_is_read_as_it_says_or_in_the_laboratorys_zone(said: str) -> None:
    found = read("time,value", f"{said},-80.1")

    assert [each.at for each in found.readings] == [ELEVEN]


@pytest.mark.parametrize("said", ["11/23/2026 12:00", "noon", "2026-13-01 12:00", "12:00"])
def test_a_time_that_can_be_read_in_two_ways_or_none_is_told_by_its_line(said: str) -> None:
    found = read("time,value", "2026-11-23 12:00,-80", f"{said},-80.1")

    assert [(each.code, each.line) for each in found.findings] == [("time_unclear", 3)]
    assert len(found.readings) == 1


def test_a_date_and_a_time_may_have_columns_of_their_own() -> None:
    found = read("Datum;Zeit;Temperatur (°C)", "23.11.2026;9:05:00;-80,1")

    assert found.readings[0].at == datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
    assert values(found) == [("T1", -80.1)]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("-80.1", -80.1),
        ("0", 0.0),
        ("−79.5 °C", -79.5),
        ("1e1", 10.0),
        ("", None),
        ("---", None),
        ("NaN", None),
        ("Error", None),
    ],
)
def test_a_number_is_read_and_nothing_is_nothing(said: str, value: float | None) -> None:
    assert values(read("time,value", f"2026-11-23 12:00,{said}")) == [("T1", value)]


@pytest.mark.parametrize("said", ["1.234,5", "cold", "-80..1", "12:00"])
def test_what_is_no_number_is_told_with_its_sensor(said: str) -> None:
    found = read("time;value", f"2026-11-23 12:00;{said}")

    (finding,) = found.findings
    assert (finding.code, finding.line, finding.sensor) == ("number_unclear", 2, "T1")
    assert said in finding.message


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_wide_file_has_a_column_a_sensor_whatever_its_encoding(encoding: str) -> None:
    found = read(
        "Logger 7, serial 4411",
        "",
        "Time;ULT-01-T1 (°C);PWR-W",
        "2026-11-23 12:00;-80,1;310",
        "",
        "2026-11-23 12:01;-80,0;",
        code=None,
        encoding=encoding,
    )

    assert values(found) == [
        ("ULT-01-T1", -80.1),
        ("PWR-W", 310.0),
        ("ULT-01-T1", -80.0),
        ("PWR-W", None),
    ]
    assert found.lines == [4, 4, 6, 6]


def test_a_long_file_names_the_sensor_in_each_line() -> None:
    found = read("sensor,time,value", "A,2026-11-23 12:00,1", "B,2026-11-23 12:00,2", code=None)

    assert values(found) == [("A", 1.0), ("B", 2.0)]


def test_numbers_with_commas_between_commas_are_told_and_not_guessed() -> None:
    found = read("time,value", "2026-11-23 12:00,-80,1")

    assert [(each.code, each.line) for each in found.findings] == [("wrong_width", 2)]
    assert found.readings == []


def test_the_hour_that_comes_twice_is_told_apart_by_the_order_of_lines() -> None:
    found = read(
        "time,value",
        "2026-10-25 02:00,1",
        "2026-10-25 02:30,2",
        "2026-10-25 02:00,3",
        "2026-10-25 02:30,4",
        "2026-10-25 03:00,5",
    )

    assert [each.at.strftime("%H:%M") for each in found.readings] == [
        "00:00",
        "00:30",
        "01:00",
        "01:30",
        "02:00",
    ]


def test_the_hour_that_never_was_is_told() -> None:
    found = read("time,value", "2026-03-29 01:59,1", "2026-03-29 02:30,2", "2026-03-29 03:00,3")

    assert [(each.code, each.line) for each in found.findings] == [("time_skipped", 3)]
    assert [each.at.hour for each in found.readings] == [0, 1]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["a,b", "1,2"], "No line of headings"),
        (["time,value", "2026-11-23 12:00,1"], "names no sensor"),
        (["time,value,ULT-01"], "stands beside other columns"),
        (["time,timestamp,value"], "Two columns say a time"),
        (["time,date"], "no column of values"),
        (["time,value", '"2026-11-23', '12:00",1'], "line break"),
        (["time\0,value"], "no text"),
        ([], "No line of headings"),
    ],
)
def test_a_file_that_is_no_table_of_readings_is_refused_whole(lines: list[str], said: str) -> None:
    with pytest.raises(ReadingRefused, match=said):
        read(*lines, code=None)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logger_files, "LARGEST_BYTES", 10)

    with pytest.raises(ReadingRefused, match="20 MB"):
        read("time,value", "2026-11-23 12:00,1")
