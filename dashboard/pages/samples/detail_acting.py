"""What the dialogs of a sample's page share: acting, refusals, and what was typed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from dash import no_update
from pydantic import ValidationError

from backend.auth.views import Locked, Refused
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.samples import queries
from backend.samples.errors import DrawRefused, RegistrationRefused, TransitionRefused
from backend.samples.ids import SampleId
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.session import current_principal

Which = Mapping[str, str]
Done = str | Refused | Locked
"""What a toast says, or why the password that signs did not do."""
Act = Callable[[WriteSession, Principal, SampleId], Done]


def carried_out(  # noqa: PLR0917 -- one call a callback
    presses: int | None,
    which: Which,
    act: Act,
    dialog: str,
    field: str,
    cleared: Sequence[object],
) -> tuple[Any, ...]:
    """Act and close the dialog; a refusal stands in it, and what was chosen and typed stays.

    A password that does not do leaves the transaction whole, so that the try counts.
    """
    kept = [no_update] * len(cleared)
    if not presses:
        return (no_update, no_update, *kept)
    principal = current_principal()
    try:
        with writing() as session:
            key = queries.sample_id_of(session, principal, which["barcode"])
            said = act(session, principal, key)
    except AppError as refusal:
        return (_problems(_sentences(refusal), field), no_update, *kept)
    except ValidationError as refusal:
        told = [str(fault["msg"]).removeprefix("Value error, ") for fault in refusal.errors()]
        return (_problems(told, field), no_update, *kept)
    if isinstance(said, (Refused, Locked)):
        return (_problems([said.message], field), no_update, *kept)
    toast(said)
    return ([], {"dialog": dialog, "at": str(new_id())}, *cleared)


def _sentences(refusal: AppError) -> list[str]:
    match refusal:
        case TransitionRefused() | DrawRefused():
            return list(refusal.reasons)
        case _:
            return list(refusal.fields.values()) or [refusal.message]


def _problems(sentences: Sequence[str], field: str) -> Any:
    links = {f"{field}-{number}": sentence for number, sentence in enumerate(sentences)}
    return error_summary(links).children


def number(typed: str | None, name: str, unit: str) -> Decimal:
    """Return what was typed as a number.

    Raises:
        RegistrationRefused: nothing was, or it is none.
    """
    found = perhaps(typed, name, unit)
    if found is None:
        raise RegistrationRefused(f"Write the {name.lower() if unit else 'value'}.")
    return found


def perhaps(typed: str | None, name: str, unit: str) -> Decimal | None:
    """Return what was typed as a number, None for nothing; a decimal comma is understood."""
    text = str(typed or "").strip().replace(",", ".")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        sentence = f"{name} must be a number {f'in {unit} ' if unit else ''}such as 12.5."
        raise RegistrationRefused(sentence) from error
    if not number.is_finite():
        raise RegistrationRefused(f"{name} must be a number such as 12.5.")
    return number


def day(typed: str | None, name: str) -> date | None:
    """Return what was typed as a date, None for nothing."""
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        raise RegistrationRefused(f"{name} must be a date, as 2031-01-31.") from error


def chosen(value: str | None, what: str) -> str:
    """Return what was chosen, or ask for it."""
    if not value:
        raise RegistrationRefused(f"Choose a {what} first.")
    return value
