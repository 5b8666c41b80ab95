"""A SPREC code from what was recorded, and codes as text. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from backend.samples.preanalytical.tables import (
    BEFORE_SPIN,
    CONTAINERS,
    COOLED_C,
    NONE,
    NOT_DERIVED,
    ROOM_C,
    SPECIMENS,
    STORED,
    UNKNOWN,
    VERSION,
    VESSELS,
    DelayBand,
    Vessel,
)

ELEMENTS = (
    "Type of sample",
    "Primary container",
    "Before centrifugation",
    "First centrifugation",
    "Second centrifugation",
    "After centrifugation",
    "Long-term storage",
)
_LETTER = re.compile(r"[A-Z]")
_WORDS = frozenset({0, 1})
"""The first elements have three letters each, the others one."""
_WORDS_OF_A_SOLID = _WORDS | {4}
"""Of a solid sample the fixation has three letters, too."""
SOUGHT = (
    r"(?i)^([A-Z0-9]{1,3}|\?|([A-Z0-9]{3}|\?)-"
    r"([A-Z0-9]{0,3}|\?|([A-Z0-9]{3}|\?)"
    r"((-[A-Z?]){0,2}|(-[A-Z?]){2}-([A-Z]{1,3}|\?)(-[A-Z?]){0,2})-?))$"
)
"""The beginning of a code of a fluid or a solid, in any capitals; `?` stands for any element."""
_NOT_SURE = "Known, but its letter is not confirmed by two sources."


@dataclass(frozen=True, slots=True, kw_only=True)
class FluidRecord:
    """What was written down about a fluid; None is what nobody wrote down."""

    specimen: str | None = None
    container: str | None = None
    collected_at: datetime | None = None
    kept_at_c: Decimal | None = None
    """Between collection and centrifugation."""
    is_spun: bool | None = None
    spun_at: datetime | None = None
    is_spun_twice: bool | None = None
    stored_at: datetime | None = None
    storage_c: Decimal | None = None
    vessel: Vessel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One of the seven: its letters, what they mean, what they rest on and by which rule."""

    name: str
    code: str
    meaning: str
    inputs: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprec:
    """Seven elements in order, under the version whose letters they are."""

    elements: tuple[Element, ...]
    version: str = VERSION

    @property
    def code(self) -> str:
        """The code as it is written; `?` where no letter is sure."""
        return format_code(tuple(element.code for element in self.elements))

    @property
    def is_whole(self) -> bool:
        """Whether every element has its letters."""
        return all(element.code != NOT_DERIVED for element in self.elements)


def derive_fluid(record: FluidRecord) -> Sprec:
    """Return the code of a fluid: each element with what it rests on."""
    return Sprec(
        elements=(
            named(ELEMENTS[0], record.specimen, SPECIMENS, otherwise=None),
            named(ELEMENTS[1], record.container, CONTAINERS, otherwise="XXX"),
            _before(record),
            _spin(ELEMENTS[3], record.is_spun),
            _spin(ELEMENTS[4], False if record.is_spun is False else record.is_spun_twice),
            _after(record),
            storage(ELEMENTS[6], record.storage_c, record.vessel),
        )
    )


def format_code(codes: tuple[str, ...]) -> str:
    """Return a code as it is written."""
    return "-".join(codes)


def parse_fluid(text: str) -> tuple[str, ...] | None:
    """Return the seven elements of a whole code of a fluid, None where it is none."""
    codes = tuple(text.strip().upper().split("-"))
    if len(codes) != len(ELEMENTS) or codes[0] not in SPECIMENS or codes[1] not in CONTAINERS:
        return None
    return codes if all(map(is_letter, codes[2:])) else None


def is_sought(text: str) -> bool:
    """Say whether a text can be the beginning of a code."""
    return re.search(SOUGHT, text) is not None


def like_pattern(sought: str) -> str:
    """Return what LIKE compares codes with, for a beginning that `is_sought`."""
    elements = sought.upper().split("-")
    words = _WORDS_OF_A_SOLID if _is_solid(elements) else _WORDS
    widths = ("_" * 3 if place in words else "_" for place in range(len(elements)))
    return "-".join(e.replace("?", w) for e, w in zip(elements, widths, strict=True)) + "%"


def is_at_most(letter: str, limit: str) -> bool:
    """Say whether a wait before centrifugation was no longer than the band of ``limit``.

    Letters pair up, room and cooled: B is no longer than A. Unknown and other are never at most.
    """
    band, most = _band_of(letter), _band_of(limit)
    return band is not None and most is not None and band.start <= most.start


def is_letter(text: str) -> bool:
    """Say whether a text is one letter, as most elements have it."""
    return _LETTER.fullmatch(text) is not None


def named(
    name: str, code: str | None, table: Mapping[str, str], *, otherwise: str | None
) -> Element:
    """Return an element chosen from a table; ``otherwise`` is the code where nobody chose."""
    if code is None:
        letters = otherwise or NOT_DERIVED
        rule = "SPREC has a code for unknown." if otherwise else "SPREC has no code for unknown."
        return Element(name=name, code=letters, meaning="Unknown", inputs="Not recorded", rule=rule)
    return Element(name=name, code=code, meaning=table[code], inputs=table[code], rule="As chosen")


