"""``tracseq audit``: walk the audit trail's chain, and take the trail out as a file."""

import argparse
import sys
from datetime import datetime
from pathlib import Path
from uuid import UUID

from backend.cli.operator import operator
from backend.core.errors import InvalidInput
from backend.core.transaction import reading, writing
from backend.events import checking, exporting, queries
from backend.events.audit_files import AuditFormat
from backend.events.views import AuditFilters, ChainChecks

_BROKEN = 1


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the commands."""
    parser = commands.add_parser("audit", help="the audit trail")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    verify = acts.add_parser("verify", help="recompute every hash; exit code 1 when one is wrong")
    verify.set_defaults(run=_verify)
    export = acts.add_parser("export", help="write entries to a file, with their hashes")
    export.add_argument("file", type=Path, help="the file to write")
    export.add_argument(
        "--format",
        type=AuditFormat,
        choices=list(AuditFormat),
        help="without it as the file's name ends, and csv for any other ending",
    )
    export.add_argument("--entity", help="only this kind of record, such as sample")
    export.add_argument("--entity-id", type=UUID, help="only the record with this key")
    export.add_argument("--action", help="only acts that begin with this, such as storage.")
    export.add_argument("--actor", help="only people whose name holds this")
    export.add_argument("--since", type=_instant, help="not before, as 2026-11-20T09:42+00:00")
    export.add_argument("--until", type=_instant, help="before, written the same way")
    export.set_defaults(run=_export)


def _verify(_: argparse.Namespace) -> int:
    with reading() as session:
        chain = queries.verify_chain(session, operator())
        checks = checking.chain_checks(session)
    sys.stdout.write(_by_itself(checks))
    if chain.broken is not None:
        link = chain.broken
        sys.stdout.write(
            f"The chain is broken at position {link.pos:,}: that entry or one before it was "
            "changed, inserted or removed outside the program.\n"
            f"entry {link.entry_id}, {link.at.isoformat()}, {link.action} by {link.actor_name}, "
            f"{link.entity} {link.entity_id}\n"
        )
        return _BROKEN
    sys.stdout.write(
        f"The chain is whole: {chain.sealed:,} entries verified, {chain.unsealed:,} not sealed "
        "yet.\n"
    )
    return 0


def _by_itself(checks: ChainChecks) -> str:
    """Say what the scheduled checks found, before what is found now."""
    last, whole = checks.last, checks.whole
    if last is None:
        return "The program has not checked the chain by itself yet.\n"
    found = last.said or f"verified up to position {last.to_pos:,}."
    began = f" From its first entry: {whole.at.isoformat()}." if whole else ""
    return f"The program's last check, {last.at.isoformat()}: {found}{began}\n"


def _export(asked: argparse.Namespace) -> int:
    filters = AuditFilters(
        action=asked.action,
        actor=asked.actor,
        entity=asked.entity,
        entity_id=asked.entity_id,
        since=asked.since,
        until=asked.until,
    )
    with writing() as session:
        kind = asked.format or _format_of(asked.file)
        content = exporting.export_audit(session, operator(), kind=kind, filters=filters)
        try:
            asked.file.write_bytes(content)
        except OSError as error:
            raise InvalidInput(f"{asked.file} cannot be written: {error.strerror}.") from error
    sys.stdout.write(f"Written to {asked.file} as {kind.value}, {len(content):,} bytes.\n")
    return 0


def _format_of(file: Path) -> AuditFormat:
    ending = file.suffix.lower().removeprefix(".")
    return next((kind for kind in AuditFormat if kind.value == ending), AuditFormat.CSV)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no time zone; add +00:00 or another.")
    return instant
