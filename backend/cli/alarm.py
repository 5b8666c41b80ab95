"""``tracseq alarm ack``: see alarms.py."""

import argparse

from backend.cli import alarms


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    alarms.register_one(commands)
