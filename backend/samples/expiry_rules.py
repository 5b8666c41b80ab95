"""How long before a day people are told of it. Pure."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

PAST = 0
"""The lead time of a day that has passed; it is told whatever the laboratory set."""
LONGEST_LEAD_DAYS = 730
MOST_LEADS = 6


class Expiring(StrEnum):
    """What has a day after which it is not to be used."""

    SAMPLE = "sample"
    CONSENT = "consent"


def lead_of(expires_on: date, today: date, leads: Collection[int]) -> int:
    """Return the shortest of the lead times that a day has come under; PAST when it has passed.

    Raises:
        ValueError: the day is further away than the longest lead time.
    """
    left = (expires_on - today).days
    if left < 0:
        return PAST
    return min(lead for lead in leads if lead >= left)


def leads_fault(leads: Collection[int]) -> str | None:
    """Return why lead times cannot be a laboratory's, None when they can."""
    if not leads:
        return "Give at least one lead time, such as 30 days."
    if len(leads) > MOST_LEADS:
        return f"Give at most {MOST_LEADS} lead times: more notices are read less."
    if min(leads) < 1 or max(leads) > LONGEST_LEAD_DAYS:
        return f"A lead time is 1 to {LONGEST_LEAD_DAYS} days."
    return None
