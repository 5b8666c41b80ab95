"""Ids of the page that plans the queue."""

BODY = "queue-plan-body"

ASK = "queue-plan-ask"
WHICH = "queue-plan-which"
REQUESTS = "queue-plan-requests"
BEGINS = "queue-plan-begins"
LIMIT = "queue-plan-limit"
ASK_PROBLEMS = "queue-plan-ask-problems"

PINS = "queue-plan-pins"
PIN_REQUEST = "queue-plan-pin-request"
PIN_LIBRARY = "queue-plan-pin-library"
PIN_INSTRUMENT = "queue-plan-pin-instrument"
PIN_START = "queue-plan-pin-start"
PIN_LANE = "queue-plan-pin-lane"
PIN_SEND = "queue-plan-pin-send"
PIN_AWAY = "queue-plan-pin-away"

ACCEPT, ACCEPT_CHOSEN, DISMISS, AGAIN = "accept", "accept-chosen", "dismiss", "again"
HERE, OFF, UNPIN = "here", "off", "unpin"
ALL, CHOSEN = "all", "chosen"


def act(name: object) -> dict[str, object]:
    """Return the id of a button that answers the plan; dash's ALL fits too."""
    return {"type": "queue-plan-act", "act": name}


def run(key: object) -> dict[str, object]:
    """Return the id of the box that chooses a run."""
    return {"type": "queue-plan-run", "run": key}


def pin(act: object, key: object, lane: object = 0) -> dict[str, object]:
    """Return the id of a button that pins, keeps off or unpins.

    ``key`` is "run/request/library" of a plan, or a pin's key.
    """
    return {"type": "queue-plan-pin", "act": act, "key": key, "lane": lane}