def unknown(name: str, inputs: str) -> Element:
    """Return an element that nothing was recorded for."""
    return Element(
        name=name,
        code=UNKNOWN,
        meaning="Unknown",
        inputs=inputs,
        rule="What is not recorded is X, unknown",
    )


def storage(name: str, storage_c: Decimal | None, vessel: Vessel | None) -> Element:
    """Return the element of the long-term storage, which fluids and solids share."""
    if storage_c is None or vessel is None:
        return unknown(name, "Storage temperature or vessel is not recorded")
    inputs = f"{VESSELS[vessel]} at {_celsius(storage_c)}"
    band = next(
        (b for b in STORED if b.vessel is vessel and _within(storage_c, (b.lowest_c, b.highest_c))),
        None,
    )
    if band is None:
        return Element(
            name=name, code=NOT_DERIVED, meaning="Not derived", inputs=inputs, rule=_NOT_SURE
        )
    rule = f"{VESSELS[vessel]} {band.said}"
    return Element(name=name, code=band.letter, meaning=rule, inputs=inputs, rule=rule)


def duration_said(delay: timedelta) -> str:
    """Return a duration in words."""
    hours, minutes = divmod(int(delay.total_seconds()) // 60, 60)
    return f"{hours} h {minutes} min"


def _is_solid(elements: Sequence[str]) -> bool:
    """Say whether a code's beginning is none of a fluid; `?` may be either."""
    tables = (SPECIMENS, CONTAINERS)
    pairs = zip(elements[: len(_WORDS)], tables, strict=False)
    return any(e != NOT_DERIVED and len(e) == 3 and e not in known for e, known in pairs)  # noqa: PLR2004 -- whole


def _band_of(letter: str) -> DelayBand | None:
    found = (band for band in BEFORE_SPIN if letter in {band.at_room, band.cooled})
    return next(found, None)


def _before(record: FluidRecord) -> Element:
    name = ELEMENTS[2]
    if record.is_spun is False:
        # The delay runs to processing; without a spin that is when it was put away.
        until, event = record.stored_at, "stored"
    else:
        until, event = record.spun_at, "centrifuged"
    if record.collected_at is None or until is None:
        return unknown(name, f"Time collected or {event} is not recorded")
    if record.kept_at_c is None:
        return unknown(name, "Temperature before centrifugation is not recorded")
    delay = until - record.collected_at
    inputs = f"Collected to {event}: {duration_said(delay)}, kept at {_celsius(record.kept_at_c)}"
    if delay < timedelta(0):
        rule = f"It cannot be {event} before it is collected: check both times."
        return Element(name=name, code=NOT_DERIVED, meaning="Not derived", inputs=inputs, rule=rule)
    band = next((b for b in BEFORE_SPIN if b.end is None or delay < b.end), BEFORE_SPIN[-1])
    return _of_band(name, band, record.kept_at_c, inputs)


def _of_band(name: str, band: DelayBand, kept_at_c: Decimal, inputs: str) -> Element:
    if _within(kept_at_c, COOLED_C):
        letter, kept = band.cooled, "2 to 10 °C"
    elif _within(kept_at_c, ROOM_C):
        letter, kept = band.at_room, "room temperature, 18 to 28 °C"
    else:
        rule = "Neither 2 to 10 °C nor room temperature: no letter is confirmed."
        return Element(name=name, code=NOT_DERIVED, meaning="Not derived", inputs=inputs, rule=rule)
    rule = f"{band.name} at {kept}"
    if letter is None:
        said = f"{rule}: the sources disagree on its letter."
        return Element(name=name, code=NOT_DERIVED, meaning="Not derived", inputs=inputs, rule=said)
    return Element(name=name, code=letter, meaning=rule, inputs=inputs, rule=rule)


def _spin(name: str, happened: bool | None) -> Element:  # noqa: FBT001 -- a recorded answer
    if happened is None:
        return unknown(name, "Not recorded")
    if happened:
        return Element(
            name=name, code=NOT_DERIVED, meaning="Not derived", inputs="Done", rule=_NOT_SURE
        )
    return Element(
        name=name, code=NONE, meaning="None", inputs="Not done", rule="No centrifugation is N"
    )


def _after(record: FluidRecord) -> Element:
    name = ELEMENTS[5]
    if record.is_spun is False:
        rule = "Nothing was centrifuged: not applicable is N"
        return Element(
            name=name, code=NONE, meaning="Not applicable", inputs="Not centrifuged", rule=rule
        )
    if record.spun_at is None or record.stored_at is None:
        return unknown(name, "Time centrifuged or stored is not recorded")
    inputs = f"Centrifuged to stored: {duration_said(record.stored_at - record.spun_at)}"
    return Element(
        name=name, code=NOT_DERIVED, meaning="Not derived", inputs=inputs, rule=_NOT_SURE
    )


def _within(value: Decimal, bounds: tuple[Decimal, Decimal]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _celsius(value: Decimal) -> str:
    return f"{value.normalize():f} °C".replace("-", "−")
