"""The address of a sample's record at an instant: ``?asof=2026-11-03T14:20:00+01:00``.

An instant is written in the laboratory's zone, with its offset, so that it can be read and sent.
"""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

_MINUTE = timedelta(minutes=1)
_TICK = timedelta(microseconds=1)


def sample_href(barcode: str) -> str:
    """Return the address of a sample's page."""
    return f"/samples/{quote(barcode, safe='')}"


def past_search(at: datetime, zone: ZoneInfo) -> str:
    """Return the query string of the record at ``at``."""
    return f"?{urlencode({'asof': at.astimezone(zone).isoformat()})}"


def past_href(barcode: str, at: datetime, zone: ZoneInfo) -> str:
    """Return the address of a sample's record at ``at``."""
    return f"{sample_href(barcode)}{past_search(at, zone)}"


def parse_asof(text: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant that an address names; without an offset it is the laboratory's."""
    try:
        # A plus that nobody encoded arrives as a space.
        at = datetime.fromisoformat(text.strip().replace(" ", "+"))
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def end_of_minute(at: datetime, now: datetime) -> datetime:
    """Return the end of a minute that a person chose, so that what happened in it is seen."""
    return min(at.replace(second=0, microsecond=0) + _MINUTE - _TICK, now)
