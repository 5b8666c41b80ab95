"""The terminal's door: ``tracseq <command>`` calls the same services as the pages."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import ModuleType

from backend.cli import (
    addresses,
    audit,
    bench,
    custody,
    events,
    imports,
    init,
    jobs,
    labels,
    rackscan,
    samples,
    seed,
    sensors,
    telemetry,
    templates,
    users,
    workbooks,
)
from backend.core import transaction
from backend.core.config import load_settings
from backend.core.errors import AppError

MODULES: tuple[ModuleType, ...] = (
    init,
    users,
    imports,
    workbooks,
    templates,
    samples,
    labels,
    custody,
    rackscan,
    sensors,
    telemetry,
    jobs,
    events,
    audit,
    bench,
    seed,
)

_REFUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 2 refused (the message says why)."""
    parsed = _parser().parse_args(arguments)
    try:
        with _database() if parsed.needs_database else nullcontext():
            return parsed.run(parsed) or 0
    except AppError as refusal:
        sys.stderr.write(f"{refusal.message}\n")
        for field, message in refusal.fields.items():
            sys.stderr.write(f"  {field}: {message}\n")
        return _REFUSED


@contextmanager
def _database() -> Iterator[None]:
    engine = transaction.make_engine(addresses.database_url(load_settings()))
    transaction.bind(engine)
    try:
        yield
    finally:
        engine.dispose()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tracseq", description="Work with the laboratory from a terminal."
    )
    parser.set_defaults(needs_database=True)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in MODULES:
        module.register(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
