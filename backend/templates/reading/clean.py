"""Invisible and look-alike characters that copy and paste brings along."""

import re
from collections.abc import Iterable

_SPACES = "\u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'}
_DASHES = {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2212": "-"}

_TABLE = str.maketrans(
    dict.fromkeys(_SPACES, " ") | dict.fromkeys(_NOTHING, "") | _QUOTES | _DASHES
)


_SPECIAL = re.compile(f"[{''.join(map(chr, _TABLE))}]")


def has_special(text: str) -> bool:
    """Tell whether a text holds any character that cleaning replaces."""
    return not text.isascii() and _SPECIAL.search(text) is not None


def clean_all(texts: Iterable[str]) -> list[str]:
    """Return `clean` of a row's texts, which are looked through as one."""
    row = list(map(str.strip, texts))
    return list(map(clean, row)) if has_special("".join(row)) else row


def clean(text: str) -> str:
    """Return the text without invisible characters, with plain quotes, dashes and spaces."""
    if text.isascii():
        return text.strip()
    return text.translate(_TABLE).strip()
