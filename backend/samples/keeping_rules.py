"""Whether a sample is still good and its donor still agrees. Pure."""

from datetime import date

from backend.samples.ids import MaterialType
from backend.samples.rules import MATERIAL_NAME, shown_day


def consent_problem(
    reference: str, *, expires_on: date | None, is_withdrawn: bool, today: date
) -> str | None:
    """Return why a consent no longer allows anything, None while it does."""
    if is_withdrawn:
        return f"Its donor's consent {reference} is withdrawn."
    if expires_on is not None and expires_on < today:
        return f"Its donor's consent {reference} expired on {shown_day(expires_on)}."
    return None


def thaw_warning(material: MaterialType, count: int, limit: int | None) -> str | None:
    """Return what is to be said of a sample thawed ``count`` times, None while it is fine."""
    if limit is None or count < limit:
        return None
    more = "the limit" if count == limit else f"{count - limit} more than the limit"
    times = "once" if count == 1 else f"{count} times"
    return f"Thawed {times}, {more} for {MATERIAL_NAME[material]} here."
