"""The default-deny gate in front of everything that this server answers.

Every URL rule stands in a literal table and every callback carries a permission
(dashboard/callbacks.py); whatever stands in neither stops the program from starting
(``assert_complete``) and is refused while it runs. The gate opens doors only: what a person may
see of a sample is decided by the service that is called behind it.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from dash import Dash
from flask import Flask, Response, redirect, request
from flask_login import current_user

from backend.core.principal import Permission
from dashboard import callback_request, csrf
from dashboard.callbacks import declared_permissions
from dashboard.problems import problem
from dashboard.session import current_principal


class Access(StrEnum):
    """What a URL rule asks before a permission is looked at."""

    PUBLIC = "public"
    """Answers without a session: sign-in, liveness, static files."""
    SIGNED_IN = "signed_in"
    """Any signed-in person."""
    OWN_GATE = "own_gate"
    """The API: it authenticates by token and declares a permission per route itself."""


Rule = Access | Permission

CALLBACKS = "/_dash-update-component"

RULES: Mapping[str, Rule] = {
    "sign_in.show": Access.PUBLIC,
    "sign_in.submit": Access.PUBLIC,
    "sign_in.show_setup": Access.PUBLIC,
    "sign_in.submit_setup": Access.PUBLIC,
    "sign_in.show_password": Access.PUBLIC,
    "sign_in.submit_password": Access.PUBLIC,
    "sign_in.sign_out": Access.SIGNED_IN,
    "health.live": Access.PUBLIC,
    "health.ready": Access.PUBLIC,
    "bundle.stylesheet": Access.PUBLIC,
    "bundle.script": Access.PUBLIC,
    "bundle.plotly": Access.PUBLIC,
    "live.versions": Access.SIGNED_IN,
    "reports.file": Permission.REPORTS_VIEW,
    "samples.file": Permission.SAMPLES_VIEW,
    "labels.file": Permission.LABELS_PRINT,
    "attachments.file": Permission.DOCUMENTS_VIEW,
    "templates.file": Permission.SAMPLES_VIEW,
    "shipments.file": Permission.SAMPLES_VIEW,
    "picks.file": Permission.STORAGE_PLACE,
    "pools.file": Permission.SEQUENCING_VIEW,
    "libraries.file": Permission.SEQUENCING_VIEW,
    "run_sheets.file": Permission.SEQUENCING_VIEW,
    "audits.file": Permission.STORAGE_PLACE,
    "places.file": Permission.STORAGE_VIEW,
    "documents.file": Permission.DOCUMENTS_VIEW,
    "audit.file": Permission.AUDIT_VIEW,
    "imports.file": Permission.SAMPLES_REGISTER,
    "imports.problems": Permission.SAMPLES_REGISTER,
    # Dash names its endpoints by their paths.
    "_dash_assets.static": Access.PUBLIC,
    "/": Access.SIGNED_IN,
    "/<path:path>": Access.SIGNED_IN,
    "/_dash-layout": Access.SIGNED_IN,
    "/_dash-dependencies": Access.SIGNED_IN,
    CALLBACKS: Access.SIGNED_IN,
    "/_reload-hash": Access.SIGNED_IN,
    "/_favicon.ico": Access.SIGNED_IN,
    # Published packages' scripts (script_files.py), static like our own.
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Access.PUBLIC,
}

API_BLUEPRINTS = frozenset({"api"})


class UndeclaredAccess(RuntimeError):
    """A URL rule or a callback has no declared permission: the program must not start."""


def rule_of(endpoint: str) -> Rule | None:
    """Return what an endpoint asks; None when nobody has declared it."""
    if endpoint.split(".", 1)[0] in API_BLUEPRINTS:
        return Access.OWN_GATE
    return RULES.get(endpoint)


def install(server: Flask, callback_map: Mapping[str, Any]) -> None:
    """Put the gate before every request. Call it before anything else adds a hook."""

    def gate() -> Response | None:
        return refusal(callback_map)

    server.before_request(gate)


def refusal(callback_map: Mapping[str, Any]) -> Response | None:
    """Return why the current request is refused, or None to let it in."""
    # An address or method without a rule ends in 404 or 405, but only for those who are inside.
    rule = rule_of(request.endpoint) if request.endpoint else Access.SIGNED_IN
    match rule:
        case Access.OWN_GATE:
            return None
        case Access.PUBLIC:
            return None if _unsafe_is_ours() else _foreign()
        case _:
            return _signed_in_refusal(rule, callback_map)


def assert_complete(app: Dash) -> None:
    """Refuse to start while any URL rule or server callback lacks a declaration.

    Call it last: Dash adds its rules and callbacks on the first request.

    Raises:
        UndeclaredAccess: names every rule and callback that nobody has declared.
    """
    rules = sorted(
        rule.rule for rule in app.server.url_map.iter_rules() if rule_of(rule.endpoint) is None
    )
    permissions = declared_permissions()
    callbacks = sorted(
        name
        for name, spec in app.callback_map.items()
        if spec.get("callback") is not None and name not in permissions
    )
    if rules or callbacks:
        raise UndeclaredAccess(
            "Declare who may use these before the program starts. "
            f"URL rules (dashboard/gate.py): {rules}. "
            f"Callbacks (dashboard.callbacks.page_callback): {callbacks}."
        )


def _signed_in_refusal(rule: Rule | None, callback_map: Mapping[str, Any]) -> Response | None:
    if not current_user.is_authenticated:
        return _sign_in_first()
    if not (_unsafe_is_ours() and _proves_session()):
        return _foreign()
    if rule is None or (isinstance(rule, Permission) and not current_principal().may(rule)):
        return problem(403, "permission_denied", "Your role does not include this page or action.")
    return _callback_refusal(callback_map) if request.endpoint == CALLBACKS else None


def _unsafe_is_ours() -> bool:
    return request.method in csrf.SAFE_METHODS or csrf.is_same_site(request)


def _proves_session() -> bool:
    return request.method in csrf.SAFE_METHODS or csrf.carries_session_proof(request)


def _sign_in_first() -> Response:
    """Send a page's reader to sign in; tell scripts so, who would choke on a page."""
    if request.method != "GET" or request.path.startswith(("/_dash", "/_reload", "/live/", "/api")):
        return problem(401, "not_signed_in", "Sign in first. Your session may have timed out.")
    wanted = request.full_path.rstrip("?")
    target = "/login" if wanted == "/" else f"/login?next={quote(wanted, safe='')}"
    answer = redirect(target)
    assert isinstance(answer, Response)  # noqa: S101 narrows werkzeug's type to Flask's
    return answer


def _foreign() -> Response:
    return problem(
        403,
        "not_from_this_site",
        "This request did not come from a page of this laboratory. Reload the page and try again.",
    )


def _callback_refusal(callback_map: Mapping[str, Any]) -> Response | None:
    body: Any = request.get_json(silent=True)
    reason = callback_request.malformed(body, callback_map)
    if reason is not None:
        return problem(400, "malformed_request", reason)
    permission = declared_permissions().get(body["output"])
    if permission is None or not current_principal().may(permission):
        return problem(403, "permission_denied", "Your role does not include this action.")
    return None
