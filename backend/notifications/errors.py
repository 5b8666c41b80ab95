"""What may be refused about notifications."""

from backend.core.errors import Conflict


class KindAlwaysShown(Conflict):
    """Alarms cannot be switched off in the program: somebody on duty must see them."""
