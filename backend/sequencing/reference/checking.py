"""Content as it was sent, checked field by field, with a sentence for each that is wrong."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backend.sequencing.reference.content import CONTENT, Content
from backend.sequencing.reference.errors import ReferenceRefused
from backend.sequencing.reference.ids import ReferenceKind
from backend.sequencing.reference.words import FIELDS


def checked(kind: ReferenceKind, given: Mapping[str, object] | Content) -> Content:
    """Return the content of a kind.

    Raises:
        ReferenceRefused: a sentence for each field that is missing, unknown or wrong.
    """
    sent = given.model_dump() if isinstance(given, Content) else given
    try:
        return CONTENT[kind].model_validate(sent)
    except ValidationError as error:
        fields: dict[str, str] = {}
        for each in error.errors(include_url=False):
            fields.setdefault(_field(kind, each["loc"]), _sentence(kind, each))
        raise ReferenceRefused(fields) from error


def _field(kind: ReferenceKind, place: Sequence[int | str]) -> str:
    """Return the field that an error is about; of the content as a whole, its longest one."""
    if place:
        return str(place[0])
    return "lights" if kind is ReferenceKind.CHEMISTRY else "wells"


def _sentence(kind: ReferenceKind, error: ErrorDetails) -> str:
    place, limits = error["loc"], error.get("ctx", {})
    if error["type"] == "value_error":
        return str(limits["error"])
    field = _field(kind, place)
    words = FIELDS.get(field)
    row = f", row {place[1] + 1}" if len(place) > 1 and isinstance(place[1], int) else ""
    label = f"{words.label if words else field}{row}"
    told = _TOLD.get(error["type"], "“{seen}” does not fit. Check it.")
    return f"{label}: {told.format(seen=str(error['input'])[:40], **limits)}"


_NO_NUMBER = "“{seen}” is no number that fits. Give digits."
_MISWRITTEN = "“{seen}” cannot stand there. Check how it is written."
_TOLD: Mapping[str, str] = MappingProxyType(
    {
        "missing": "fill it in.",
        "extra_forbidden": "there is no such field of this kind. Leave it out.",
        "greater_than": "{seen} is too little; give more than {gt}.",
        "greater_than_equal": "{seen} is too little; give at least {ge}.",
        "less_than": "{seen} is too much; give less than {lt}.",
        "less_than_equal": "{seen} is too much; give at most {le}.",
        "enum": "“{seen}” is no choice. Choose one of {expected}.",
        "string_pattern_mismatch": _MISWRITTEN,
        "string_too_short": "fill it in.",
        "string_too_long": "it is too long; at most {max_length} letters.",
        "decimal_max_places": "{seen} has too many decimals; at most {decimal_places}.",
        "too_short": "fill it in.",
        "too_long": "there are too many; at most {max_length}.",
        "decimal_parsing": _NO_NUMBER,
        "decimal_type": _NO_NUMBER,
        "int_parsing": _NO_NUMBER,
        "int_type": _NO_NUMBER,
        "bool_parsing": "“{seen}” is neither yes nor no.",
        "bool_type": "“{seen}” is neither yes nor no.",
        "int_from_float": "{seen} is no whole number.",
    }
)
