"""Refusals of Admin's forms, by the id of the field they stand at."""

from collections.abc import Mapping
from typing import Any

from backend.core.errors import AppError
from dashboard.components.form_field import error_summary, field_error
from dashboard.pages.admin import ids

PERSON_FIELDS: Mapping[str, str] = {
    "name": ids.NEW_NAME,
    "email": ids.NEW_EMAIL,
    "roles": ids.NEW_ROLES,
    "projects": ids.NEW_PROJECTS,
    "password": ids.NEW_PASSWORD,
}
PROJECT_FIELDS: Mapping[str, str] = {"code": ids.PROJECT_CODE, "name": ids.PROJECT_NAME}
PRINTER_FIELDS: Mapping[str, str] = {
    "name": ids.PRINTER_NAME,
    "host": ids.PRINTER_HOST,
    "port": ids.PRINTER_PORT,
    "dpi": ids.PRINTER_DPI,
    "template": ids.PRINTER_TEMPLATE,
}
LABORATORY_FIELDS: Mapping[str, str] = {"name": ids.LAB_NAME, "time_zone": ids.LAB_ZONE}


def by_field(refusal: AppError, fields: Mapping[str, str]) -> dict[str, str]:
    """Return a refusal's sentences by field id; one that names no field stands at the first."""
    found = {fields[name]: text for name, text in refusal.fields.items() if name in fields}
    return found or {next(iter(fields.values())): refusal.message}


def shown(problems: Mapping[str, str], fields: Mapping[str, str]) -> tuple[Any, ...]:
    """Return the summary and each field's error line, in the order of ``fields``."""
    summary = error_summary(problems).children
    return (summary, *(field_error(problems.get(field, "")) for field in fields.values()))
