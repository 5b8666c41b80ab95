"""How long before a day people are told of it. Pure."""

from datetime import date
from enum import StrEnum

LEAD_DAYS = (0, 7, 30)
"""Days before an expiry on which a project hears of it; 0 is the first day after it."""


class Expiring(StrEnum):
    """What has a day after which it is not to be used."""

    SAMPLE = "sample"
    CONSENT = "consent"


def lead_of(expires_on: date, today: date) -> int:
    """Return the shortest lead time that a day has come under; 0 when it has passed.

    Raises:
        ValueError: the day is further away than the longest lead time.
    """
    left = (expires_on - today).days
    if left < 0:
        return 0
    return min(lead for lead in LEAD_DAYS if 0 < lead >= left)
