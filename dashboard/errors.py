"""What a person sees when an action fails: the refusal's own words, or a reference number."""

import logging
from http import HTTPStatus

from backend.core.errors import AppError
from dashboard import request_counts
from dashboard.components.toast import toast
from dashboard.components.tones import Tone
from dashboard.session import request_id

logger = logging.getLogger(__name__)


def report(error: Exception) -> None:
    """Turn an error of a callback into a toast (Dash's ``on_error``).

    An AppError says what to do. Anything else is a defect: logged whole under the reference
    that the person can quote, and told as such.
    """
    if isinstance(error, AppError):
        at_fault = error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        if at_fault:
            request_counts.note_fault()
        toast(refusal_text(error), tone=Tone.CRIT if at_fault else Tone.WARN)
        return
    request_counts.note_fault()
    logger.error("A callback failed, reference %s", request_id(), exc_info=error)
    toast(
        "This action failed and nothing was saved. The fault is recorded.",
        tone=Tone.CRIT,
        reference=request_id(),
    )


def refusal_text(error: AppError) -> str:
    """Return an error's sentence, with the fields' own sentences behind it."""
    return " ".join([error.message, *error.fields.values()])
