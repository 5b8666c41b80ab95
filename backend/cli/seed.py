"""``tracseq seed``: the demonstration laboratory, at any size, in an empty database."""

import argparse
import sys

from backend.cli.offline import open_laboratory
from backend.core import secret_files
from backend.core.config import load_settings
from backend.core.errors import InvalidInput
from db.seeds import demo

LEAST_SAMPLES = 100
MOST_SAMPLES = 20_000_000


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "seed",
        help="fill an empty database with the demonstration laboratory",
        description=(
            "Fill an empty database with the demonstration laboratory: people, projects, freezers "
            "with 90 days of history, samples, and two sequencing runs. Same size and same day, "
            "same laboratory. The sign-ins are written to a file that only you can read."
        ),
    )
    parser.add_argument(
        "--samples", type=int, default=demo.DEFAULT_SAMPLES, metavar="N", help="how many samples"
    )
    parser.set_defaults(run=run, needs_database=False)


def run(arguments: argparse.Namespace) -> int:
    """Seed and say what was written."""
    if not LEAST_SAMPLES <= arguments.samples <= MOST_SAMPLES:
        raise InvalidInput(
            f"--samples {arguments.samples} is out of range. "
            f"Give a number from {LEAST_SAMPLES:,} to {MOST_SAMPLES:,}."
        )
    settings = load_settings()
    secret_files.ensure(settings.secrets_dir)
    with open_laboratory(settings):
        counts = demo.seed(settings, samples=arguments.samples)
    for kind, count in counts.items():
        sys.stdout.write(f"{count:>12,} {kind}\n")
    sys.stdout.write(f"Sign-ins: {settings.secrets_dir / demo.SIGN_INS_FILE}\n")
    return 0
