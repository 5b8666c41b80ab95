"""Content as the form's fields hold it: texts out of content, and content's values out of texts."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from backend.sequencing.ids import ClockStart, I5Orientation
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.reference.content import (
    CONTENT,
    Content,
    IndexKitContent,
    KitWell,
)
from backend.sequencing.reference.errors import ReferenceRefused
from backend.sequencing.reference.ids import MixingClass, ReferenceKind
from backend.sequencing.reference.kit_reading import KitTable, wells_of
from backend.sequencing.reference.umi_lines import umis_in
from backend.sequencing.reference.words import DARK, line
from backend.templates.reading.values import Severity

CHOICES: Mapping[str, type[StrEnum]] = {
    "detection": Chemistry,
    "i5_orientation": I5Orientation,
    "mixing": MixingClass,
    "clock_start": ClockStart,
}
MAY_BE_EMPTY = frozenset({"clock_start"})
"""Choices of which none is one, too."""
REFERENCES: Mapping[str, ReferenceKind] = {
    "chemistry": ReferenceKind.CHEMISTRY,
    "platform": ReferenceKind.PLATFORM,
    "flow_cell": ReferenceKind.FLOW_CELL,
}
YES_NO = frozenset({"is_patterned", "single_with_dual", "unequal_indexes", "fill_booked_runs"})
WORDS = frozenset(
    {
        "maker",
        "run_prefix",
        "sheet_name",
        "note",
        "library_type",
        "thresholds",
        "adapter_read1",
        "adapter_read2",
    }
)
_HEADING = "well\tname\ti7\ti5"
_CONFIGURATION = re.compile(r"^(.+?):\s*(\d+)\s*(?:\+\s*(\d+))?$")
_CHANNEL = re.compile(r"^(.+?):\s*(\w+)$")
_LIGHT = re.compile(r"^([A-Za-z]):\s*(.*)$")
_SETTING = re.compile(r"^(\w+)\s*[:,=]\s*(.+)$")
_BASES = re.compile(r"^[ACGTacgt]{4,24}$")


def texts(content: Content) -> dict[str, str]:
    """Return the content as its form shows it, by field."""
    return {name: _text(getattr(content, name)) for name in type(content).model_fields}


def blank(kind: ReferenceKind) -> dict[str, str]:
    """Return the fields of an entry that nobody has written yet."""
    return {
        name: "" if field.is_required() else _text(field.default)
        for name, field in CONTENT[kind].model_fields.items()
    }


def given(values: Mapping[str, str | None]) -> dict[str, object]:
    """Return what was typed as the content's values; what was left empty is left out.

    Raises:
        ReferenceRefused: a line that cannot be read, with its number.
    """
    found: dict[str, object] = {}
    for name, value in values.items():
        text = (value or "").strip()
        if not text:
            continue
        if name in _READ:
            found[name] = _READ[name](text)
        elif name in YES_NO:
            found[name] = text == "yes"
        elif name in WORDS or name in CHOICES or name in REFERENCES:
            found[name] = text
        else:
            found[name] = text.replace(",", ".")
    return found


def _text(value: object) -> str:
    match value:
        case None | ():
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value.normalize():f}"
        case tuple() if isinstance(value[0], KitWell):
            rows = [f"{each.well or ''}\t{each.name}\t{each.i7}\t{each.i5 or ''}" for each in value]
            return "\n".join([_HEADING, *rows])
        case tuple():
            return "\n".join(map(line, value))
        case _:
            return str(value)


def _configurations(text: str) -> list[dict[str, object]]:
    return [
        {"name": match[1], "read1_cycles": match[2], "read2_cycles": match[3] or "0"}
        for match in _matches("configurations", text, _CONFIGURATION, "2 × 151: 151 + 151")
    ]


def _channels(text: str) -> list[dict[str, object]]:
    return [
        {"name": match[1], "when_dark": match[2].casefold()}
        for match in _matches("channels", text, _CHANNEL, "red: warning")
    ]


def _lights(text: str) -> list[dict[str, object]]:
    return [
        {"base": match[1].upper(), "channels": _lit(match[2])}
        for match in _matches("lights", text, _LIGHT, "A: red + green, or G: dark")
    ]


def _umis(text: str) -> list[dict[str, object]]:
    return umis_in(text.splitlines())


def _settings(text: str) -> list[dict[str, object]]:
    return [
        {"key": match[1], "value": match[2]}
        for match in _matches("sheet_settings", text, _SETTING, "NoLaneSplitting: true")
    ]


def _matches(field: str, text: str, form: re.Pattern[str], example: str) -> Iterator[re.Match[str]]:
    for number, written in enumerate(text.splitlines(), 1):
        if not written.strip():
            continue
        match = form.match(written.strip())
        if match is None:
            said = f"Line {number} cannot be read. Write it like {example}."
            raise ReferenceRefused({field: said})
        yield match


def _lit(written: str) -> list[str]:
    names = [each.strip() for each in written.split("+") if each.strip()]
    return [] if names == [DARK] else names


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.replace(",", "\n").splitlines() if code.strip()]


def _wells(text: str) -> list[dict[str, object]]:
    """Read pasted rows; without a heading row the columns are well, name, i7 and i5."""
    separator = "\t" if "\t" in text else ";" if ";" in text else ","
    rows = [line.split(separator) for line in text.splitlines()]
    bases = [place for place, cell in enumerate(rows[0]) if _BASES.match(cell.strip())]
    headless = bool(bases)
    if headless:
        # Before the first index stands the name, and before that the well.
        rows.insert(0, [*["well", "name"][max(0, 2 - bases[0]) :], "i7", "i5"])
    wells, findings = wells_of([KitTable("", rows)])
    errors = [
        f"Line {each.line - headless}: {each.message}" if each.line else each.message
        for each in findings
        if each.severity is Severity.ERROR
    ]
    if errors or not wells:
        raise ReferenceRefused({"wells": " ".join(errors[:3]) or "Write at least one index pair."})
    return [each.model_dump() for each in IndexKitContent(maker="-", wells=tuple(wells)).wells]


_READ: Mapping[str, Callable[[str], Sequence[object]]] = {
    "channels": _channels,
    "lights": _lights,
    "configurations": _configurations,
    "projects_apart": _codes,
    "sheet_settings": _settings,
    "umis": _umis,
    "wells": _wells,
}
"""Fields of several lines, with what reads them."""
LINES = frozenset(_READ)
