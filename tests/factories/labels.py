"""Printers of tests."""

import itertools
from uuid import UUID

from backend.core.sessions import WriteSession
from backend.labels import service
from backend.labels.schemas import PrinterInput
from tests.factories.samples import EVERYBODY

_numbers = itertools.count(1)


def make_printer(
    session: WriteSession, *, port: int = 9100, name: str = "", **given: object
) -> UUID:
    """Add a printer on loopback."""
    values: dict[str, object] = {
        "name": name or f"Bench {next(_numbers)}",
        "host": "127.0.0.1",
        "port": port,
        **given,
    }
    return service.add_printer(session, EVERYBODY, printer=PrinterInput.model_validate(values))
