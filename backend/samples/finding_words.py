"""The words that the search box understands: keys, what they may say, and units.

Pure: no clock, no database. What a key narrows stands in finding_terms.py.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from backend.samples.ids import (
    ArrivalCondition,
    HoldKind,
    MaterialType,
    Priority,
    QcVerdict,
    Status,
    TemperatureClass,
)

CHOICES: Mapping[str, tuple[str, type[StrEnum]]] = {
    "status": ("statuses", Status),
    "type": ("material_types", MaterialType),
    "zone": ("temperature_classes", TemperatureClass),
    "priority": ("priorities", Priority),
    "qc": ("qc_verdicts", QcVerdict),
    "arrival": ("arrivals", ArrivalCondition),
}
"""Keys with a closed vocabulary, and the field of the filters that each fills."""

AMOUNTS: Mapping[str, str] = {
    "volume": "volume_ul",
    "conc": "concentration_ng_per_ul",
    "rin": "rin",
}
DATES = ("created", "received", "collected", "expires")
TEXTS: Mapping[str, str] = {
    "text": "search",
    "subject": "subject_code",
    "place": "place",
    "consent": "consent",
    "sprec": "sprec",
    "import": "import_id",
}
FLAGS: Mapping[str, bool] = {"yes": True, "no": False}
KEYS = ("project", *CHOICES, "hold", "placed", *AMOUNTS, *DATES, *TEXTS)
EXCLUDABLE = ("project", *CHOICES)
"""Keys that may stand behind a minus sign: everything but these."""

ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("box", "in", "at", "freezer", "rack", "shelf", "location"), "place"),
    **dict.fromkeys(("name", "barcode", "id"), "text"),
    **dict.fromkeys(("donor", "patient"), "subject"),
    **dict.fromkeys(("registered", "added"), "created"),
    **dict.fromkeys(("concentration", "c"), "conc"),
    **dict.fromkeys(("temperature", "temp"), "zone"),
    "material": "type",
    "vol": "volume",
    "v": "volume",
    "stored": "placed",
    "verdict": "qc",
    "arrived": "received",
    "condition": "arrival",
    "expiry": "expires",
    "expiring": "expires",
}

_OTHER_WORDS: Mapping[str, Mapping[str, str]] = {
    "status": {"sequencing": "in_sequencing", "stored": "in_storage", "awaiting": "pending"},
    "type": {"genomic-dna": "gdna", "cell-free-dna": "cfdna", "cell": "cells"},
    "zone": {
        **dict.fromkeys(("-196", "-196c", "nitrogen", "vapour", "ln2-vapour"), "ln2"),
        **{f"{degrees}c": degrees for degrees in ("-80", "-40", "-20", "4", "37")},
        **dict.fromkeys(("rt", "ambient", "room-temperature"), "room"),
        "+4": "4",
        "+37": "37",
    },
    "priority": {},
    "qc": {"passed": "pass", "failed": "fail", "warning": "pass_with_warning"},
    "arrival": {
        **dict.fromkeys(("hemolysed", "hemolyzed", "haemolyzed"), "haemolysed"),
        **dict.fromkeys(("excursion", "temperature-excursion"), "warm"),
        **dict.fromkeys(("unreadable", "illegible"), "label_unreadable"),
        **dict.fromkeys(("mismatch", "wrong-label"), "label_mismatch"),
        "leaked": "leaking",
        "fine": "good",
    },
}

# Factors to the unit that the column is kept in: µL, and ng/µL.
UNITS: Mapping[str, Mapping[str, Decimal]] = {
    "volume": {
        "nl": Decimal("0.001"),
        "ul": Decimal(1),
        "ml": Decimal(1000),
        "l": Decimal(1_000_000),
    },
    "conc": {
        "pg/ul": Decimal("0.001"),
        "ng/ul": Decimal(1),
        "ug/ul": Decimal(1000),
        "pg/ml": Decimal("0.000001"),
        "ng/ml": Decimal("0.001"),
        "ug/ml": Decimal(1),
        "mg/ml": Decimal(1000),
        "mg/l": Decimal(1),
        "g/l": Decimal(1000),
    },
    "rin": {},
}
UNIT_WORDS: Mapping[str, str] = {"volume": "uL", "conc": "ng/uL", "rin": ""}
_UNIT_EXAMPLES: Mapping[str, str] = {
    "volume": "nL, uL or mL",
    "conc": "pg/uL, ng/uL, ug/uL, ng/mL or ug/mL",
}
_MICRO = str.maketrans({"µ": "u", "μ": "u"})


class Unreadable(ValueError):
    """Something typed that says nothing certain; its text is what to write instead."""


def key_of(word: str) -> str | None:
    """Return the key that a word means, None where there is none."""
    low = word.casefold()
    return low if low in KEYS else ALIASES.get(low)


def choice_of(key: str, typed: str) -> str:
    """Return the value of a closed vocabulary that was typed, in any capitals.

    Raises:
        Unreadable: naming the values that there are.
    """
    known = {_folded(each.value): each.value for each in CHOICES[key][1]}
    found = known.get(_folded(typed)) or _OTHER_WORDS[key].get(_folded(typed))
    if found is None:
        raise Unreadable(f"{key} has no value “{typed}”. Write one of {', '.join(known.values())}.")
    return found


def hold_of(typed: str) -> str:
    """Return yes, no or a kind of hold. Raises Unreadable like `choice_of`."""
    known = {_folded(each.value): each.value for each in HoldKind} | {each: each for each in FLAGS}
    found = known.get(_folded(typed))
    if found is None:
        raise Unreadable(f"hold has no value “{typed}”. Write yes, no or one of {_kinds()}.")
    return found


def is_unit(key: str, word: str) -> bool:
    """Say whether a word is a unit of an amount."""
    return _folded_unit(word) in UNITS[key]


def in_base_unit(key: str, number: str, unit: str) -> Decimal:
    """Return an amount in the unit of its column; without a unit it is in that unit already.

    Raises:
        Unreadable: no number, or a unit that is none of this amount.
    """
    if not re.fullmatch(r"\d{1,12}(\.\d{1,12})?", number):
        raise Unreadable(f"“{number}” is not a number. Write it as 12.5, with a point.")
    if not unit:
        return Decimal(number)
    factor = UNITS[key].get(_folded_unit(unit))
    if factor is None:
        raise Unreadable(_unit_sentence(key, unit))
    return Decimal(number) * factor


def plain(number: Decimal) -> str:
    """Return a number without exponent and without zeros that say nothing."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _unit_sentence(key: str, unit: str) -> str:
    if key not in _UNIT_EXAMPLES:
        return f"{key} has no unit, and “{unit}” follows it. Leave it out."
    if key == "conc" and re.fullmatch(r"[pnu]?m", _folded_unit(unit)):
        return "A molarity says no mass without the fragment size. Write ng/uL."
    return f"“{unit}” is no unit of {key} that is known here. Write {_UNIT_EXAMPLES[key]}."


def _folded(word: str) -> str:
    low = word.strip().casefold().replace("°", "").replace("−", "-")
    return re.sub(r"[\s_]+", "-", low)


def _folded_unit(unit: str) -> str:
    return unit.translate(_MICRO).casefold()


def _kinds() -> str:
    return ", ".join(each.value for each in HoldKind)
