"""What can be done with plans of the queue."""

from backend.sequencing.queue_plans.accepting import accept_plan
from backend.sequencing.queue_plans.asking import ask_again, ask_plan, dismiss_plan
from backend.sequencing.queue_plans.pinning import pin, pin_in_plan, unpin
from backend.sequencing.queue_plans.storing import store_plan

__all__ = [
    "accept_plan",
    "ask_again",
    "ask_plan",
    "dismiss_plan",
    "pin",
    "pin_in_plan",
    "store_plan",
    "unpin",
]
