"""Whether this laboratory can send mail."""

from flask import current_app


def has_mail() -> bool:
    """Say whether a mail server is set up."""
    return bool(current_app.config["HAS_MAIL"])
