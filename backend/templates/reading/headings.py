"""Which field a column fills: as remembered, by its exact name, folded, by synonym, or nearly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from rapidfuzz import fuzz, process

from backend.templates.reading.clean import clean
from backend.templates.reading.fields import BY_KEY, FIELDS, FieldKey, Kind
from backend.templates.reading.units import Unit, find_unit

# DOMAIN 2b: a heading this similar is offered, below it the column is only kept as written.
SUGGEST_FROM = 85
# The column that a problem list adds; it is ours to write and is not read again.
PROBLEM_HEADING = "_problem"
# The columns that a result workbook adds: what became of each row, and the barcode of its sample.
STATUS_HEADING = "_status"
ID_HEADING = "_id"
ERRORS_HEADING = "_errors"
OUR_HEADINGS = frozenset({PROBLEM_HEADING, STATUS_HEADING, ID_HEADING, ERRORS_HEADING})
# Those that are kept with a draft's rows: they tell a row that was registered from this workbook.
READ_BACK = frozenset({STATUS_HEADING, ID_HEADING})
KEEP = "keep"  # a remembered "no field": the column is kept as the sender wrote it

_BRACKETS = re.compile(r"[(\[{]([^)\]}]*)[)\]}]")
_UNIT_TAIL = re.compile(
    r"[\s_.,/-]+((?:[numpµμ]?g[\s_/]*(?:per[\s_])?[nuµμm]?l)|[nuµμm]l|[nupµμ]m)$", re.IGNORECASE
)
_SEPARATORS = re.compile(r"[\s_\-./,:;#?*]+")


class Match(StrEnum):
    """How a column came to its field."""

    REMEMBERED = "remembered"
    EXACT = "exact"
    FOLDED = "folded"
    SYNONYM = "synonym"
    CHOSEN = "chosen"
    SUGGESTED = "suggested"
    REPEATED = "repeated"
    KEPT = "kept"
    BLANK = "blank"
    OURS = "ours"


USED = frozenset(
    {Match.REMEMBERED, Match.EXACT, Match.FOLDED, Match.SYNONYM, Match.CHOSEN, Match.REPEATED}
)


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """A column of the file and what it was taken for.

    ``column`` counts from 1. ``field`` is the field it fills, or with ``SUGGESTED`` the field it
    may mean. ``unit`` is the unit its heading names, as written; ``unit_known`` is False when
    that is no unit we can convert. ``score`` (0–100) is the likeness behind a suggestion.
    """

    column: int
    heading: str
    match: Match
    field: FieldKey | None = None
    unit: str | None = None
    unit_known: bool = True
    score: int = 100
    like: str = ""
    """With ``SUGGESTED``, the known heading that this one resembles."""


def fold(heading: str) -> str:
    """Return the heading in small letters without brackets, unit and punctuation."""
    text = _BRACKETS.sub(" ", clean(heading))
    text = _UNIT_TAIL.sub("", text)
    return " ".join(_SEPARATORS.sub(" ", text).lower().split())


def unit_in(heading: str) -> tuple[str | None, Unit | None]:
    """Return the unit a heading names, as written and as known; (None, None) if it names none."""
    text = clean(heading)
    tail = _UNIT_TAIL.search(text)
    if tail:
        return tail.group(1).replace("_", "/"), find_unit(tail.group(1))
    for inside in _BRACKETS.findall(text):
        unit = find_unit(inside)
        if unit:
            return inside, unit
        if re.fullmatch(r"[A-Za-zµμ%°]{1,4}(?:\s*/\s*[A-Za-zµμ]{1,4})?", inside.strip()):
            return inside.strip(), None
    return None, None


def heading_unit(heading: str) -> str:
    """Return what a heading names in brackets as its unit, as written; empty for none."""
    inside = _BRACKETS.findall(clean(heading))
    return inside[-1].strip() if inside else ""


def _names() -> tuple[dict[str, FieldKey], dict[str, FieldKey], dict[str, FieldKey]]:
    exact = {name: spec.key for spec in FIELDS for name in (spec.label, spec.key.value)}
    folded = {fold(name): key for name, key in exact.items()}
    synonyms = {name: spec.key for spec in FIELDS for name in spec.synonyms}
    return exact, folded, synonyms


_EXACT, _FOLDED, _SYNONYMS = _names()
_KNOWN = _SYNONYMS | _FOLDED


def sureness(score: int) -> str:
    """Return how sure a likeness is, in words; 100 is certain, below SUGGEST_FROM nothing is said.

    At 95 and more one letter of a long heading differs; near 85 it may well be another word.
    """
    if score >= _NEARLY_SURE:
        return "almost certain"
    return "likely" if score >= _LIKELY else "a guess"


_NEARLY_SURE, _LIKELY = 95, 90


def knows(heading: str) -> bool:
    """Tell whether a text is a heading we know without asking."""
    return fold(heading) in _KNOWN


NOTHING_SAID: Mapping[str, str] = MappingProxyType({})
"""What is said of headings where no template and no project says anything."""


def match_columns(
    headings: tuple[str, ...], remembered: Mapping[str, str] = NOTHING_SAID
) -> tuple[ColumnMatch, ...]:
    """Return one match per heading, in order.

    ``remembered`` maps a folded heading to a field or to ``KEEP``, as this project chose before.
    A second column for a field already filled is REPEATED: its cells are compared, not used.
    """
    matches: list[ColumnMatch] = []
    filled: set[FieldKey | None] = set()
    for column, heading in enumerate(headings, start=1):
        match = _match(column, clean(heading), remembered)
        if match.match in USED and match.field is not None:
            if match.field in filled:
                match = replace(match, match=Match.REPEATED)
            filled.add(match.field)
        matches.append(match)
    return tuple(matches)


def _match(column: int, heading: str, remembered: Mapping[str, str]) -> ColumnMatch:
    if not heading or heading in OUR_HEADINGS:
        return ColumnMatch(column, heading, Match.OURS if heading else Match.BLANK)
    chosen = remembered.get(fold(heading))
    if chosen == KEEP:
        return ColumnMatch(column, heading, Match.KEPT)
    if chosen in BY_KEY:
        return _with_unit(ColumnMatch(column, heading, Match.REMEMBERED, FieldKey(chosen)))
    if heading in _EXACT:
        return _with_unit(ColumnMatch(column, heading, Match.EXACT, _EXACT[heading]))
    folded = fold(heading)
    for how, names in ((Match.FOLDED, _FOLDED), (Match.SYNONYM, _SYNONYMS)):
        if folded in names:
            return _with_unit(ColumnMatch(column, heading, how, names[folded]))
    return _suggested(column, heading, folded)


def _suggested(column: int, heading: str, folded: str) -> ColumnMatch:
    best = process.extractOne(folded, list(_KNOWN), scorer=fuzz.ratio, score_cutoff=SUGGEST_FROM)
    if best is None:
        return ColumnMatch(column, heading, Match.KEPT)
    name, score, _ = best
    return _with_unit(
        ColumnMatch(column, heading, Match.SUGGESTED, _KNOWN[name], score=round(score), like=name)
    )


def _with_unit(match: ColumnMatch) -> ColumnMatch:
    if match.field is None or BY_KEY[match.field].kind not in {Kind.VOLUME, Kind.CONCENTRATION}:
        return match
    written, unit = unit_in(match.heading)
    return replace(match, unit=written, unit_known=written is None or unit is not None)
