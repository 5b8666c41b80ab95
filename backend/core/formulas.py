"""Texts that leave in a file which somebody opens in a spreadsheet."""

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Starts that a spreadsheet may take for a formula (OWASP, CSV injection)."""


def never_run(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, however it is saved again."""
    return f"'{text}" if text.startswith(_RISKY) else text
