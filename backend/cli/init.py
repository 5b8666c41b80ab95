"""``tracseq init``: an empty laboratory, and the way in for its first administrator."""

import argparse
import sys

from backend.auth import service as auth_service
from backend.cli.offline import open_laboratory
from backend.cli.operator import operator
from backend.core import secret_files
from backend.core.config import Settings, load_settings
from backend.core.errors import InvalidInput
from backend.core.transaction import writing
from backend.documents import models as _files  # noqa: F401  templates refer to its tables
from backend.samples import consent_models as _consents  # noqa: F401  and projects to these
from backend.samples import models as _projects  # noqa: F401  so do imports
from backend.sequencing.reference.usual import add_usual_reference
from backend.storage.usual_unit_types import add_usual_unit_types
from backend.templates.usual import add_usual_templates
from backend.work import models as _jobs  # noqa: F401  plans of storage refer to these


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "init",
        help="set up an empty laboratory instead of the demonstration",
        description=(
            "Set up an empty laboratory in TRACSEQ_HOME and print the one-time token with which "
            "its first administrator signs up. Do this before the first “make run”: an empty "
            "folder becomes the demonstration laboratory otherwise."
        ),
    )
    parser.add_argument("--name", help="the laboratory's name, as pages and reports show it")
    parser.add_argument("--time-zone", metavar="ZONE", help="such as Europe/Berlin")
    parser.add_argument(
        "--setup-token",
        action="store_true",
        help="only print a new token: the laboratory is set up, but nobody has signed up yet",
    )
    # No server has to run yet; `run` starts the laboratory's own for as long as it needs it.
    parser.set_defaults(run=run, needs_database=False)


def run(arguments: argparse.Namespace) -> int:
    """Set up the laboratory, or give another token for it."""
    settings = load_settings()
    if not arguments.setup_token and not arguments.name:
        raise InvalidInput("Say how the laboratory is called: tracseq init --name “…”.")
    secret_files.ensure(settings.secrets_dir)
    with open_laboratory(settings), writing() as session:
        if not arguments.setup_token:
            made = auth_service.create_laboratory(
                session,
                operator(),
                name=arguments.name,
                time_zone=arguments.time_zone or settings.time_zone,
                is_demo=False,
            )
            add_usual_templates(session, operator())
            add_usual_unit_types(session, operator())
            add_usual_reference(session, operator())
            sys.stdout.write(f"“{made.name}” is set up, in time zone {made.time_zone}.\n")
        token = auth_service.create_setup_token(session)
    sys.stdout.write(_way_in(settings, token))
    return 0


def _way_in(settings: Settings, token: str) -> str:
    return (
        f"Set-up token, good once within 15 minutes: {token}\n"
        "Start the laboratory with “make run” if it is not running, then make its first "
        f"administrator at\n  http://127.0.0.1:{settings.port}/setup?token={token}\n"
    )
