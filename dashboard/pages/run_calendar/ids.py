"""Ids of the run calendar."""

BODY = "run-calendar-body"
WHICH = "run-calendar-which"
"""Store: the first day that is drawn, and how many days are."""
CHANGED = "run-calendar-changed"

SERVICE_INSTRUMENT = "run-calendar-instrument"
SERVICE_FROM = "run-calendar-from"
SERVICE_UNTIL = "run-calendar-until"
SERVICE_WHY = "run-calendar-why"
SERVICE_SEND = "run-calendar-service"
SERVICE_PROBLEMS = "run-calendar-service-problems"

RUN = "run-calendar-run"
RUN_START = "run-calendar-start"
RUN_SEND = "run-calendar-reschedule"
RUN_PROBLEMS = "run-calendar-run-problems"


KEPT_SEND = "run-calendar-kept-send"
KEPT_TOLD = "run-calendar-kept-told"


def kept(instrument: object) -> dict[str, object]:
    """Return the id of the boxes that say what is kept for an instrument; ALL fits too."""
    return {"type": "run-calendar-kept", "instrument": instrument}


def remove(service: object) -> dict[str, object]:
    """Return the id of the button that gives a service time back; ALL fits too."""
    return {"type": "run-calendar-remove", "service": service}
