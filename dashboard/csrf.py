"""Is this state-changing request ours? Three independent questions, all must be answered yes.

1. Fetch metadata: the browser says that the request comes from our own pages.
2. Origin: where it is sent, it names our own host.
3. Double submit: the X-CSRF-Token header (or form field) is the HMAC of the session token.
"""

import hmac
from urllib.parse import urlsplit

from flask import Request

from dashboard.session import CSRF_HEADER, csrf_token, session_token

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_same_site(request: Request) -> bool:
    """Say whether fetch metadata and Origin allow that our own pages sent this."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def carries_session_proof(request: Request) -> bool:
    """Say whether the request carries the anti-forgery value of its own session."""
    token = session_token(request)
    sent = request.headers.get(CSRF_HEADER) or request.form.get("csrf", "")
    return token is not None and hmac.compare_digest(sent.encode(), csrf_token(token).encode())
