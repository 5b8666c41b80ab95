"""``tracseq templates``: list them, show one, write its workbook, change and publish it."""

import argparse
import json
import sys
from pathlib import Path

from backend.auth import models as _people  # noqa: F401  files refer to who sent them
from backend.cli.operator import operator
from backend.core import transaction
from backend.core.errors import InvalidInput
from backend.core.sessions import WriteSession
from backend.documents import models as _files  # noqa: F401  templates refer to its tables
from backend.samples import consent_models as _consents  # noqa: F401  and projects to these
from backend.samples import models as _projects  # noqa: F401  so do imports
from backend.templates import definition_queries
from backend.templates.adapters.template_file import write_template
from backend.templates.definition import TemplateColumn
from backend.templates.definition_rules import rule_in_words
from backend.templates.definition_views import VersionView
from backend.templates.errors import TemplateNotFound
from backend.templates.ids import TemplateKind
from backend.templates.service import defining

_LARGEST_DEFINITION = 1_000_000


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser("templates", help="templates of sample lists")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    acts.add_parser("list", help="the templates there are").set_defaults(run=run_list)
    show = acts.add_parser("show", help="what a version says")
    show.add_argument("--json", action="store_true", help="as import-definition reads it")
    show.set_defaults(run=run_show)
    export = acts.add_parser("export", help="write the workbook that senders fill in")
    export.add_argument("-o", "--out", required=True, type=Path, metavar="FILE.xlsx")
    export.set_defaults(run=run_export)
    for each in (show, export):
        each.add_argument("key", metavar="KEY")
        each.add_argument("--version", type=int, help="by default the one that is handed out")
    change = acts.add_parser(
        "import-definition",
        help="make a template, or its next draft, of a JSON file",
        description="The file holds key, name, kind and definition, as show --json writes them.",
    )
    change.add_argument("file", type=Path, metavar="FILE.json")
    change.set_defaults(run=run_import)
    publish = acts.add_parser("publish", help="hand the draft out; it never changes again")
    publish.add_argument("key", metavar="KEY")
    publish.add_argument("--note", required=True, help="what is new in the version")
    publish.set_defaults(run=run_publish)


def run_list(arguments: argparse.Namespace) -> int:  # noqa: ARG001 -- every command takes them
    """Print a line per template."""
    with transaction.reading() as session:
        found = definition_queries.list_templates(session, operator())
    for each in found:
        used = f"version {each.published.number}" if each.published else "nothing published"
        draft = f", draft {each.draft.number}" if each.draft else ""
        _print(f"{each.key:28}  {each.name:28}  {used}{draft}, {each.imports:,} lists")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print a version: its columns and rules, or all of it as JSON."""
    version = _version(arguments)
    if arguments.json:
        told = {
            "key": version.template_key,
            "name": version.template_name,
            "kind": version.kind.value,
            "definition": version.definition.model_dump(mode="json"),
        }
        _print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    _print(f"{version.template_name}, version {version.number}, {version.state.value}")
    for column in version.definition.columns:
        _print(f"  {_column(column)}")
    for rule in version.definition.rules:
        _print(f"  {rule_in_words(rule)}")
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write the workbook of a version."""
    version = _version(arguments)
    try:
        arguments.out.write_bytes(write_template(version))
    except OSError as error:
        raise InvalidInput(f"{arguments.out} cannot be written: {error.strerror}.") from error
    _print(f"{arguments.out}: {version.template_name}, version {version.number}.")
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Make a template of a file, or the next draft of one that is there."""
    told = _told(arguments.file)
    definition = defining.definition_of(_object(told.get("definition"), arguments.file))
    key = str(told.get("key") or "")
    with transaction.writing() as session:
        if _is_there(session, key):
            defining.open_draft(session, operator(), key=key)
            made = defining.save_draft(session, operator(), key=key, definition=definition)
        else:
            made = defining.create_template(
                session,
                operator(),
                key=key,
                name=str(told.get("name") or ""),
                kind=_kind(told.get("kind")),
                definition=definition,
            )
    _print(f"{made.template_key}: version {made.number} is a draft. Publish it to hand it out.")
    return 0


def run_publish(arguments: argparse.Namespace) -> int:
    """Publish a template's draft."""
    with transaction.writing() as session:
        made = defining.publish(session, operator(), key=arguments.key, note=arguments.note)
    _print(f"{made.template_key}: version {made.number} is what senders are given now.")
    return 0


def _version(arguments: argparse.Namespace) -> VersionView:
    with transaction.reading() as session:
        return definition_queries.get_version(session, operator(), arguments.key, arguments.version)


def _is_there(session: WriteSession, key: str) -> bool:
    try:
        definition_queries.get_template(session, operator(), key)
    except TemplateNotFound:
        return False
    return True


def _told(path: Path) -> dict[str, object]:
    try:
        if path.stat().st_size > _LARGEST_DEFINITION:
            raise InvalidInput(f"{path} is no definition: it is larger than 1 MB.")
        return _object(json.loads(path.read_bytes()), path)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidInput(f"{path} is no JSON: {error}.") from error


def _object(value: object, path: Path) -> dict[str, object]:
    if not isinstance(value, dict):
        raise InvalidInput(f"{path} must hold key, name, kind and definition, as show --json does.")
    return value


def _kind(value: object) -> TemplateKind:
    try:
        return TemplateKind(str(value or TemplateKind.SAMPLE_INTAKE.value))
    except ValueError as error:
        kinds = ", ".join(kind.value for kind in TemplateKind)
        raise InvalidInput(f"“{value}” is no kind of template. There are: {kinds}.") from error


def _column(column: TemplateColumn) -> str:
    parts = [column.kind.value]
    parts += ["required"] if column.required else []
    parts += [f"one of {', '.join(column.choices)}"] if column.choices else []
    return f"{column.title}: {', '.join(parts)}"


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
