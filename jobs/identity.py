"""As whom a job runs: the person who asked, with what they may do now, or the machinery."""

from collections.abc import Iterable
from uuid import UUID

from backend.auth import service as auth_service
from backend.core.errors import PermissionDenied
from backend.core.principal import Origin, Permission, Principal, UserId, machinery
from backend.core.sessions import ReadSession


def principal_for(
    session: ReadSession,
    *,
    requested_by: UUID | None,
    name: str,
    request_id: str,
    permissions: Iterable[Permission],
) -> Principal:
    """Return who a job acts as. ``permissions`` count for the machinery only.

    Raises:
        PermissionDenied: the person may no longer sign in.
    """
    if requested_by is None:
        return machinery(name, *permissions, request_id=request_id)
    person = find_person(session, UserId(requested_by), request_id=request_id)
    if person is None:
        raise PermissionDenied(f"{name} asked for this and may no longer sign in. Ask for it anew.")
    return person


def find_person(session: ReadSession, user_id: UserId, *, request_id: str) -> Principal | None:
    """Return a person's principal with what they may do now; None when they may not sign in."""
    return auth_service.principal_of_user(
        session, user_id, origin=Origin.WORKER, request_id=request_id
    )
