"""The seven meanings a colour may have. Each stands beside an icon and a word, never alone."""

from enum import StrEnum


class Tone(StrEnum):
    """Suffix of the ``.st-…``, ``.p-…`` and ``.i-…`` classes."""

    OK = "ok"
    WARN = "warn"
    CRIT = "crit"
    INFO = "info"
    PRED = "pred"
    OFF = "off"
    INK = "ink"
