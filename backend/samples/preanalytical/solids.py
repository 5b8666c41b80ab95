"""A SPREC 2.0 code of a solid sample from what was recorded. Pure; tables of data and a derivation.

Sources, beside D and L of `tables`. S: sistemi-cloud-2022/sprecsample-db, the tables of a SPREC
service. B: AberystwythSystemsBiology/limbus, the choices of a biobank's system, which name the
types, fixations and long-term storages. A letter is derived only where two of them agree. So these
are not: the collection by fine needle (L says ASN, S says FNA), 48 to 72 h after death (L says 72,
S says A72), and bone, nails and teeth (in one source that is none of these). A fixation of more
than 72 h has no letter of its own: it is other, as the table has it for all that it does not list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from backend.samples.preanalytical.rules import (
    Element,
    Sprec,
    duration_said,
    is_letter,
    named,
    storage,
    unknown,
)
from backend.samples.preanalytical.tables import (
    NONE,
    NOT_DERIVED,
    OTHER,
    Vessel,
)

ELEMENTS = (
    "Type of sample",
    "Type of collection",
    "Warm ischaemia",
    "Cold ischaemia",
    "Fixation",
    "Fixation time",
    "Long-term storage",
)

# L and B.
SPECIMENS: Mapping[str, str] = MappingProxyType(
    {
        "TIS": "Solid tissue",
        "TCM": "Disrupted tissue, non-viable",
        "CEN": "Fresh cells, not of blood",
        "CLN": "Cells not of blood, viable",
        "PEN": "Cells not of blood, non-viable",
        "FNA": "Cells of a fine needle aspirate",
        "LCM": "Cells of laser capture microdissected tissue",
        "HAR": "Hair",
        "PLC": "Placenta",
        "ZZZ": "Other",
    }
)

# L and S.
COLLECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "SRG": "Surgical excision",
        "SCM": "Surgical excision in culture media",
        "SSL": "Surgical excision in saline or PBS",
        "STM": "Surgical excision in cold transport media",
        "VAC": "Surgical excision in a vacuum container",
        "BPS": "Biopsy",
        "BCM": "Biopsy in culture media",
        "BSL": "Biopsy in saline or PBS",
        "BTM": "Biopsy in cold transport media",
        "PUN": "Punction",
        "SWB": "Swab",
        "A06": "Autopsy, under 6 h after death",
        "A12": "Autopsy, 6 to 12 h after death",
        "A24": "Autopsy, 12 to 24 h after death",
        "A48": "Autopsy, 24 to 48 h after death",
        "ZZZ": "Other",
    }
)
BIOPSIES = frozenset({"BPS", "BCM", "BSL", "BTM"})
"""Of these the warm ischaemia is not applicable (S; L has the letter N, too)."""

# L, S and B; D names SNP, NBF, RNL, PXT and OCT.
FIXATIONS: Mapping[str, str] = MappingProxyType(
    {
        "SNP": "Snap freezing",
        "NBF": "Neutral buffered formalin",
        "FOR": "Non-buffered formalin",
        "RNL": "RNAlater",
        "PXT": "PAXgene tissue",
        "OCT": "Optimum cutting temperature medium",
        "ALD": "Aldehyde-based",
        "ETH": "Alcohol-based",
        "ALL": "Allprotect tissue reagent",
        "HST": "Heat stabilisation",
        "ACA": "Non-aldehyde with acetic acid",
        "NAA": "Non-aldehyde without acetic acid",
        "XXX": "Unknown",
        "ZZZ": "Other",
    }
)
AT_ONCE = frozenset({"SNP"})
"""Frozen, not steeped: it has no duration, and the time of fixation is not applicable."""


@dataclass(frozen=True, slots=True)
class Band:
    """Durations below ``end`` and not below the band before; None has no end."""

    end: timedelta | None
    name: str
    letter: str


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


# D, L and S.
ISCHAEMIA: Sequence[Band] = (
    Band(_minutes(2), "under 2 min", "A"),
    Band(_minutes(10), "2 to 10 min", "B"),
    Band(_minutes(20), "10 to 20 min", "C"),
    Band(_minutes(30), "20 to 30 min", "D"),
    Band(_minutes(60), "30 to 60 min", "E"),
    Band(None, "60 min and more", "F"),
)
# L and S; D has the first and the last.
FIXATION_TIME: Sequence[Band] = (
    Band(_minutes(15), "under 15 min", "A"),
    Band(_minutes(60), "15 min to 1 h", "B"),
    Band(_minutes(4 * 60), "1 to 4 h", "C"),
    Band(_minutes(8 * 60), "4 to 8 h", "D"),
    Band(_minutes(24 * 60), "8 to 24 h", "E"),
    Band(_minutes(48 * 60), "24 to 48 h", "F"),
    Band(_minutes(72 * 60), "48 to 72 h", "G"),
    Band(None, "over 72 h, which has no letter of its own", OTHER),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SolidRecord:
    """What was written down about a solid sample; None is what nobody wrote down."""

    specimen: str | None = None
    collection: str | None = None
    ischaemic_at: datetime | None = None
    """When its supply of blood was cut."""
    collected_at: datetime | None = None
    """When it was out of the body."""
    fixation: str | None = None
    fixed_at: datetime | None = None
    """When the fixation or freezing began."""
    fixed_until: datetime | None = None
    stored_at: datetime | None = None
    storage_c: Decimal | None = None
    vessel: Vessel | None = None


def derive_solid(record: SolidRecord) -> Sprec:
    """Return the code of a solid sample: each element with what it rests on."""
    return Sprec(
        elements=(
            named(ELEMENTS[0], record.specimen, SPECIMENS, otherwise=None),
            named(ELEMENTS[1], record.collection, COLLECTIONS, otherwise=None),
            _warm(record),
            _between(
                ELEMENTS[3],
                ("Collected", record.collected_at),
                ("fixed", record.fixed_at),
                ISCHAEMIA,
            ),
            named(ELEMENTS[4], record.fixation, FIXATIONS, otherwise="XXX"),
            _fixation_time(record),
            storage(ELEMENTS[6], record.storage_c, record.vessel),
        )
    )


def parse_solid(text: str) -> tuple[str, ...] | None:
    """Return the seven elements of a whole code of a solid sample, None where it is none."""
    codes = tuple(text.strip().upper().split("-"))
    if len(codes) != len(ELEMENTS):
        return None
    is_known = codes[0] in SPECIMENS and codes[1] in COLLECTIONS and codes[4] in FIXATIONS
    return codes if is_known and all(is_letter(codes[place]) for place in (2, 3, 5, 6)) else None


def _warm(record: SolidRecord) -> Element:
    if record.collection in BIOPSIES:
        return Element(
            name=ELEMENTS[2],
            code=NONE,
            meaning="Not applicable",
            inputs=COLLECTIONS[record.collection or ""],
            rule="Of a biopsy it is not applicable: N",
        )
    return _between(
        ELEMENTS[2],
        ("Supply of blood cut", record.ischaemic_at),
        ("collected", record.collected_at),
        ISCHAEMIA,
    )


def _fixation_time(record: SolidRecord) -> Element:
    if record.fixation in AT_ONCE:
        return Element(
            name=ELEMENTS[5],
            code=NONE,
            meaning="Not applicable",
            inputs=FIXATIONS[record.fixation or ""],
            rule="What is frozen at once is not steeped: not applicable is N",
        )
    return _between(
        ELEMENTS[5],
        ("Fixation begun", record.fixed_at),
        ("ended", record.fixed_until),
        FIXATION_TIME,
    )


def _between(
    name: str,
    start: tuple[str, datetime | None],
    end: tuple[str, datetime | None],
    bands: Sequence[Band],
) -> Element:
    (began, since), (ended, until) = start, end
    if since is None or until is None:
        return unknown(name, f"Time of “{began.lower()}” or “{ended}” is not recorded")
    took = until - since
    inputs = f"{began} to {ended}: {duration_said(took)}"
    if took < timedelta(0):
        rule = f"It cannot be {ended} before that: check both times."
        return Element(name=name, code=NOT_DERIVED, meaning="Not derived", inputs=inputs, rule=rule)
    band = next(band for band in bands if band.end is None or took < band.end)
    return Element(name=name, code=band.letter, meaning=band.name, inputs=inputs, rule=band.name)
