"""``tracseq import FILE``: the same reading, checks and registration as the Register page."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.cli import addresses
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.blobs import DiskStore
from backend.core.config import load_settings
from backend.core.errors import InvalidInput, Unavailable
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.templates import queries
from backend.templates.adapters.files import LARGEST_FILE_BYTES
from backend.templates.ids import CommitMode, ImportId, RowMode
from backend.templates.plain import column_out, finding_out
from backend.templates.reading.values import Severity
from backend.templates.results import write_result
from backend.templates.service import imports
from backend.templates.views import Examined, Registered, TemplateUsed

_HAS_ERRORS = 1


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "import",
        help="register the samples of a file, or show what would happen",
        description=(
            "Read a sample list (.csv, .tsv, .xlsx, .xls) or a submission form (.txt) and register "
            "its rows. Where some have errors, --commit says whether the others are registered "
            "(valid-rows; the rest stays as a draft on the Register page) or none."
        ),
    )
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--project", metavar="CODE", help="project that the samples belong to")
    parser.add_argument(
        "--row-mode",
        type=RowMode,
        choices=list(RowMode),
        default=RowMode.CREATE,
        help="what becomes of rows whose sample is registered already (default: create)",
    )
    parser.add_argument(
        "--commit",
        type=CommitMode,
        choices=list(CommitMode),
        help="what to do when some rows have errors; without it such a file is refused",
    )
    parser.add_argument(
        "--reason",
        default="",
        metavar="TEXT",
        help="why recorded values change; needed where a row changes a sample",
    )
    parser.add_argument(
        "--template",
        metavar="KEY[@VERSION]",
        help=(
            "template that a list without a stamp is read by: its headings, defaults and rules "
            "hold (without a version: the one in use)"
        ),
    )
    parser.add_argument(
        "--result",
        type=Path,
        metavar="OUT.xlsx",
        help="write a workbook of the list with what became of each row; it can be sent again",
    )
    parser.add_argument("--dry-run", action="store_true", help="write nothing; show the findings")
    parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
    # A dry run also works where no laboratory is running; `run` connects when it needs to.
    parser.set_defaults(run=run, needs_database=False)


def run(arguments: argparse.Namespace) -> int:
    """Import a file: 0 all rows done, 1 some rows have errors, 2 refused."""
    content = _content(arguments.file)
    if arguments.dry_run and arguments.result:
        raise InvalidInput("A dry run registers nothing, so there is no result. Leave one out.")
    if arguments.dry_run:
        return _dry_run(arguments, content)
    _connect()
    principal = operator()
    with transaction.writing() as session:
        project = arguments.project or _only_project(session, principal)
        done = imports.import_file(
            session,
            principal,
            file_name=arguments.file.name,
            content=content,
            project_code=project,
            files=DiskStore(load_settings().files_dir),
            row_mode=arguments.row_mode,
            commit=arguments.commit,
            template=arguments.template,
            reason=arguments.reason,
        )
    if arguments.result:
        _write_result(arguments.result, principal, done.import_id)
    _print(_registered_json(arguments.file, done) if arguments.json else _registered_text(done))
    return _HAS_ERRORS if done.left else 0


def _dry_run(arguments: argparse.Namespace, content: bytes) -> int:
    principal = operator()
    with _laboratory() as session:
        project = arguments.project
        if session is not None and project is None:
            project = _project_if_only_one(session, principal)
        seen = imports.examine_file(
            session,
            principal,
            file_name=arguments.file.name,
            content=content,
            project_code=project,
            row_mode=arguments.row_mode,
            template=arguments.template,
        )
        asked = session is not None
    as_json = _seen_json(seen, project, asked=asked)
    lines = as_json if arguments.json else _seen_text(seen, asked=asked)
    for line in lines:  # there may be more findings than memory should hold at once
        _print(line)
    wrong = any(finding.severity is Severity.ERROR for finding in seen.every_finding())
    return _HAS_ERRORS if wrong else 0


def _write_result(path: Path, principal: Principal, import_id: ImportId) -> None:
    try:
        with transaction.reading() as session, path.open("wb") as file:
            write_result(session, principal, import_id, file)
    except OSError as error:
        raise InvalidInput(
            f"The samples are registered, but {path} cannot be written: {error.strerror}. "
            "The Register page hands the result out, too."
        ) from error


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            # Reading stops here; the reader has the sentence that says how large is too large.
            with path.open("rb") as stream:
                return stream.read(LARGEST_FILE_BYTES + 1)
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _connect() -> None:
    url = addresses.database_url(load_settings())
    transaction.bind(transaction.make_engine(url))


@contextmanager
def _laboratory() -> Iterator[ReadSession | None]:
    """Yield a reading session, or None where no laboratory is running."""
    try:
        _connect()
    except Unavailable:
        yield None
        return
    with transaction.reading() as session:
        yield session


def _only_project(session: ReadSession, principal: Principal) -> str:
    only = _project_if_only_one(session, principal)
    if only is None:
        codes = ", ".join(choice.code for choice in queries.list_projects(session, principal))
        raise InvalidInput(
            f"Say which project the samples belong to, with --project. Projects: {codes or 'none'}."
        )
    return only


def _project_if_only_one(session: ReadSession, principal: Principal) -> str | None:
    choices = queries.list_projects(session, principal)
    return choices[0].code if len(choices) == 1 else None


def _seen_json(seen: Examined, project: str | None, *, asked: bool) -> Iterator[str]:
    """Yield the lines of one JSON object, a finding in each line of its last member."""
    head = {
        "file": seen.file_name,
        "dialect": seen.dialect,
        "details": dict(seen.details),
        "template": _template_json(seen.template),
        "project": project,
        "compared_with_laboratory": asked,
        "already_imported": seen.already,
        "rows": seen.rows,
        "ready_rows": seen.ready_rows,
        "warning_rows": seen.warning_rows,
        "row_mode": seen.row_mode.value,
        "update_rows": seen.update_rows,
        "error_rows": seen.error_rows,
        "skipped_rows": seen.skipped_rows,
        "columns": [column_out(column) for column in seen.columns],
    }
    yield json.dumps(head, ensure_ascii=False, indent=2).removesuffix("\n}") + ","
    yield '  "findings": ['
    before = ""
    for finding in seen.every_finding():
        if before:
            yield f"    {before},"
        before = json.dumps(_PLACE | finding_out(finding), ensure_ascii=False)
    yield f"    {before}\n  ]\n}}"


def _template_json(used: TemplateUsed | None) -> dict[str, object] | None:
    if used is None:
        return None
    by = "stamp" if used.by_stamp else "choice"
    return {"key": used.key, "version": used.version, "name": used.name, "by": by}


# Always there, so that a script need not ask: null means the whole column or the whole file.
_PLACE: dict[str, object] = {"row": None, "column": None, "line": None}


def _seen_text(seen: Examined, *, asked: bool) -> Iterator[str]:
    counts = (
        f"{seen.rows:,} rows, {seen.ready_rows:,} ready, {seen.error_rows:,} with errors, "
        f"{seen.skipped_rows:,} left out"
    )
    if seen.update_rows:
        counts += f", {seen.update_rows:,} that change a sample (say why with --reason)"
    yield f"{seen.file_name}: {seen.dialect}, {counts}. Nothing was written."
    if seen.template:
        by = "as its stamp says" if seen.template.by_stamp else "as asked"
        named = f"{seen.template.key}@{seen.template.version}"
        yield f"Read by the template {named}, {by}."
    if seen.already:
        yield seen.already
    if not asked:
        yield "No laboratory is running: codes were not compared with its samples."
    for finding in seen.every_finding():
        place = [
            f"{name} {value}"
            for name, value in (
                ("row", finding.row),
                ("column", finding.column),
                ("line", finding.line),
            )
            if value is not None
        ]
        yield f"{finding.severity.value:7}  {', '.join(place):24}  {finding.message}"


def _registered_json(path: Path, done: Registered) -> str:
    return json.dumps(
        {
            "file": path.name,
            "import_id": str(done.import_id),
            "registered": done.registered,
            "updated": done.updated,
            "left_as_draft": done.left,
            "skipped": done.skipped,
            "barcodes": list(done.barcodes),
            "refused": [finding_out(finding) for finding in done.refused],
        },
        ensure_ascii=False,
        indent=2,
    )


def _registered_text(done: Registered) -> str:
    rest = (
        f" {done.left:,} rows have errors and stay as a draft: /register?draft={done.import_id}"
        if done.left
        else ""
    )
    changed = f" {done.updated:,} changed." if done.updated else ""
    return f"{done.registered:,} samples registered.{changed}{rest}"


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
