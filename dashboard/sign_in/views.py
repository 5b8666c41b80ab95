"""Sign in, sign out and the first administrator: plain pages that need no script.

Nothing of the laboratory is shown before sign-in but its name. The form's own anti-forgery value
is bound to a random cookie, because there is no session yet that it could be bound to.
"""

import hashlib
import hmac
import secrets
from typing import Any, assert_never

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
)
from flask_login import current_user

from backend.auth import password_links
from backend.auth import service as auth_service
from backend.auth.errors import LinkRefused
from backend.auth.views import Locked, Refused, SignedIn
from backend.core.errors import AppError
from backend.core.transaction import reading, writing
from dashboard import format as fmt
from dashboard import index_page
from dashboard.laboratory import current_laboratory, is_demonstration, lab_zone
from dashboard.problems import problem
from dashboard.session import (
    clear_session,
    current_principal,
    request_id,
    session_token,
    set_session,
)
from dashboard.sign_in.destination import safe_destination

FORM_COOKIE = "tracseq_form"
REASONS = {
    "idle": "You were signed out because nobody used this window for a while.",
    "signed-out": "You are signed out.",
    "signed-out-everywhere": "You are signed out on every device.",
    "password-set": "Your password is set. Sign in with it.",
}
STALE_FORM = "This form was open for too long. Sign in again."
DIFFER = {"again": "The two passwords differ. Type the same one twice."}


def blueprint() -> Blueprint:
    """Return the routes /login, /logout, /setup and /password."""
    made = Blueprint("sign_in", __name__, template_folder="templates")
    made.add_url_rule("/login", "show", show)
    made.add_url_rule("/login", "submit", submit, methods=["POST"])
    made.add_url_rule("/logout", "sign_out", sign_out, methods=["POST"])
    made.add_url_rule("/setup", "show_setup", show_setup)
    made.add_url_rule("/setup", "submit_setup", submit_setup, methods=["POST"])
    made.add_url_rule("/password", "show_password", show_password)
    made.add_url_rule("/password", "submit_password", submit_password, methods=["POST"])
    return made


def show() -> Response:
    """Show the sign-in form, or go on when there is a session already."""
    if current_user.is_authenticated:
        return _see(safe_destination(request.args.get("next", "")))
    return _form("login.html", notice=REASONS.get(request.args.get("reason", ""), ""))


def submit() -> Response:
    """Check the password; a refused sign-in keeps the address that was typed."""
    email = request.form.get("email", "").strip()
    if not _form_is_ours():
        return _form("login.html", 400, email=email, problem=STALE_FORM)
    with writing() as session:
        outcome = auth_service.sign_in(
            session,
            email=email,
            password=request.form.get("password", ""),
            address=request.remote_addr or "",
            agent=request.headers.get("User-Agent", ""),
            previous_token=session_token(request),
            session_hours=current_app.config["SESSION_HOURS"],
            request_id=request_id(),
        )
    match outcome:
        case SignedIn():
            return _welcome(outcome)
        case Locked():
            until = fmt.clock_time(outcome.until, lab_zone())
            words = f"Too many tries. Sign-in for this address is locked until {until}."
            return _form("login.html", 429, email=email, problem=words)
        case Refused():
            return _form("login.html", 401, email=email, problem=outcome.message)
        case _:
            assert_never(outcome)


def sign_out() -> Response:
    """End this session on the server, or all of the person's, and make the browser forget it."""
    token = session_token(request)
    everywhere = bool(request.args.get("everywhere"))
    with writing() as session:
        if everywhere:
            auth_service.sign_out_everywhere(session, current_principal())
        elif token is not None:
            auth_service.sign_out(session, token)
    reason = "signed-out-everywhere" if everywhere else "signed-out"
    response = _see(f"/login?reason={reason}")
    clear_session(response, secure=request.is_secure)
    return response


def show_setup() -> Response:
    """Show the form that makes the first administrator, given the token of `tracseq init`."""
    return _form("setup.html", token=request.args.get("token", ""))


