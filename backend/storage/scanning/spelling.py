r"""Texts with line ends and control characters, as people write them into a field: ``OK\r\n``.

Pure. ``spelled(unspelled(text))`` is what a person sees again; unknown escapes stay as they stand.
"""

import re

_NAMED = {r"\r": "\r", r"\n": "\n", r"\t": "\t", r"\\": "\\"}
_WRITTEN = {char: name for name, char in _NAMED.items()}
_ESCAPE = re.compile(r"\\(?:[rnt\\]|x[0-9A-Fa-f]{2})")


def unspelled(written: str) -> str:
    r"""Return what a written text means: ``\r``, ``\n``, ``\t``, ``\\`` and ``\x03``."""
    return _ESCAPE.sub(_meant, written)


def spelled(text: str) -> str:
    """Return a text as it can be written into a field; a space at its end stays one."""
    return "".join(_as_written(char) for char in text)


def _meant(found: re.Match[str]) -> str:
    escape = found[0]
    return _NAMED.get(escape) or chr(int(f"0{escape[1:]}", 0))


def _as_written(char: str) -> str:
    if char in _WRITTEN:
        return _WRITTEN[char]
    return char if char.isprintable() else f"\\x{ord(char):02x}"
