"""``tracseq workbooks``: keep spreadsheets, list them, search their rows, compare two versions."""

import argparse
import sys
from pathlib import Path
from uuid import UUID

from backend.cli.operator import operator
from backend.core import transaction
from backend.core.blobs import DiskStore
from backend.core.config import load_settings
from backend.core.errors import InvalidInput, NotFound
from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.templates import queries as templates_queries
from backend.templates.adapters.files import LARGEST_FILE_BYTES
from backend.workbooks import listed as workbooks_listed
from backend.workbooks import queries, sending, service
from backend.workbooks.ids import WorkbookId
from backend.workbooks.planning.difference import SheetDifference
from backend.workbooks.views import SheetView, VersionView, WorkbookView


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("workbooks", help="spreadsheets that are kept, and their rows")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    add = acts.add_parser("add", help="keep a file, as a workbook or as a further version of one")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--project", metavar="CODE", help="project whose members may see it")
    add.add_argument("--version-of", metavar="KEY", help="workbook that the file is a version of")
    add.add_argument("--note", default="", help="what is to be known about the file")
    add.set_defaults(run=add_file)
    listed = acts.add_parser("list", help="list the workbooks, the last changed first")
    listed.add_argument("--search", default="", help="part of a name, file name or project's code")
    listed.add_argument("--after", metavar="CURSOR", help="what the page before ended with")
    listed.set_defaults(run=show_list)
    named = acts.add_parser("rename", help="give a workbook another name")
    named.add_argument("workbook", metavar="KEY")
    named.add_argument("name", metavar="NAME")
    named.set_defaults(run=rename)
    send = acts.add_parser("send", help="make a draft of the newest version's rows to register")
    send.add_argument("workbook", metavar="KEY")
    send.add_argument("--project", metavar="CODE", required=True, help="project of the samples")
    send.add_argument("--sheet", help="name of the sheet (default: the first)")
    send.add_argument("--rows", type=int, nargs="+", help="lines of the file (default: all)")
    send.set_defaults(run=send_rows)
    find = acts.add_parser("find", help="find rows of all workbooks by a part of a cell")
    find.add_argument("text", metavar="TEXT")
    find.add_argument("--all-versions", action="store_true", help="search older versions, too")
    find.set_defaults(run=find_rows)
    diff = acts.add_parser("diff", help="show what differs between two versions of a workbook")
    diff.add_argument("workbook", metavar="KEY")
    diff.add_argument("--old", type=int, help="number of the older version (default: last but one)")
    diff.add_argument("--new", type=int, help="number of the newer version (default: last)")
    diff.add_argument("--sheet", help="name of the sheet (default: the first of both versions)")
    diff.add_argument("--key", help="heading of the column that names rows in both")
    diff.set_defaults(run=show_difference)


def add_file(arguments: argparse.Namespace) -> int:
    """Keep a file, and say what became of it."""
    principal, content = operator(), _content(arguments.file)
    files = DiskStore(load_settings().files_dir)
    with transaction.writing() as session:
        if arguments.version_of:
            added = service.add_version(
                session,
                principal,
                _key(arguments.version_of),
                file_name=arguments.file.name,
                content=content,
                files=files,
                note=arguments.note,
            )
        else:
            added = service.add_workbook(
                session,
                principal,
                file_name=arguments.file.name,
                content=content,
                files=files,
                project_id=_project(session, principal, arguments.project),
                note=arguments.note,
            )
        view = queries.workbook(session, principal, added.workbook_id)
    version = next(each for each in view.versions if each.id == added.version_id)
    _print(added.same_as or f"{view.id}  {view.name}, version {version.number}: {_read(version)}")
    return 0


def show_list(arguments: argparse.Namespace) -> int:
    """Print a line for each workbook."""
    with transaction.reading() as session:
        found = workbooks_listed.list_workbooks(
            session, operator(), named=arguments.search, cursor=arguments.after
        )
    for each in found.items:
        _print(
            f"{each.id}  {each.name}  {each.project_code or 'no project'}  "
            f"version {each.latest_number}  {each.state.value}  "
            f"{each.sheet_count} sheets, {each.row_count:,} rows  {each.uploaded_at:%Y-%m-%d}"
        )
    if not found.items:
        _print("There are no workbooks here.")
    if found.next_cursor:
        _print(f"There are more: --after {found.next_cursor}")
    return 0


