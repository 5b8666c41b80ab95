"""Every report that there is, as a table that can be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDefinition:
    """A report: what it is called, what it says, and when it comes by itself."""

    key: str
    name: str
    about: str
    cron: str
    cron_in_words: str


SAMPLES_AND_OCCUPANCY = ReportDefinition(
    key="samples_and_occupancy",
    name="Samples by status and occupancy by zone",
    about="How many samples stand in each status, and how full each temperature zone is.",
    cron="0 7 * * 1",
    cron_in_words="Mondays at 07:00",
)

MONTH_OF_COLD = ReportDefinition(
    key="month_of_cold_storage",
    name="Cold storage of the month",
    about="Of the last whole month, for each unit: excursions and alarms, how long it was in its "
    "range and how much of the month is known, MKT where it is defined, and how fast people came.",
    cron="30 6 1 * *",
    cron_in_words="On the 1st of the month at 06:30",
)

REPORTS: Mapping[str, ReportDefinition] = MappingProxyType(
    {each.key: each for each in (SAMPLES_AND_OCCUPANCY, MONTH_OF_COLD)}
)
