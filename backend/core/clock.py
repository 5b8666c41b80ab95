"""The one clock. Rules receive `now`; only services and adapters ask for it."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 the one place that may
