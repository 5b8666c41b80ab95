"""What calling out may be refused for."""

from backend.core.errors import NotNow


class CircuitOpen(NotNow):
    """The target has failed too often and is left alone for a while; nothing was called."""

    code = "circuit_open"
