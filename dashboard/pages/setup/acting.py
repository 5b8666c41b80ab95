"""What was typed into the forms of storage, and refusals beside the fields they are about."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from backend.core.errors import AppError, InvalidInput
from dashboard.components.form_field import error_summary

MINUS = "\N{MINUS SIGN}"


def whole(typed: object) -> int:
    """Return a whole number; what is none is 0, which no place has anything of."""
    text = str(typed or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def degrees(typed: str | None) -> float | None:
    """Return a temperature in °C as people write it, None when nothing is typed.

    Raises:
        InvalidInput: it is no number.
    """
    text = (typed or "").strip().replace(MINUS, "-").replace(",", ".").removesuffix("°C").strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        said = f"“{typed}” is no temperature. Write degrees Celsius, like {MINUS}80."
        raise InvalidInput(said, fields={"setpoint_c": said}) from error


def read_refusal(refusal: AppError | ValidationError, said: Mapping[str, str]) -> Mapping[str, str]:
    """Return a refusal by field; ``said`` has the sentence of each field that is typed wrongly."""
    if isinstance(refusal, ValidationError):
        names = [str(fault["loc"][0]) for fault in refusal.errors()]
        return {name: said.get(name, f"Check {name.replace('_', ' ')}.") for name in names}
    return refusal.fields or {"": refusal.message}


def problems(found: Mapping[str, str], fields: Mapping[str, str]) -> Any:
    """Draw sentences with links to their fields; one of no field stands at the first."""
    first = next(iter(fields.values()))
    return error_summary({fields.get(name, first): text for name, text in found.items()}).children
