"""Sign-ins of people that a test has made."""

from backend.auth import service
from backend.auth.views import SignedIn, UserView
from backend.core.principal import Origin, Principal
from backend.core.sessions import WriteSession
from tests.factories.people import PASSWORD


def opened(session: WriteSession, user: UserView) -> str:
    """Sign a person in and return the token of the new session."""
    outcome = service.sign_in(session, email=user.email, password=PASSWORD, address="", agent="")
    assert isinstance(outcome, SignedIn)
    return outcome.token


def holder(session: WriteSession, token: str) -> Principal | None:
    """Return whose session a token opens now; None for nobody's."""
    return service.principal_of_session(session, token, origin=Origin.UI, request_id="r")
