"""The doors of auth, one name each. The use cases live in the files named beside them."""

from backend.auth.api_tokens import (
    issue_tokens,
    principal_of_access_token,
    refresh_tokens,
    revoke_tokens,
)
from backend.auth.browser_sessions import (
    end_own_session,
    principal_of_session,
    principal_of_user,
    seen_session,
    sign_in,
    sign_out,
    sign_out_everywhere,
    touch_session,
)
from backend.auth.laboratories import (
    change_laboratory,
    create_laboratory,
    create_setup_token,
    use_setup_token,
)
from backend.auth.named_tokens import (
    is_named,
    make_named_token,
    principal_of_named_token,
    revoke_named_token,
)
from backend.auth.password_links import invite, reset_password, use_link
from backend.auth.people import (
    change_password,
    create_user,
    deactivate,
    reactivate,
    set_preferences,
    set_roles,
)
from backend.auth.queries import get_laboratory
from backend.auth.sign_ins import end_sign_in
from backend.auth.signatures import digest_of, sign, signatures_of, void_signatures, witness

__all__ = [
    "change_laboratory",
    "change_password",
    "create_laboratory",
    "create_setup_token",
    "create_user",
    "deactivate",
    "digest_of",
    "end_own_session",
    "end_sign_in",
    "get_laboratory",
    "invite",
    "is_named",
    "issue_tokens",
    "make_named_token",
    "principal_of_access_token",
    "principal_of_named_token",
    "principal_of_session",
    "principal_of_user",
    "reactivate",
    "refresh_tokens",
    "reset_password",
    "revoke_named_token",
    "revoke_tokens",
    "seen_session",
    "set_preferences",
    "set_roles",
    "sign",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "signatures_of",
    "touch_session",
    "use_link",
    "use_setup_token",
    "void_signatures",
    "witness",
]
