"""Texts that a spreadsheet would run as a formula: made harmless going out, and read back exactly.

A leading apostrophe is how spreadsheets themselves mark a text; OWASP names the dangerous starts
(“CSV Injection”, owasp.org/www-community/attacks/CSV_Injection). A text that begins with
apostrophes and a dangerous sign gets one more, so that taking one away always restores it.
"""

import re

_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")
# A signed figure with its unit, as −80 °C; anything after it could be a call (``-2+cmd|…!A0``).
_FIGURE = re.compile(r"[+-]\d[\d.,]*\s?(?:[°º]?\s?[A-Za-zµμ%/]{0,6})")
_MARKED = re.compile(r"'+[=+\-@\t\r]")


def harmless(text: str) -> str:
    """Return the text so that no spreadsheet runs it; figures and temperatures stay as they are."""
    return f"'{text}" if _DANGEROUS.match(text) and not _is_figure(text) else text


def as_written(text: str) -> str:
    """Return what `harmless` was given."""
    return text[1:] if _MARKED.match(text) else text


def _is_figure(text: str) -> bool:
    return _FIGURE.fullmatch(text) is not None
