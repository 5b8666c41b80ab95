"""Cells of foreign files as they can be shown: nothing invisible, nothing that turns the line."""

import unicodedata

LONGEST = 120
_CONTROL_PICTURES = 0x2400
_DELETE, _DELETE_PICTURE = 0x7F, "␡"
_TURNING = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)


def shown(text: str, *, longest: int = LONGEST) -> str:
    """Return a cell's text for reading: control characters as their pictures, long ones cut."""
    cut = text if len(text) <= longest else f"{text[:longest]}… ({len(text):,} characters)"
    return "".join(_visible(letter) for letter in cut)


def _visible(letter: str) -> str:
    code = ord(letter)
    if code < 0x20:  # noqa: PLR2004 the first printable letter
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return _DELETE_PICTURE
    if letter in _TURNING or unicodedata.category(letter) in ("Cc", "Cs", "Co"):
        return f"⟨U+{code:04X}⟩"
    return letter
