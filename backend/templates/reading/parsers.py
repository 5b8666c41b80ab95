"""One cell's text to a value, or to a problem that says what to write instead.

Every parser takes cleaned, non-empty text and never raises.
"""

import re
from collections.abc import Callable, Sequence

from backend.core import barcodes
from backend.samples.rules import BARCODE, INDEX_SEQUENCE
from backend.templates.reading import dates, vocabulary
from backend.templates.reading.amounts import (
    parse_concentration,
    parse_number,
    parse_percent,
    parse_volume,
)
from backend.templates.reading.date_slips import MONTH, made_a_date
from backend.templates.reading.fields import FieldSpec, Kind
from backend.templates.reading.parsing import Context, Parsed, error, warning
from backend.templates.reading.values import Severity

_LONGEST_PLACEHOLDER = max(map(len, vocabulary.PLACEHOLDERS))
_LONGEST_CODE = 64
_DIGITS_KEPT = 15  # of a number, by a spreadsheet
_LONGEST_TAXON = 8
_MOST_POSITIONS = 384
_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?[eE]\+?\d{1,3}$")
_EXCEL_ERROR = re.compile(r"^#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)", re.IGNORECASE)
_WELL = re.compile(r"^([A-Za-z]{1,2})0*([1-9]\d?)$")
_WELL_TURNED = re.compile(r"^0*([1-9]\d?)([A-Za-z]{1,2})$")
# Begins with a letter, so that no spreadsheet took it for a figure, and not as Sep-09 does.
_PLAIN_CODE = re.compile(
    rf"(?!{MONTH}-)[a-z][ -~]{{0,{_LONGEST_CODE - 1}}}\Z", re.IGNORECASE | re.ASCII
)


def parse(spec: FieldSpec, text: str, context: Context) -> Parsed:
    """Return (value, problem). With an error the value is None; with a warning it stands."""
    if text[0] == "#" and _EXCEL_ERROR.match(text):
        return None, error(
            "excel_error",
            f"{context.label} holds the spreadsheet error {text}. "
            "Open the file, repair the formula, or write the value here.",
        )
    if context.unit_problem is not None:
        return None, context.unit_problem
    if len(text) <= _LONGEST_PLACEHOLDER and text.lower() in vocabulary.PLACEHOLDERS:
        return None, None
    return _PARSERS[spec.kind](text, context)


def stand_as_written(spec: FieldSpec, texts: Sequence[str], context: Context) -> bool:
    """Tell whether each text is a code that `parse` returns as it is, without a problem.

    False is no verdict: then each is to be parsed. Looking through them takes a tenth of parsing.
    """
    return (
        spec.kind is Kind.CODE
        and context.unit_problem is None
        and vocabulary.PLACEHOLDERS.isdisjoint(map(str.lower, texts))
        and all(map(_PLAIN_CODE.match, texts))
    )


def parse_code(text: str, context: Context) -> Parsed:
    """An identifier: kept letter by letter, refused where a spreadsheet has changed it."""
    if text[0].isdigit() and _SCIENTIFIC.match(text):
        return None, error(
            "digits_lost",
            f"{context.label} “{text}” is a rounded number: the spreadsheet dropped digits. "
            "Format the column as text, type the whole code, and send the file again.",
        )
    if len(text) > _LONGEST_CODE:
        return None, error(
            "code_too_long",
            f"{context.label} has {len(text)} characters. Use {_LONGEST_CODE} or fewer.",
        )
    if not text.isprintable():
        return None, error(
            "code_unprintable",
            f"{context.label} holds characters that cannot be printed on a label. Type it again.",
        )
    changed = made_a_date(text, context.label)
    if changed is not None:
        return (None if changed.severity is Severity.ERROR else text), changed
    if len(text) > _DIGITS_KEPT and text.isdigit() and text.endswith("000"):
        return text, warning(
            "digits_lost",
            f"{context.label} “{text}” may be cut: spreadsheets keep 15 digits. "
            "Compare it with the tube.",
        )
    return text, None


def parse_barcode(text: str, context: Context) -> Parsed:
    """A barcode in capitals, as a scanner reads it."""
    code, problem = parse_code(text, context)
    if code is None:
        return None, problem
    tidy = barcodes.tidy(text)
    if not BARCODE.match(tidy):
        return None, error(
            "barcode_unreadable",
            f"{context.label} “{text}” must be 3 to 64 letters, digits, hyphens, dots or "
            "underscores, without spaces.",
        )
    return tidy, problem


def parse_text(text: str, context: Context) -> Parsed:
    """Free text, as written."""
    if len(text) > context.longest:
        return None, error(
            "text_too_long",
            f"{context.label} has {len(text):,} characters. Use {context.longest:,} or fewer.",
        )
    return text, None


def parse_date(text: str, context: Context) -> Parsed:
    """A day, today or earlier; an order of day and month that could be either is refused."""
    return dates.read_date(
        text,
        label=context.label,
        today=context.today,
        day_first=context.day_first,
        partial=context.partial_dates,
    )


