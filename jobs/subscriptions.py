"""Which consumer does what with which events. The leader runs them (jobs/leader.py)."""

from typing import Final

from jobs.consumers import Subscriptions

SUBSCRIPTIONS: Final[Subscriptions] = {}
