"""What names, keys and reasons may be."""

import re

from backend.sequencing.reference.content import KEY_PATTERN

_LONGEST_NAME, _LONGEST_WORDS, _LONGEST_KEY = 120, 500, 60


def key_of(name: str) -> str:
    """Return the key that a name makes: small letters, digits and lines between them."""
    return re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:_LONGEST_KEY].strip("_")


def text_faults(*, name: str, key: str, source: str, reason: str) -> dict[str, str]:
    """Return a sentence for each text that cannot stand."""
    fields = {}
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        fields["name"] = f"Give it a name of at most {_LONGEST_NAME} letters."
    elif not re.match(KEY_PATTERN, key):
        fields["key"] = f"“{key[:60]}” is no key. Use small letters, digits and _."
    if not 0 < len(source.strip()) <= _LONGEST_WORDS:
        fields["source"] = (
            f"Say where the figures are from, in at most {_LONGEST_WORDS} letters: a document, an "
            "address, or your own measurement."
        )
    if not 0 < len(reason.strip()) <= _LONGEST_WORDS:
        fields["reason"] = f"Say why, in at most {_LONGEST_WORDS} letters: it is kept with it."
    return fields
