"""A clock that stands still until a test moves it."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class FrozenClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **passed: float) -> datetime:
        """Move on by ``timedelta(**passed)`` and return the new instant."""
        self.now += timedelta(**passed)
        return self.now
