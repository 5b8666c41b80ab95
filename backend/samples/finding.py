"""Reading what people type into the search box, and writing filters as they would type them.

    read('liver type:rna volume < 50 uL -status:failed created:7d', today)

Words and quoted phrases are the start of a barcode, name or external id. What is not understood
is never guessed: it becomes a finding with its place and what to write. Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from backend.samples.finding_terms import Pair, canonical, unreadable
from backend.samples.finding_words import (
    AMOUNTS,
    CHOICES,
    DATES,
    FLAGS,
    UNIT_WORDS,
    UNITS,
    Unreadable,
    is_unit,
    key_of,
)

LONGEST = 500

_SPACE = re.compile(r"\s+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PAIR = re.compile(r'(-?)([^\W\d]\w*):\s*((?:"(?:[^"\\]|\\.)*"|[^\s"])*)')
_VALUE = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",])+')
_COMPARISON = re.compile(r"(-?)([^\W\d]\w*)\s*(<=|>=|<|>|=|≤|≥)\s*([^\s<>=≤≥:\"]*)")
_WORD = re.compile(r'[^\s"]+')
_BARE_END = re.compile(r"[\d.]*\d")
# A word behind a number, unless it begins a condition of its own.
_NEXT_WORD = re.compile(r"\s+([^\W\d][^\s<>=≤≥:\"]*)(?!\S*[:<>=≤≥])(?!\s*[<>=≤≥])(?=\s|$)")
_PLAIN_TEXT = re.compile(r"\w[\w.-]*(?: \w[\w.-]*)*")
_PLAIN_VALUE = re.compile(r'[^\s",\\]+')
_MINUS = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A piece of what was typed that says nothing certain; ``start`` and ``end`` count from 0."""

    start: int
    end: int
    typed: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was understood, as pairs (finding_terms), and what was not."""

    pairs: tuple[Pair, ...]
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class _Pass:
    typed: str
    today: date
    pairs: list[Pair] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def found(self, start: int, end: int, message: str) -> None:
        self.findings.append(
            Finding(start=start, end=end, typed=self.typed[start:end], message=message)
        )

    def keep(self, start: int, end: int, key: str, value: str) -> None:
        try:
            pair = canonical(key, value)
        except Unreadable as refusal:
            self.found(start, end, str(refusal))
            return
        refused = unreadable(pair, self.today)
        if refused is None:
            self.pairs.append(pair)
        else:
            self.found(start, end, refused)


def read(typed: str, today: date) -> Reading:
    """Return what was typed as pairs, the text first; what says nothing is a finding."""
    reading = _Pass(typed=typed[:LONGEST], today=today)
    if len(typed) > LONGEST:
        reading.found(LONGEST, len(typed), f"Write at most {LONGEST} characters.")
    at = 0
    while at < len(reading.typed):
        at = _step(reading, at)
    text = " ".join(reading.words)
    if text:
        refused = unreadable(("text", text), today)
        if refused is None:
            reading.pairs.insert(0, ("text", text))
        else:
            reading.found(0, len(reading.typed), f"The text to look for is too long. {refused}")
    return Reading(pairs=tuple(dict.fromkeys(reading.pairs)), findings=tuple(reading.findings))


def write(pairs: Sequence[Pair]) -> str:
    """Return pairs as a person would type them; `read` of it returns the same pairs."""
    texts = [_text(value) for key, value in pairs if key == "text"]
    return " ".join([*texts, *[_condition(key, value) for key, value in pairs if key != "text"]])


def _step(reading: _Pass, at: int) -> int:
    """Read one piece and return where the next begins."""
    space = _SPACE.match(reading.typed, at)
    if space is not None:
        return space.end()
    if reading.typed[at] == '"':
        return _phrase(reading, at)
    compared = _COMPARISON.match(reading.typed, at)
    if compared is not None:
        return _compare(reading, compared)
    pair = _PAIR.match(reading.typed, at)
    if pair is not None:
        return _condition_read(reading, pair)
    word = _WORD.match(reading.typed, at)
    end = at + 1 if word is None else word.end()
    reading.words.append(reading.typed[at:end])
    return end


def _phrase(reading: _Pass, at: int) -> int:
    quoted = _QUOTED.match(reading.typed, at)
    if quoted is None:
        reading.found(at, len(reading.typed), "The quotation is not closed. Write a second quote.")
        return len(reading.typed)
    said = _unquoted(quoted[0]).strip()
    if said:
        reading.words.append(said)
    return quoted.end()


def _compare(reading: _Pass, found: re.Match[str]) -> int:
    minus, word, sign, value = found.groups()
    key = key_of(word)
    end = found.end()
    if key is not None and key in AMOUNTS:
        end, unit = _unit_behind(reading, key, value, end)
        value = f"{value}{unit}"
    if key is None or (key not in AMOUNTS and key not in DATES):
        message = f"“{word}” cannot be compared. Amounts can: volume, conc and rin; and dates."
        reading.found(found.start(), end, message)
    elif minus:
        message = f"{key} cannot stand behind a minus sign. Turn the comparison round."
        reading.found(found.start(), end, message)
    else:
        reading.keep(found.start(), end, key, f"{'' if sign == '=' else sign}{value}")
    return end


def _condition_read(reading: _Pass, found: re.Match[str]) -> int:
    minus, word, raw = found.groups()
    key, end = key_of(word), found.end()
    if key is None:
        message = f"There is no filter “{word}”. To look for the text itself, put it in quotes."
        reading.found(found.start(), end, message)
        return end
    value = _said(raw)
    if key in AMOUNTS and value == raw:
        end, unit = _unit_behind(reading, key, value, end)
        value = f"{value}{unit}"
    if key == "text" and not minus:
        reading.words += [value.strip()] if value.strip() else []
        return end
    many = key == "project" or key in CHOICES or key == "hold"
    for each in [_said(part) for part in _VALUE.findall(raw)] if many else [value]:
        if minus and key in ("hold", "placed") and each in FLAGS:
            reading.keep(found.start(), end, key, "no" if FLAGS[each] else "yes")
        else:
            reading.keep(found.start(), end, f"{minus}{key}", each.strip())
    if many and not raw:
        reading.found(found.start(), end, f"{key} says nothing. Write a value behind it.")
    return end


def _unit_behind(reading: _Pass, key: str, value: str, end: int) -> tuple[int, str]:
    """Return where an amount ends and the unit that stands apart behind its number, if any."""
    if not _BARE_END.fullmatch(value):
        return end, ""
    behind = _NEXT_WORD.match(reading.typed, end)
    # Where there are units a word behind a number is meant as one; RIN has none.
    if behind is None or (not UNITS[key] and not is_unit(key, behind[1])):
        return end, ""
    return behind.end(), behind[1]


def _text(value: str) -> str:
    return value if _PLAIN_TEXT.fullmatch(value) else _quoted(value)


def _condition(key: str, value: str) -> str:
    if key in AMOUNTS:
        unit = f" {UNIT_WORDS[key]}" if UNIT_WORDS[key] else ""
        between = "" if value[0] in "<>" else ":"
        return f"{key}{between}{value}{unit}"
    if key in DATES and value[0] in "<>":
        return f"{key}{value}"
    return f"{key}:{value if _PLAIN_VALUE.fullmatch(value) else _quoted(value)}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _said(raw: str) -> str:
    """Return a value without the quotes around its parts."""
    return _QUOTED.sub(lambda quoted: _unquoted(quoted[0]), raw)


def _unquoted(raw: str) -> str:
    return re.sub(r"\\(.)", r"\1", raw[1:-1], flags=re.DOTALL)