def rename(arguments: argparse.Namespace) -> int:
    """Give a workbook another name."""
    with transaction.writing() as session:
        service.rename(session, operator(), _key(arguments.workbook), arguments.name)
    _print(f"It is called “{arguments.name.strip()}” now.")
    return 0


def send_rows(arguments: argparse.Namespace) -> int:
    """Make a draft of rows, and say where it is; a terminal waits for however many there are."""
    principal, files = operator(), DiskStore(load_settings().files_dir)
    with transaction.writing() as session:
        view = queries.workbook(session, principal, _key(arguments.workbook))
        draft = sending.send_rows(
            session,
            principal,
            sheet_id=_sheet(view.versions[0], arguments.sheet).id,
            rows=arguments.rows,
            project_id=templates_queries.get_project(session, principal, arguments.project).id,
            files=files,
        )
    _print(f"Draft {draft} is made. Open it on the page Register: /register?draft={draft}")
    return 0


def find_rows(arguments: argparse.Namespace) -> int:
    """Print the rows that contain a text."""
    with transaction.reading() as session:
        found = queries.search_rows(
            session, operator(), arguments.text, all_versions=arguments.all_versions
        )
    for row in found.rows:
        _print(
            f"{row.workbook_name}, version {row.version_number}, {row.sheet_name}, "
            f"row {row.row_number}: {row.heading}: {row.cell}"
        )
    if not found.rows:
        _print(f"No row contains “{arguments.text}”.")
    elif found.is_more:
        _print("There are more. Look for a longer text.")
    return 0


def show_difference(arguments: argparse.Namespace) -> int:
    """Print what differs between two versions."""
    principal = operator()
    with transaction.reading() as session:
        view = queries.workbook(session, principal, _key(arguments.workbook))
        old, new = _sheets(view, arguments)
        found = queries.difference(session, principal, old=old.id, new=new.id, key=arguments.key)
    for line in _lines(found):
        _print(line)
    return 0


def _lines(found: SheetDifference) -> list[str]:
    """Return a line for each difference; rows count from 1 below the headings."""
    lines = [f"+ column {heading}" for heading in found.added_columns]
    lines += [f"- column {heading}" for heading in found.removed_columns]
    lines += [
        f"  row {pair.after + 1}, {cell.heading}: “{cell.before or ''}” → “{cell.after or ''}”"
        for pair in found.changed
        for cell in pair.cells
    ]
    lines += [f"+ row {place + 1}: {' | '.join(row)}" for place, row in found.added_rows]
    lines += [f"- row {place + 1}: {' | '.join(row)}" for place, row in found.removed_rows]
    return lines or ["Nothing differs."]


def _sheets(view: WorkbookView, arguments: argparse.Namespace) -> tuple[SheetView, SheetView]:
    numbers = [version.number for version in view.versions]
    new = arguments.new or numbers[0]
    old = arguments.old or new - 1
    by_number = {version.number: version for version in view.versions}
    missing = next((number for number in (old, new) if number not in by_number), None)
    if missing is not None:
        raise NotFound(
            f"“{view.name}” has no version {missing}. It has {', '.join(map(str, numbers[::-1]))}."
        )
    return _sheet(by_number[old], arguments.sheet), _sheet(by_number[new], arguments.sheet)


def _sheet(version: VersionView, name: str | None) -> SheetView:
    for sheet in version.sheets:
        if name is None or sheet.name == name:
            return sheet
    names = ", ".join(sheet.name for sheet in version.sheets) or "none that was read"
    raise NotFound(f"Version {version.number} has no such sheet. Its sheets: {names}.")


def _read(version: VersionView) -> str:
    if version.refusal:
        return f"kept, not read. {version.refusal}"
    if not version.sheets:
        return "a worker reads it."
    rows = sum(sheet.row_count for sheet in version.sheets)
    return f"{len(version.sheets)} sheets, {rows:,} rows."


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            # The reader has the sentence that says how large is too large.
            return stream.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error


def _project(session: ReadSession, principal: Principal, code: str | None) -> UUID | None:
    return templates_queries.get_project(session, principal, code).id if code else None


def _key(written: str) -> WorkbookId:
    try:
        return WorkbookId(UUID(written))
    except ValueError as error:
        raise NotFound(f"“{written}” is no workbook's key. “workbooks list” shows them.") from error


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