def submit_setup() -> Response:
    """Make the first administrator; what was typed stays, passwords and all errors apart."""
    typed = {name: request.form.get(name, "").strip() for name in ("token", "name", "email")}
    if not _form_is_ours():
        return _form("setup.html", 400, problem=STALE_FORM, **typed)
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        return _form("setup.html", 422, problem="There is a problem", fields=DIFFER, **typed)
    try:
        with writing() as session:
            auth_service.use_setup_token(session, **typed, password=password)
    except AppError as error:
        return _form(
            "setup.html", error.status, problem=error.message, fields=error.fields, **typed
        )
    return _see("/login")


def show_password() -> Response:
    """Show the form behind a one-time link, or say that the link is worth nothing."""
    return _link_form(request.args.get("token", ""))


def submit_password() -> Response:
    """Give the link's person the password they chose; a refused one leaves the link whole."""
    token = request.form.get("token", "")
    password = request.form.get("password", "")
    if not _form_is_ours():
        return _link_form(token, 400, problem=STALE_FORM)
    if password != request.form.get("again", ""):
        return _link_form(token, 422, problem="There is a problem", fields=DIFFER)
    try:
        with writing() as session:
            auth_service.use_link(session, token=token, password=password, request_id=request_id())
    except AppError as error:
        return _link_form(token, error.status, problem=error.message, fields=error.fields)
    return _see("/login?reason=password-set")


def _link_form(token: str, status: int = 200, **facts: Any) -> Response:
    """Return the form with the person's address, for their password manager.

    A link that is worth nothing gets the sentence alone.
    """
    with reading() as session:
        person = password_links.find_link(session, token)
    if person is None:
        return _form("password.html", 403, problem=LinkRefused().message)
    return _form(
        "password.html", status, token=token, email=person.email, name=person.name, **facts
    )


def _welcome(outcome: SignedIn) -> Response:
    response = _see(safe_destination(request.args.get("next", "")))
    set_session(response, outcome.token, secure=request.is_secure)
    response.delete_cookie(FORM_COOKIE, path="/")
    for name, value in (
        (index_page.THEME_COOKIE, outcome.user.theme),
        (index_page.DENSITY_COOKIE, outcome.user.density),
    ):
        response.set_cookie(name, value, path="/", max_age=31536000, samesite="Lax")
    return response


def _form(template: str, status: int = 200, **facts: Any) -> Response:
    nonce = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
    page = render_template(
        template,
        attributes=index_page.html_attributes(),
        fonts=index_page.font_links(),
        styles=current_app.config["STYLES_URL"],
        first_scripts=current_app.config["FIRST_SCRIPTS"],
        laboratory=_laboratory_name(),
        is_demonstration=is_demonstration(),
        form_proof=_form_proof(nonce),
        next=request.args.get("next", ""),
        idle_minutes=current_app.config["IDLE_SECONDS"] // 60,
        **facts,
    )
    response = make_response(page, status)
    response.set_cookie(
        FORM_COOKIE, nonce, path="/", secure=request.is_secure, httponly=True, samesite="Strict"
    )
    return response


def _form_is_ours() -> bool:
    nonce = request.cookies.get(FORM_COOKIE, "")
    sent = request.form.get("form_proof", "")
    return bool(nonce) and hmac.compare_digest(sent.encode(), _form_proof(nonce).encode())


def _form_proof(nonce: str) -> str:
    key: str = current_app.config["SECRET_KEY"]
    return hmac.new(key.encode(), b"form:" + nonce.encode(), hashlib.sha256).hexdigest()


def _laboratory_name() -> str:
    laboratory = current_laboratory()
    return laboratory.name if laboratory is not None else str(current_app.config["SITE_NAME"])


def _see(target: str) -> Response:
    """Redirect with 303, so that a reload does not send the form again."""
    response = make_response(redirect(target, code=303))
    if not isinstance(response, Response):
        return problem(500, "defect", "The answer could not be made.")
    return response
