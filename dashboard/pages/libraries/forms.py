"""What people type on the Libraries pages, as the services' input; and refusals by field."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar
from uuid import UUID

from pydantic import ValidationError

from backend.core.errors import AppError, InvalidInput
from backend.sequencing.pooling.molarity import QPCR_STANDARD_BP
from backend.sequencing.preparation.qpcr import QpcrTerms
from backend.sequencing.preparation.schemas import LotIn, ProtocolIn, WorksheetIn
from dashboard.pages.libraries import ids
from dashboard.pages.libraries.bench_forms import NEXT_FREE

Made = TypeVar("Made")
_MOST_DILUTED, _SHORTEST_BP, _LONGEST_BP = 10_000_000, 50, 5_000

NEW_FIELDS: Mapping[str, tuple[str, str]] = {
    "protocol_id": (ids.NEW_PROTOCOL, "Choose a protocol."),
    "shape": (ids.NEW_SHAPE, "Choose a plate."),
    "barcodes": (ids.NEW_SAMPLES, "Give at most 96 barcodes, one on each line."),
    "first_column": (ids.NEW_COLUMN, "Choose a column of the kit."),
    "lot_ids": (ids.NEW_LOTS, "Choose at most 30 lots."),
    "notes": (ids.NEW_NOTES, "Notes must be 1,000 characters or fewer."),
}
LOT_FIELDS: Mapping[str, tuple[str, str]] = {
    "kit": (ids.LOT_KIT, "Write the name of the kit."),
    "catalogue_number": (ids.LOT_CATALOGUE, "Write the catalogue number."),
    "lot": (ids.LOT_NUMBER, "Write the lot, as the box has it."),
    "expires_on": (ids.LOT_EXPIRES, "Give the day on which it expires."),
    "received_on": (ids.LOT_RECEIVED, "Give the day on which it was received."),
    "opened_on": (ids.LOT_OPENED, "Give a day, or leave it empty."),
    "reactions": (ids.LOT_REACTIONS, "Give the number of reactions, 1 or more."),
}
COUNT_FIELDS: Mapping[str, tuple[str, str]] = {
    "lot_id": (ids.COUNT_LOT, "Choose a lot."),
    "reactions_left": (ids.COUNT_LEFT, "Give the number of reactions, 0 or more."),
    "reason": (ids.COUNT_REASON, "Write what the count rests on."),
}
_NUMBER = "It must be a number above 0."
_PROTOCOL_SENTENCES = {
    "name": "Write a name.",
    "kit_key": "Choose a kit from the list, or own pairs.",
    "assay": "Choose an assay from the list, or none.",
    "fragment_size_bp": "Fragment size must be 50 to 100,000 bp.",
    "no_template_controls": "Choose 0 to 8 no-template controls.",
    "positive_controls": "Choose 0 to 8 positive controls.",
    "reagents": "Write a kit on each line, 30 at most.",
    "notes": "Notes must be 2,000 characters or fewer.",
}
PROTOCOL_FIELDS: Mapping[str, tuple[str, str]] = {
    name: (ids.protocol(name), _PROTOCOL_SENTENCES.get(name, _NUMBER))
    for name in ProtocolIn.model_fields
    if name != "output_material"
}


def parse_new(**typed: Any) -> WorksheetIn:
    """Return the worksheet that was typed. Raises InvalidInput by the schema's field names."""
    given = {
        **typed,
        "barcodes": codes(typed["barcodes"]),
        "first_column": column(typed["first_column"]),
        "lot_ids": [UUID(key) for key in typed["lot_ids"] or ()],
        "notes": typed["notes"] or "",
    }
    return _checked(lambda: WorksheetIn.model_validate(given), NEW_FIELDS)


def parse_lot(**typed: Any) -> LotIn:
    """Return the lot that was typed. Raises as `parse_new`."""
    given = {name: value if value != "" else None for name, value in typed.items()}
    return _checked(lambda: LotIn.model_validate(given), LOT_FIELDS)


def parse_protocol(typed: Mapping[str, Any]) -> ProtocolIn:
    """Return the protocol that was typed; an empty field says nothing. Raises as `parse_new`."""
    given = {name: value for name, value in typed.items() if value not in (None, "")}
    given["reagents"] = codes(typed.get("reagents"))
    if given.get("kit_key") == ids.OWN_PAIRS:
        del given["kit_key"]
    if given.get("assay") == ids.NO_ASSAY:
        del given["assay"]
    return _checked(lambda: ProtocolIn.model_validate(given), PROTOCOL_FIELDS)


def qpcr_terms(dilution: object, standard_bp: object) -> QpcrTerms | None:
    """Return by what molarities of a qPCR are corrected; None where no dilution is written.

    Raises:
        InvalidInput: a dilution or length that cannot be.
    """
    if dilution in (None, ""):
        return None
    times, length = (_decimal(each) for each in (dilution, standard_bp or QPCR_STANDARD_BP))
    if times is None or not 1 <= times <= _MOST_DILUTED:
        raise InvalidInput("Write the dilution as a number of 1 or more: 10000 for 1 to 10,000.")
    if length is None or not _SHORTEST_BP <= length <= _LONGEST_BP:
        raise InvalidInput("The length of the standard must be 50 to 5,000 bp.")
    return QpcrTerms(dilution=times, standard_bp=length)


def codes(text: str | None) -> list[str]:
    """Return the lines of a text that say something."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def wells(text: str | None) -> list[str]:
    """Return the wells of a text, parted by commas or blanks."""
    return (text or "").replace(",", " ").replace(";", " ").split()


def column(chosen: str | None) -> int | None:
    """Return a column of the index kit, None for the next free one."""
    return None if chosen in {None, "", NEXT_FREE} else int(chosen or 0)


def by_field(
    refusal: AppError, fields: Mapping[str, tuple[str, str]], *, otherwise: str
) -> dict[str, str]:
    """Return a refusal's sentences by the id of the field they stand at."""
    found: dict[str, str] = {}
    for name, sentence in refusal.fields.items():
        field = fields.get(name, (otherwise, ""))[0]
        found[field] = f"{found[field]} {sentence}" if field in found else sentence
    return found or {otherwise: refusal.message}


def _decimal(typed: object) -> Decimal | None:
    try:
        number = Decimal(str(typed).strip().replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _checked(make: Callable[[], Made], fields: Mapping[str, tuple[str, str]]) -> Made:
    try:
        return make()
    except ValidationError as error:
        wrong = {
            str(each["loc"][0]) if each["loc"] else "opened_on": str(each["msg"])
            for each in error.errors()
        }
        sentences = {
            name: fields[name][1] if name in fields else said.removeprefix("Value error, ")
            for name, said in wrong.items()
        }
        raise InvalidInput("There is something to correct.", fields=sentences) from error
