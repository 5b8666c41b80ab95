"""Who signs for runs in the demonstration."""

from dataclasses import dataclass
from uuid import UUID

from backend.auth import browser_sessions
from backend.core.errors import Conflict
from backend.core.principal import Origin, Principal
from backend.core.sessions import WriteSession
from backend.sequencing.released import service
from backend.sequencing.released.schemas import ReleaseIn
from backend.sequencing.released.views import ReleaseView


@dataclass(frozen=True, slots=True)
class Signer:
    """A person of the demonstration with the password that a signature asks for."""

    user_id: UUID
    password: str

    def principal(self, session: WriteSession) -> Principal:
        """Return the person with what they may do. Raises Conflict: there is no such person."""
        return person(session, self.user_id)

    def release(self, session: WriteSession, code: str, said: ReleaseIn | None = None) -> None:
        """Sign for a run. Raises Conflict: the signature was refused."""
        released = service.release_run(
            session,
            self.principal(session),
            code=code,
            said=said or ReleaseIn(),
            password=self.password,
        )
        if not isinstance(released, ReleaseView):
            raise Conflict(f"The demonstration's run {code} could not be released.")


def person(session: WriteSession, user_id: UUID) -> Principal:
    """Return a person of the demonstration as they act in its past.

    Raises:
        Conflict: there is no such person.
    """
    found = browser_sessions.principal_of_user(
        session, user_id, origin=Origin.IMPORT, request_id="demonstration-past"
    )
    if found is None:
        raise Conflict("A person of the demonstration's past does not exist.")
    return found
