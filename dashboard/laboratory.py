"""Whose laboratory this is: its name, its time zone, whether it is a demonstration.

Shown on every page and never on the way to a decision, so half a minute old is new enough.
"""

import time
from zoneinfo import ZoneInfo

from flask import current_app

from backend.auth import service as auth_service
from backend.auth.views import LaboratoryView
from backend.core.transaction import reading

_FRESH_S = 30.0
_KEY = "tracseq_laboratory"


def current_laboratory() -> LaboratoryView | None:
    """Return the laboratory; None before one is set up."""
    kept = current_app.extensions.get(_KEY)
    if kept is not None and time.monotonic() - kept[0] < _FRESH_S:
        laboratory: LaboratoryView | None = kept[1]
        return laboratory
    with reading() as session:
        laboratory = auth_service.get_laboratory(session)
    current_app.extensions[_KEY] = (time.monotonic(), laboratory)
    return laboratory


def forget() -> None:
    """Ask the database again next time: this process has just changed the laboratory."""
    current_app.extensions.pop(_KEY, None)


def lab_zone() -> ZoneInfo:
    """Return the laboratory's time zone; the settings' one before a laboratory is set up."""
    laboratory = current_laboratory()
    return ZoneInfo(laboratory.time_zone if laboratory else current_app.config["TIME_ZONE"])


def is_demonstration() -> bool:
    """Say whether people, samples and figures are made up."""
    laboratory = current_laboratory()
    return laboratory is not None and laboratory.is_demo
