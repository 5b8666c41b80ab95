"""The cookie side of sessions. The facts are rows (backend.auth); the cookie carries the token.

Flask-Login asks ``load_user`` once per request; the token is opaque, 256 bit, stored hashed, and
made anew at every sign-in, so a token from before is worth nothing after. Nothing about the person
is kept in the browser.
"""

import hashlib
import hmac

from flask import Flask, Request, Response, current_app, g
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user

from backend.auth import service as auth_service
from backend.core.ids import new_id
from backend.core.principal import Origin, Principal
from backend.core.transaction import asking, writing

SECURE_SESSION_COOKIE = "__Host-tracseq_session"
SESSION_COOKIE = "tracseq_session"
CSRF_COOKIE = "tracseq_csrf"
CSRF_HEADER = "X-CSRF-Token"
IDLE_HEADER = "X-Idle-Seconds"
IDLE_AFTER_S = 60


class SignedInPerson(UserMixin):  # type: ignore[misc] # Flask-Login ships no types
    """Flask-Login's view of a principal."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal

    def get_id(self) -> str:
        """Return the user's id, as Flask-Login wants it."""
        return str(self.principal.user_id)


class _NoSessionOfFlask(SessionInterface):
    """Flask's own session, which nothing here uses, is empty and cannot be written to.

    Flask-Login looks into it at every answer, and Flask would then mark every answer as another
    for another cookie (``Vary: Cookie``): a browser loads and compiles all scripts anew at each
    sign-in, though they are the same files for everyone.
    """

    def open_session(self, app: Flask, request: Request) -> None:
        """Open none: Flask takes an empty one that refuses every change."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep nothing."""


def install(server: Flask) -> None:
    """Attach Flask-Login to the server; it keeps nothing of its own in a cookie."""
    server.session_interface = _NoSessionOfFlask()
    manager = LoginManager(server)
    manager.session_protection = None
    manager.request_loader(load_user)


def load_user(request: Request) -> SignedInPerson | None:
    """Return who a request's session token belongs to; None when it is unknown or timed out."""
    token = session_token(request)
    if token is None:
        return None
    with asking() as session:
        seen = auth_service.seen_session(
            session,
            token,
            origin=Origin.UI,
            request_id=request_id(),
            idle_minutes=current_app.config["IDLE_SECONDS"] // 60,
        )
    if seen is None:
        return None
    if seen.touch_due and _somebody_is_there(request):
        with writing() as session:
            auth_service.touch_session(session, seen.session_id)
    return SignedInPerson(seen.principal)


def current_principal() -> Principal:
    """Return who acts in this request. The gate has let nobody else through.

    Raises:
        RuntimeError: called outside a signed-in request, which is a defect.
    """
    if not is_signed_in():
        raise RuntimeError("No principal here: the gate lets only signed-in requests through.")
    principal: Principal = current_user.principal
    return principal


def is_signed_in() -> bool:
    """Say whether this request belongs to a person."""
    return bool(current_user.is_authenticated)


def request_id() -> str:
    """Return this request's reference number, made on first use."""
    if not hasattr(g, "request_id"):
        g.request_id = str(new_id())
    reference: str = g.request_id
    return reference


def session_token(request: Request) -> str | None:
    """Return the session token that a request carries."""
    return request.cookies.get(_session_cookie(secure=request.is_secure))


def csrf_token(token: str) -> str:
    """Return the anti-forgery value bound to a session: HMAC-SHA256 of its token, hex."""
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), b"csrf:" + token.encode(), hashlib.sha256).hexdigest()


def set_session(response: Response, token: str, *, secure: bool) -> None:
    """Give the browser a new session: the token, and the anti-forgery value for its scripts."""
    response.set_cookie(
        _session_cookie(secure=secure),
        token,
        path="/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    # Readable by our scripts on purpose: the renderer copies it into the X-CSRF-Token header.
    response.set_cookie(
        CSRF_COOKIE, csrf_token(token), path="/", secure=secure, httponly=False, samesite="Strict"
    )


def clear_session(response: Response, *, secure: bool) -> None:
    """Make the browser forget the session and what it cached of it."""
    response.delete_cookie(_session_cookie(secure=secure), path="/", secure=secure, httponly=True)
    response.delete_cookie(CSRF_COOKIE, path="/", secure=secure)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def _somebody_is_there(request: Request) -> bool:
    """Say whether a request counts as use: a live page's own refetches do not keep a session alive.

    Our scripts send for how long nobody has touched the window (assets/session.js).
    """
    idle_s = request.headers.get(IDLE_HEADER, "0")
    return not idle_s.isdecimal() or int(idle_s) < IDLE_AFTER_S


def _session_cookie(*, secure: bool) -> str:
    # Browsers refuse the __Host- prefix on plain http, which a first start on localhost is.
    return SECURE_SESSION_COOKIE if secure else SESSION_COOKIE
