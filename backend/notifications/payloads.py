"""Reading what an event of the log carries."""

from backend.events.views import EventView


def text(event: EventView, name: str) -> str:
    """Return a field as text, empty where the event has none."""
    value = event.payload.get(name)
    return "" if value is None else str(value)


def number(event: EventView, name: str) -> int:
    """Return a field that every event of its type has."""
    return int(str(event.payload[name]))
