"""What the API answers when a password that signs does not do."""

import math
from typing import TypeVar

from backend.api.problems import TooManyTries
from backend.auth.views import Locked, Refused
from backend.core import clock
from backend.core.errors import AppError

DoneT = TypeVar("DoneT")


class SignatureRefused(AppError):
    """The password typed again was not right; nothing was changed."""

    code = "signature_refused"
    status = 403


def signed(outcome: DoneT | Refused | Locked) -> DoneT:
    """Return what was done with the signature.

    Asked after the transaction, so that a refused try is committed and counts.

    Raises:
        SignatureRefused: the password or the witness was not right.
        TooManyTries: so often that the person has to wait.
    """
    if isinstance(outcome, Locked):
        wait = math.ceil((outcome.until - clock.utc_now()).total_seconds())
        raise TooManyTries(
            f"{outcome.message} That is {outcome.until:%H:%M:%S} UTC.", retry_after_s=max(wait, 1)
        )
    if isinstance(outcome, Refused):
        raise SignatureRefused(outcome.message)
    return outcome
