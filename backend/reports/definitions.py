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

REPORTS: Mapping[str, ReportDefinition] = MappingProxyType(
    {SAMPLES_AND_OCCUPANCY.key: SAMPLES_AND_OCCUPANCY}
)
