"""Commands of ``tracseq`` run in this process."""

from backend.cli import __main__ as cli
from backend.core import transaction


def run_command(*arguments: str) -> int:
    """Run a command as a process would, and give the test its database back."""
    bound = transaction.bound_engine()
    try:
        return cli.main(arguments)
    finally:
        transaction.bind(bound)
