"""Which consumer does what with which events. The leader runs them (jobs/leader.py)."""

from typing import Final

from backend.notifications import consuming as notifications
from jobs.consumers import Subscription, Subscriptions

SUBSCRIPTIONS: Final[Subscriptions] = {
    "notifications": Subscription(effect=notifications.tell, types=frozenset(notifications.ON)),
}
