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
    sign_in,
    sign_out,
    sign_out_everywhere,
)
from backend.auth.people import (
    change_password,
    create_laboratory,
    create_setup_token,
    create_user,
    deactivate,
    reactivate,
    set_preferences,
    set_roles,
    use_setup_token,
)
from backend.auth.queries import get_laboratory

__all__ = [
    "change_password",
    "create_laboratory",
    "create_setup_token",
    "create_user",
    "deactivate",
    "end_own_session",
    "get_laboratory",
    "issue_tokens",
    "principal_of_access_token",
    "principal_of_session",
    "principal_of_user",
    "reactivate",
    "refresh_tokens",
    "revoke_tokens",
    "set_preferences",
    "set_roles",
    "sign_in",
    "sign_out",
    "sign_out_everywhere",
    "use_setup_token",
]
