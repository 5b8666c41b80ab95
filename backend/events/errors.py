"""What may be refused about events."""

from backend.core.errors import NotFound


class LetterNotFound(NotFound):
    """No open dead letter has this key."""


class ConsumerUnknown(NotFound):
    """No consumer of this name has run."""
