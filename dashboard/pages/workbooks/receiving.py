"""A file that comes in by the form: its bytes, where it is kept, and what is said of it."""

from typing import Any

from dash import html
from dash.development.base_component import Component
from flask import current_app

from backend.core.blobs import DiskStore, FileStore
from backend.core.errors import AppError, InvalidInput
from backend.core.ids import new_id
from backend.templates.errors import AlreadyImported
from backend.workbooks.views import Added
from dashboard.components.form_field import error_summary
from dashboard.pages.register.receiving import decoded
from dashboard.pages.workbooks.address import Address


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
    sentence = " ".join(refusal.fields.values()) or refusal.message
    return vars(error_summary({field: sentence}))["children"]


def refused_rows(field: str, refusal: AppError) -> Any:
    """Return why no draft was made of rows; rows that are a draft already lead to it."""
    if not isinstance(refusal, AlreadyImported):
        return problems(field, refusal)
    link = html.A("Open that import", href=f"/register?draft={refusal.import_id}")
    return [html.P([refusal.message, " ", link])]


def there_already(added: Added) -> list[Component]:
    """Say where the same file is kept already, and lead there."""
    link = html.A("Open it", href=Address(added.workbook_id).href())
    return [html.P([added.same_as, " ", link])]


def closing(dialog: str) -> dict[str, str]:
    """Return what the browser closes a dialog by."""
    return {"dialog": dialog, "at": str(new_id())}
