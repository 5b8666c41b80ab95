"""Checking an address and a password, with the throttle in front of it.

Refusals are returned, not raised: the failed attempt must be committed for the throttle to count
it. An unknown person, a wrong password and a deactivated account take the same steps.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.auth import passwords, rules
from backend.auth.clocks import database_now
from backend.auth.models import SignInAttempt, User
from backend.auth.views import Locked, Refused
from backend.core.sessions import WriteSession

REFUSED = Refused(message="The address or the password is not right. Type both again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """The person whose password fitted, and when."""

    user: User
    at: datetime


def check(
    session: WriteSession, *, email: str, password: str, address: str
) -> Verified | Refused | Locked:
    """Check a password with which somebody signs in, and write down that they were here."""
    checked = verify(session, email=email, password=password, address=address)
    if isinstance(checked, Verified):
        checked.user.last_signed_in_at = checked.at
    return checked


def verify(
    session: WriteSession, *, email: str, password: str, address: str
) -> Verified | Refused | Locked:
    """Check a password and write the attempt down.

    While an account or an address is throttled nothing is checked and nothing is counted, so
    trying on does not make the wait longer.
    """
    # No address holds a NUL, and no text of PostgreSQL can.
    email, address = email.replace("\0", "").strip()[:254], address[:64]
    now = database_now(session)
    until = _throttled_until(session, email, address, now)
    if until is not None and until > now:
        return Locked(
            until=until, message="Too many tries. Wait until the time shown, then type again."
        )
    user = session.scalar(select(User).where(func.lower(User.email) == func.lower(email)))
    fits = passwords.verifies(user.password_hash if user else None, password)
    succeeded = fits and user is not None and user.is_active
    reason = "" if succeeded else "deactivated" if fits else "wrong"
    attempt = SignInAttempt(
        at=now, email=email.lower(), address=address, succeeded=succeeded, reason=reason
    )
    session.add(attempt)
    session.flush()
    if user is None or not succeeded:
        return REFUSED
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.hash_password(password)
    return Verified(user=user, at=now)


def _throttled_until(session: Session, email: str, address: str, now: datetime) -> datetime | None:
    waits = (
        rules.throttled_until(
            *_account_failures(session, email, address, now), free=rules.ACCOUNT_FREE_FAILURES
        ),
        rules.throttled_until(
            *_address_failures(session, address, now), free=rules.ADDRESS_FREE_FAILURES
        ),
    )
    return max((wait for wait in waits if wait is not None), default=None)


def _account_failures(
    session: Session, email: str, address: str, now: datetime
) -> tuple[int, datetime | None]:
    """Count the failures of an account since its last success.

    From an address where the person has signed in before, only that address's failures count:
    a stranger elsewhere cannot keep them out.
    """
    attempt = SignInAttempt
    of_account = attempt.email == email.lower()
    known_from = now - rules.KNOWN_ADDRESS_WINDOW
    known = session.scalar(
        select(func.max(attempt.at)).where(
            of_account, attempt.succeeded, attempt.address == address, attempt.at > known_from
        )
    )
    since = max(now - rules.FAILURE_WINDOW, known or known_from)
    failed = select(func.count(), func.max(attempt.at)).where(
        of_account, ~attempt.succeeded, attempt.at > since
    )
    if known is not None:
        failed = failed.where(attempt.address == address)
    count, last = session.execute(failed).one()
    return count, last


def _address_failures(session: Session, address: str, now: datetime) -> tuple[int, datetime | None]:
    count, last = session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(
            SignInAttempt.address == address,
            ~SignInAttempt.succeeded,
            SignInAttempt.at > now - rules.FAILURE_WINDOW,
        )
    ).one()
    return count, last
