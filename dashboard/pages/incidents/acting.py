"""Acting from a dialog of an incident: a refusal names all that lacks, what was typed stays."""

from collections.abc import Callable, Mapping
from typing import Any

from dash import no_update

from backend.auth.views import Locked, Refused
from backend.core.errors import AppError
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.core.transaction import writing
from backend.incidents import queries, rules
from backend.incidents.errors import ClosingRefused
from backend.incidents.rules import Closing
from backend.incidents.views import HoldsDecision
from dashboard import format as fmt
from dashboard.components.form_field import error_summary
from dashboard.components.toast import toast
from dashboard.pages.incidents import ids
from dashboard.session import current_principal

Done = str | Refused | Locked | Mapping[str, str]
"""What a toast says, why the password did not do, or what lacks, by field."""
_FIELDS: Mapping[str, str] = {
    "cause": ids.CLOSING_CAUSE,
    "action": ids.CLOSING_ACTION,
    "disposition": ids.CLOSING_DISPOSITION,
    "note": ids.CLOSING_NOTE,
    "reason": ids.DECLINE_REASON,
}


def done(
    presses: int | None,
    act: Callable[[WriteSession, Principal], Done],
    dialog: str,
    field: str,
    fields: Mapping[str, str] = _FIELDS,
) -> tuple[Any, Any, Any]:
    """Return the problems, which dialog to close, and a new value that draws the page anew.

    A password that does not do leaves the transaction whole, so that the try counts.
    """
    if not presses:
        return no_update, no_update, no_update
    try:
        with writing() as session:
            said = act(session, current_principal())
    except ClosingRefused as refusal:
        said = {f"{field}-{number}": why for number, why in enumerate(refusal.reasons)}
    except AppError as refusal:
        said = {fields.get(name, field): why for name, why in refusal.fields.items()}
        said = said or {field: refusal.message}
    if isinstance(said, (Refused, Locked)):
        said = {field: said.message}
    if not isinstance(said, str):
        return vars(error_summary(said))["children"], no_update, no_update
    toast(said)
    return [], {"dialog": dialog, "at": str(new_id())}, str(new_id())


def lacking(
    session: WriteSession, principal: Principal, code: str, said: Closing, password: str
) -> dict[str, str]:
    """Return everything that lacks before an incident can be closed, by field, all at once."""
    found = {_FIELDS[name]: why for name, why in rules.closing_faults(said).items()}
    gaps = queries.get_incident(session, principal, code).closing_gaps
    found |= {f"{ids.CLOSING_DIALOG}-{number}": gap for number, gap in enumerate(gaps)}
    if not password:
        found[ids.CLOSING_PASSWORD] = "Type your password: it signs."
    return found


def decided(decision: HoldsDecision, word: str) -> str:
    """Say what became of a decision, and that some are left when there were too many at once."""
    if not decision.decided:
        return "Nothing was undecided any more"
    left = f"; {fmt.count(decision.left)} are left, do it again" if decision.left else ""
    return f"{fmt.plural(decision.decided, 'hold', 'holds')} {word}{left}"
