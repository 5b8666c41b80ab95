"""The report of a month of cold storage: its words, its numbers and both files."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl

from backend.core.ids import new_id
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.incidents.ids import ReadingsFrom
from backend.incidents.month_views import UnitMonth, month_before
from backend.reports import cold_month, service
from backend.reports.adapters.pages import pages_of
from backend.reports.adapters.workbook import workbook_of
from backend.reports.content import ReportContent
from backend.reports.definitions import MONTH_OF_COLD
from backend.samples.ids import TemperatureClass
from backend.telemetry.electricity import Price
from backend.telemetry.energy.days import EnergyPeriod, Integral, energy_day
from backend.telemetry.energy_views import UnitEnergy
from backend.telemetry.limits_past import LimitsThen
from dashboard.figures.paper import paper_palette
from tests.factories.storage import make_freezer
from tests.support.pdf_reading import pages_of as texts_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
FREEZER = UnitMonth(
    unit_id=new_id(),
    label="ULT-01",
    temperature_class=TemperatureClass.MINUS_80,
    sensor_code="ULT-01-T1",
    readings_from=ReadingsFrom.READINGS,
    whole_min=44_700.0,
    known_min=40_230.0,
    above_min=447.0,
    below_min=0.0,
    lowest_c=-81.26,
    highest_c=-58.0,
    mkt_c=None,
    mkt_note="not defined for frozen storage",
    excursions=1,
    alarms=3,
    acknowledged_after_min=(10.0, 20.0),
)
FRIDGE = replace(
    FREEZER,
    label="FR-01",
    temperature_class=TemperatureClass.PLUS_4,
    readings_from=ReadingsFrom.HOURS,
    mkt_c=5.391,
    mkt_note="highest of 31 of 31 days",
    acknowledged_after_min=(40.0,),
)
UNTESTED = replace(
    FREEZER,
    label="ULT-09",
    readings_from=ReadingsFrom.NOTHING,
    known_min=0.0,
    above_min=0.0,
    lowest_c=None,
    highest_c=None,
    excursions=0,
    alarms=0,
    acknowledged_after_min=(),
)


def report_of(
    *units: UnitMonth, energy: Sequence[UnitEnergy] = (), price: Price | None = None
) -> ReportContent:
    return ReportContent(
        title=MONTH_OF_COLD.name,
        site="Harbour Street",
        made_by="Ada",
        data_as_of=NOW,
        zone=BERLIN,
        sections=cold_month.sections(month_before(NOW, BERLIN), units, energy, price),
    )


def test_what_is_not_known_is_said_and_not_zero() -> None:
    in_range, excursions, kinetic, _, untested, _ = report_of(FREEZER, UNTESTED).sections

    assert in_range.note.startswith("October 2026, Europe/Berlin.")
    assert in_range.rows == [
        ("ULT-01", "−80 °C", 0.89, 0.9, 447.0, 0.0, -81.3, -58.0),
        ("ULT-09", "−80 °C", 0.0, 0.0, *["not known"] * 4),
    ]
    assert excursions.rows[1] == ("ULT-09", 0, 0, 0, "", "")
    assert [row[0] for row in kinetic.rows] == ["ULT-01"]
    assert untested.rows == [("ULT-09", "No reading in the month")]


def test_a_minute_out_of_range_is_not_rounded_away() -> None:
    nearly = replace(FREEZER, known_min=44_700.0, above_min=1.0)

    (row,) = report_of(nearly).sections[0].rows

    assert row[2:5] == (0.999, 1.0, 1.0)


def metered(label: str, *hours: float) -> UnitEnergy:
    first = date(2026, 10, 1)
    days = [
        energy_day(Integral(on=first, value_hours=350 * each, known_h=each, whole_h=24.0))
        for each in hours
    ]
    return UnitEnergy(
        unit_id=FREEZER.unit_id,
        unit_label=label,
        sensor_code=f"{label}-P1",
        is_simulated=False,
        first=first,
        last=first,
        period=EnergyPeriod(days=days),
    )


PRICE = Price(
    version=2,
    price_per_kwh=Decimal("0.32"),
    currency="EUR",
    reason="Contract",
    set_by_name="Ada",
    set_at=NOW,
)


def test_energy_is_what_was_measured_on_days_that_count_and_its_cost_names_the_price() -> None:
    units = [metered("ULT-01", 24.0, 24.0, 3.0), metered("ULT-02", 1.0)]

    said = report_of(FREEZER, energy=units, price=PRICE).sections[3]

    assert said.columns[-1] == "Cost, EUR"
    assert said.rows == [
        ("ULT-01", 16.8, 8.4, 2, 3, 0.708, 5.38),
        ("ULT-02", "not known", "not known", 0, 1, 0.041, "not known"),
    ]
    assert "Cost at 0.32 EUR a kWh (version 2)." in said.note
    assert "A day counts where readings of power cover 90% of it" in said.note


def test_without_a_price_or_a_meter_the_report_says_so() -> None:
    unpriced = report_of(FREEZER, energy=[metered("ULT-01", 24.0)]).sections[3]
    unmetered = report_of(FREEZER).sections[3]

    assert unpriced.rows[0][-1] == ""
    assert "No price of electricity is set." in unpriced.note
    assert (unmetered.rows, "No unit has a power sensor." in unmetered.note) == ([], True)


def test_percentiles_of_all_are_of_all_waits_and_not_of_the_units() -> None:
    excursions = report_of(FREEZER, FRIDGE).sections[1]

    assert excursions.rows == [
        ("ULT-01", 1, 3, 2, 15.0, 19.0),
        ("FR-01", 1, 3, 1, 40.0, 40.0),
        ("All", 2, 6, 3, 20.0, 36.0),
    ]


def test_the_workbook_holds_shares_and_degrees_as_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(report_of(FREEZER, FRIDGE))))

    sheet, kinetic = book["Time in range"], book["MKT and source of readings"]
    assert [sheet[f"{column}7"].value for column in "ACDG"] == ["ULT-01", 0.89, 0.9, -81.3]
    assert [sheet[f"{column}7"].number_format for column in "CDG"] == ["0.0%", "0.0%", "#,##0.0"]
    assert [cell.value for cell in kinetic[7]] == [
        "ULT-01",
        "",
        "not defined for frozen storage",
        "ULT-01-T1",
        "Single readings",
    ]
    assert [kinetic[f"{column}8"].value for column in "BE"] == [5.391, "Sums of hours"]


def test_limits_that_changed_in_the_month_have_a_line_each() -> None:
    turn, end = datetime(2026, 10, 11, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)
    month = month_before(NOW, BERLIN)
    changed = replace(
        FREEZER,
        limits=(
            LimitsThen(start=month.start, end=turn, low=-90.0, high=-70.0),
            LimitsThen(start=turn, end=end, low=None, high=-65.0),
        ),
    )

    limits = report_of(changed, replace(UNTESTED, limits=())).sections[-1]

    assert limits.heading == "Limits in force"
    assert limits.rows == [
        ("ULT-01", "2026-10-01 00:00", "2026-10-12 00:00", -90.0, -70.0),
        ("ULT-01", "2026-10-12 00:00", "2026-11-01 00:00", "none", -65.0),
    ]


def test_the_pages_say_the_same_in_words() -> None:
    file = pages_of(report_of(FREEZER, FRIDGE, UNTESTED), paper_palette())

    text = " ".join(" ".join(texts_of(file)).split())
    for words in ("89.0%", "−81.3", "not defined for frozen storage", "No reading in the month"):
        assert words in text


def test_a_laboratory_without_units_gets_a_report_that_says_so() -> None:
    sections = report_of().sections

    assert "No unit is set up yet." in sections[4].note
    assert sections[1].rows == [("All", 0, 0, 0, "", "")]
    assert pages_of(report_of(), paper_palette()).startswith(b"%PDF-")


def test_the_report_is_gathered_from_what_is_there(
    session: WriteSession, principal_of: Callable[..., Principal]
) -> None:
    make_freezer(session, label="ULT-B")
    ada = principal_of(Permission.REPORTS_RUN, Permission.STORAGE_VIEW)

    said = service.gather(session, ada, report=MONTH_OF_COLD.key, time_zone="Europe/Berlin")

    assert said.title == "Cold storage of the month"
    assert said.sections[4].rows == [("ULT-B", "No temperature sensor")]
