"""Security headers of every answer.

The policy allows no script but our own files and Dash's one inline start line (by hash), so text
from a sample sheet cannot run. ``style-src 'unsafe-inline'`` stays: AG Grid and plotly write style
attributes (STACK 1); nothing in a style can call a script.
"""

from collections.abc import Sequence

from dash import Dash
from flask import Flask, Response, request
from flask_login import current_user

from dashboard import script_files

_FONTS = "/assets/vendor/fonts/"


def content_security_policy(script_hashes: Sequence[str], live_origin: str) -> str:
    """Return the policy; ``live_origin`` is where the live feed is served, empty for our own."""
    sources = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *script_hashes]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": f"'self' {live_origin}".strip(),
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "frame-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in sources.items())


def install(server: Flask, app: Dash) -> None:
    """Add the headers to every answer of the server."""

    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy",
            content_security_policy(app.csp_hashes(), server.config["LIVE_ORIGIN"](request)),
        )
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        _set_caching(response)
        return response

    server.after_request(add_headers)


def _set_caching(response: Response) -> None:
    if request.path.startswith(_FONTS):
        # Over Flask's own "no-cache": four questions a page for files that change once a year.
        response.headers["Cache-Control"] = script_files.AN_HOUR
    elif request.path.startswith("/assets/"):
        response.headers.setdefault("Cache-Control", script_files.AN_HOUR)
    elif "Cache-Control" in response.headers and request.path.startswith(script_files.PREFIX):
        return
    elif current_user.is_authenticated or not request.path.startswith("/health/"):
        response.headers["Cache-Control"] = "no-store"