def parse_material(text: str, context: Context) -> Parsed:
    """A sample type of the laboratory's list."""
    known = vocabulary.find_material(text)
    if known is not None:
        return known, None
    near = vocabulary.suggest_material(text)
    label = vocabulary.MATERIAL_LABELS[near] if near else None
    choice = f"Use {label}, or choose another type." if label else "Choose a sample type."
    return None, error(
        "type_unknown", f"{context.label} “{text}” is not known. {choice}", label, label
    )


def parse_zone(text: str, context: Context) -> Parsed:
    """A storage zone, by temperature or by name."""
    known = vocabulary.find_zone(text)
    if known is not None:
        return known, None
    if len(vocabulary.temperatures_in(text)) > 1:
        return _long_term_zone(text, context)
    offered = ", ".join(vocabulary.ZONE_LABELS.values())
    return None, error(
        "zone_unknown", f"{context.label} “{text}” is no storage zone. Choose one of {offered}."
    )


def _long_term_zone(text: str, context: Context) -> Parsed:
    for part in re.split(r"[,;]", text):
        if "long" in part.lower():
            zone = vocabulary.find_zone(part)
            if zone is not None:
                return zone, warning(
                    "zone_two_named",
                    f"{context.label} names more than one temperature (“{text}”). "
                    f"The long-term one was taken: {vocabulary.ZONE_LABELS[zone]}.",
                )
    return None, error(
        "zone_two_named", f"{context.label} “{text}” names more than one temperature. Choose one."
    )


def parse_position(text: str, context: Context) -> Parsed:
    """A place in a box or plate as letter and number, without leading zeros: ``A01`` is A1."""
    match = _WELL.match(text)
    if match:
        return f"{match.group(1).upper()}{match.group(2)}", None
    turned = _WELL_TURNED.match(text)
    if turned:
        return f"{turned.group(2).upper()}{turned.group(1)}", None
    if text.isdecimal() and 0 < int(text[:4]) <= _MOST_POSITIONS and len(text) < 4:  # noqa: PLR2004 three digits
        return str(int(text)), None
    return None, error(
        "position_unreadable",
        f"{context.label} “{text}” is no position. Write row and column, like A1 or H12.",
    )


def parse_index(text: str, context: Context) -> Parsed:
    """An index sequence in capital letters A, C, G, T, blanks inside removed."""
    sequence = re.sub(r"\s+", "", text).upper()
    if INDEX_SEQUENCE.match(sequence):
        return sequence, None
    wrong = sorted(set(sequence) - set("ACGT"))
    if not wrong:
        return None, error(
            "index_length", f"{context.label} has {len(sequence)} letters. It must have 4 to 40."
        )
    return None, error(
        "index_letters",
        f"{context.label} may hold only A, C, G and T. “{text}” holds {', '.join(wrong)}.",
    )


def parse_sex(text: str, context: Context) -> Parsed:
    """Male, Female, Mixed or Unknown."""
    known = vocabulary.SEXES.get(text.lower())
    if known is not None:
        return known, None
    near = vocabulary.nearest(text, vocabulary.SEXES)
    return None, error(
        "sex_unknown",
        f"{context.label} “{text}” is not known. Choose Male, Female, Mixed or Unknown.",
        near,
        near,
    )


def parse_priority(text: str, context: Context) -> Parsed:
    """Low, Normal or High."""
    known = vocabulary.PRIORITIES.get(text.lower())
    if known is not None:
        return known, None
    near = vocabulary.nearest(text, vocabulary.PRIORITIES)
    label = vocabulary.PRIORITY_LABELS[near] if near else None
    return None, error(
        "priority_unknown",
        f"{context.label} “{text}” is not known. Choose Low, Normal or High.",
        label,
        label,
    )


def parse_taxon(text: str, context: Context) -> Parsed:
    """An NCBI taxonomy number."""
    if text.isdecimal() and len(text) <= _LONGEST_TAXON:
        return text, None
    return None, error(
        "taxon_unreadable",
        f"{context.label} must be an NCBI taxonomy number, like 9606. You entered “{text}”.",
    )


_PARSERS: dict[Kind, Callable[[str, Context], Parsed]] = {
    Kind.BARCODE: parse_barcode,
    Kind.CODE: parse_code,
    Kind.TEXT: parse_text,
    Kind.DATE: parse_date,
    Kind.VOLUME: parse_volume,
    Kind.CONCENTRATION: parse_concentration,
    Kind.NUMBER: parse_number,
    Kind.PERCENT: parse_percent,
    Kind.TYPE: parse_material,
    Kind.ZONE: parse_zone,
    Kind.POSITION: parse_position,
    Kind.INDEX: parse_index,
    Kind.SEX: parse_sex,
    Kind.PRIORITY: parse_priority,
    Kind.TAXON: parse_taxon,
}
