"""Invisible and look-alike characters that copy and paste brings along."""

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_NOTHING = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"'}
_DASHES = {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2212": "-"}

_TABLE = str.maketrans(
    dict.fromkeys(_SPACES, " ") | dict.fromkeys(_NOTHING, "") | _QUOTES | _DASHES
)


def clean(text: str) -> str:
    """Return the text without invisible characters, with plain quotes, dashes and spaces."""
    if text.isascii():
        return text.strip()
    return text.translate(_TABLE).strip()


def hides_something(text: str) -> bool:
    """Tell whether cleaning changes more than the spaces at the ends."""
    return not text.isascii() and text.translate(_TABLE) != text
