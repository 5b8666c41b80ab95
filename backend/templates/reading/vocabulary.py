"""Closed lists a cell is read against: sample types, storage zones, sex, priority.

Words are folded (small letters); what they stand for is the laboratory's vocabulary.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from rapidfuzz import fuzz, process

from backend.samples.ids import MaterialType, Priority, TemperatureClass

Listed = TypeVar("Listed", bound=str)

MATERIAL_LABELS: dict[MaterialType, str] = {
    MaterialType.BLOOD: "Blood",
    MaterialType.PLASMA: "Plasma",
    MaterialType.SERUM: "Serum",
    MaterialType.SALIVA: "Saliva",
    MaterialType.URINE: "Urine",
    MaterialType.TISSUE: "Tissue",
    MaterialType.CELLS: "Cells",
    MaterialType.GDNA: "gDNA",
    MaterialType.CFDNA: "cfDNA",
    MaterialType.RNA: "RNA",
    MaterialType.CDNA: "cDNA",
    MaterialType.LIBRARY: "Library",
    MaterialType.POOL: "Pool",
    MaterialType.OTHER: "Other",
}
_MATERIAL_WORDS: dict[MaterialType, tuple[str, ...]] = {
    MaterialType.BLOOD: ("whole blood", "peripheral blood", "edta blood"),
    MaterialType.PLASMA: ("blood plasma", "edta plasma"),
    MaterialType.SERUM: ("blood serum",),
    MaterialType.SALIVA: ("oral fluid",),
    MaterialType.TISSUE: (
        "tumor tissue",
        "tumour tissue",
        "normal tissue",
        "adjacent normal tissue",
        "frozen tissue",
        "tumor",
        "tumour",
        "biopsy",
        "ffpe",
        "ffpe tissue",
    ),
    MaterialType.CELLS: ("cell line", "cell pellet", "pbmc"),
    MaterialType.GDNA: ("genomic dna", "genomic", "dna", "whole genome amplified"),
    MaterialType.CFDNA: ("cell-free dna", "cell free dna", "ctdna"),
    MaterialType.RNA: ("total rna", "mrna"),
    MaterialType.LIBRARY: ("sequencing library", "ngs library", "dna library"),
    MaterialType.POOL: ("library pool", "pooled library"),
}
ZONE_LABELS: dict[TemperatureClass, str] = {
    TemperatureClass.LN2_VAPOUR: "LN2 vapour",
    TemperatureClass.MINUS_80: "−80 °C",
    TemperatureClass.MINUS_40: "−40 °C",
    TemperatureClass.MINUS_20: "−20 °C",
    TemperatureClass.PLUS_4: "4 °C",
    TemperatureClass.ROOM: "Room temp.",
    TemperatureClass.PLUS_37: "37 °C",
}
_ZONE_WORDS = {
    "rt": TemperatureClass.ROOM,
    "room": TemperatureClass.ROOM,
    "room temp": TemperatureClass.ROOM,
    "room temp.": TemperatureClass.ROOM,
    "room temperature": TemperatureClass.ROOM,
    "ambient": TemperatureClass.ROOM,
    "fridge": TemperatureClass.PLUS_4,
    "refrigerator": TemperatureClass.PLUS_4,
    "liquid nitrogen": TemperatureClass.LN2_VAPOUR,
    "ln2": TemperatureClass.LN2_VAPOUR,
    "ln2 vapour": TemperatureClass.LN2_VAPOUR,
}
# A figure belongs to a zone when it lies in the zone's band. SPREC's long-term storage bands
# (−85…−60, −35…−18, below −135) widened by a few degrees, and the usual refrigerator and room.
_BANDS = (
    (-200.0, -135.0, TemperatureClass.LN2_VAPOUR),
    (-90.0, -60.0, TemperatureClass.MINUS_80),
    (-50.0, -36.0, TemperatureClass.MINUS_40),
    (-35.0, -15.0, TemperatureClass.MINUS_20),
    (2.0, 8.0, TemperatureClass.PLUS_4),
    (15.0, 25.0, TemperatureClass.ROOM),
    (36.0, 38.0, TemperatureClass.PLUS_37),
)
SEXES = {
    "m": "Male",
    "male": "Male",
    "f": "Female",
    "female": "Female",
    "u": "Unknown",
    "unknown": "Unknown",
    "mixed": "Mixed",
}
PRIORITY_LABELS = {Priority.LOW: "Low", Priority.NORMAL: "Normal", Priority.HIGH: "High"}
PRIORITIES = {
    "low": Priority.LOW,
    "normal": Priority.NORMAL,
    "medium": Priority.NORMAL,
    "routine": Priority.NORMAL,
    "high": Priority.HIGH,
    "urgent": Priority.HIGH,
    "rush": Priority.HIGH,
    "stat": Priority.HIGH,
}
# Words that stand where a sample name should: the well or tube is empty on purpose.
BLANK_WORDS = frozenset({"blank", "empty", "water", "none", "h2o", "ntc", "no template"})
# Words that say "nothing here"; the cell counts as empty.
PLACEHOLDERS = frozenset({"n/a", "na", "-", "--", "n.a.", "none", "null", "nil", "?"})

_TEMPERATURE = re.compile(
    r"(?<![\w.])([-+]?\d{1,3}(?:\.\d)?)\s*(?:°|º|deg(?:rees)?)?\s*[cC]?(?![\w.])"
)
_LETTER = re.compile(r"[^\W\d_]")
_MATERIALS: dict[str, MaterialType] = {
    word: material
    for material, label in MATERIAL_LABELS.items()
    for word in (label.lower(), *_MATERIAL_WORDS.get(material, ()))
}


def find_material(text: str) -> MaterialType | None:
    """Return the sample type a text means, or None if the word is not known."""
    return _MATERIALS.get(" ".join(text.lower().replace("_", " ").split()))


def suggest_material(text: str) -> MaterialType | None:
    """Return the sample type whose word is most like the text, or None."""
    return nearest(text, _MATERIALS)


def temperatures_in(text: str) -> list[float]:
    """Return the temperatures a text names, in °C, in order.

    Among words a figure says so by a sign or a unit: “Freezer 4” and “Shelf 20” are places.
    """
    found = list(_TEMPERATURE.finditer(text))
    if _LETTER.search(text) and all(each[0].strip().isdigit() for each in found):
        return []
    return [float(each[1]) for each in found]


def find_zone(text: str) -> TemperatureClass | None:
    """Return the storage zone a text means, or None when it names none or more than one."""
    folded = " ".join(text.lower().split())
    if folded in _ZONE_WORDS:
        return _ZONE_WORDS[folded]
    figures = temperatures_in(text)
    if figures:
        zones = {zone_of(figure) for figure in figures}
    else:
        zones = {zone for word, zone in _ZONE_WORDS.items() if len(word) > 3 and word in folded}  # noqa: PLR2004 short words hide in others
    return zones.pop() if len(zones) == 1 else None


def zone_of(temperature_c: float) -> TemperatureClass | None:
    """Return the zone whose band holds a temperature."""
    return next((zone for low, high, zone in _BANDS if low <= temperature_c <= high), None)


def nearest(text: str, words: Mapping[str, Listed]) -> Listed | None:
    """Return the value whose word is most like the text (at least 80 of 100), or None."""
    best = process.extractOne(text.lower(), list(words), scorer=fuzz.ratio, score_cutoff=80)
    return words[best[0]] if best else None
