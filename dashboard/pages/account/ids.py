"""Ids of the page about one's own account."""

PROBLEMS = "account-problems"
CURRENT = "account-current"
NEW = "account-new"
AGAIN = "account-again"
CHANGE = "account-change"

SESSIONS = "account-sessions"

TOKENS = "account-tokens"
TOKEN_PROBLEMS = "account-token-problems"  # noqa: S105 -- an id
TOKEN_NAME = "account-token-name"  # noqa: S105 -- an id
TOKEN_DAYS = "account-token-days"  # noqa: S105 -- an id
TOKEN_MAKE = "account-token-make"  # noqa: S105 -- an id
TOKEN_MADE = "account-token-made"  # noqa: S105 -- an id
TOKEN_SECRET = "account-token-secret"  # noqa: S105 -- an id


def end(session: object) -> dict[str, object]:
    """Return the id of the button that ends one of the person's sessions; ALL fits too."""
    return {"type": "account-end", "session": session}


def revoke(token: object) -> dict[str, object]:
    """Return the id of the button that revokes a token; ALL fits too."""
    return {"type": "account-revoke", "token": token}


def revoke_dialog(token: object) -> str:
    """Return the id of the dialog that asks before a token is revoked."""
    return f"account-revoke-{token}"
