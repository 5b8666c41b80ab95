"""A file that comes in by the form: its bytes, where it is kept, and what is said of it."""

from typing import Any

from flask import current_app

from backend.core.blobs import DiskStore, FileStore
from backend.core.errors import AppError, InvalidInput
from backend.core.ids import new_id
from dashboard.components.form_field import error_summary
from dashboard.errors import refusal_text
from dashboard.pages.register.receiving import decoded


def file_store() -> FileStore:
    """Return where files are kept."""
    return DiskStore(current_app.config["FILES_DIR"])


def content_of(contents: str | None, file_name: str | None) -> tuple[str, bytes]:
    """Return the name and the bytes of what the form holds.

    Raises:
        InvalidInput: it holds none, or not all of it arrived.
    """
    if not contents or not file_name:
        raise InvalidInput("Choose a file first: drop it on the field, or press the field.")
    return file_name, decoded(contents)


def problems(field: str, refusal: AppError) -> Any:
    """Return the problem as a form shows it, leading to its field; what was typed stays."""
    return vars(error_summary({field: refusal_text(refusal)}))["children"]


def closing(dialog: str) -> dict[str, str]:
    """Return what the browser closes a dialog by."""
    return {"dialog": dialog, "at": str(new_id())}
