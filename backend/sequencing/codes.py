"""What people call requests, pools and runs."""


def request_code(number: int) -> str:
    """Return what people call a request."""
    return f"SQ-{number:04d}"


def pool_code(number: int) -> str:
    """Return what people call a pool."""
    return f"P-{number:04d}"


def run_code(prefix: str, number: int) -> str:
    """Return what people call a run."""
    return f"{prefix}-{number:04d}"
