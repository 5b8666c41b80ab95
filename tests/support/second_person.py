"""What a second person fills in to sign once for several samples, as a callback receives it."""

from backend.samples.ids import DisposalMeaning
from dashboard.components import witness_fields


def signing(
    prefix: str,
    email: str = "",
    password: str = "",
    *,
    meaning: DisposalMeaning = DisposalMeaning.WITNESSED,
) -> list[tuple[str, str, str]]:
    """Return the state of the fields of a dialog; empty where nobody signs."""
    return [
        (witness_fields.email_id(prefix), "value", email),
        (witness_fields.password_id(prefix), "value", password),
        (witness_fields.meaning_id(prefix), "value", meaning.value),
    ]
