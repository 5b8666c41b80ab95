"""Everything that changes incidents, by use case. Callers import this module only."""

from backend.incidents.closing import close_incident, take_incident
from backend.incidents.containing import say_back
from backend.incidents.deciding import accept_holds, decline_holds
from backend.incidents.evacuating import ask_evacuation
from backend.incidents.following import can_take_turns, follow_alarms

__all__ = [
    "accept_holds",
    "ask_evacuation",
    "can_take_turns",
    "close_incident",
    "decline_holds",
    "follow_alarms",
    "say_back",
    "take_incident",
]
