"""The terminal's door: exit codes, messages, and where the running laboratory is found."""

import argparse
from pathlib import Path
from types import SimpleNamespace

import pytest

from backend.cli import __main__ as cli
from backend.cli import addresses
from backend.cli.operator import operator
from backend.core.config import Settings
from backend.core.errors import InvalidInput, Unavailable
from backend.core.principal import Origin, Permission


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A command named ``weigh`` whose behaviour a test chooses."""
    chosen = SimpleNamespace(run=lambda _: None)

    def run(parsed: argparse.Namespace) -> int | None:
        return chosen.run(parsed)  # looked up when it runs: a test sets it afterwards

    def register(subparsers: argparse._SubParsersAction) -> None:
        parser = subparsers.add_parser("weigh")
        parser.add_argument("barcode")
        parser.set_defaults(run=run, needs_database=False)

    monkeypatch.setattr(cli, "MODULES", (SimpleNamespace(register=register),))
    return chosen


def test_a_command_is_called_with_its_arguments(command: SimpleNamespace) -> None:
    seen: list[str] = []
    command.run = lambda parsed: seen.append(parsed.barcode)

    assert cli.main(["weigh", "TS-1"]) == 0
    assert seen == ["TS-1"]


def test_a_refusal_is_a_sentence_and_exit_code_two(
    command: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: argparse.Namespace) -> None:
        raise InvalidInput("TS-1 has no volume.", fields={"volume_ul": "Give a number above 0."})

    command.run = refuse

    assert cli.main(["weigh", "TS-1"]) == 2
    assert capsys.readouterr().err == "TS-1 has no volume.\n  volume_ul: Give a number above 0.\n"


def test_a_command_may_choose_its_exit_code(command: SimpleNamespace) -> None:
    command.run = lambda _: 1

    assert cli.main(["weigh", "TS-1"]) == 1


def test_without_a_running_laboratory_the_way_to_start_one_is_told(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=None, redis_url=None)

    with pytest.raises(Unavailable, match=r"No laboratory is running in .*make run"):
        addresses.database_url(settings)
    assert addresses.redis_url(settings) is None


def test_the_running_laboratory_is_found_by_what_its_supervisor_wrote(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "database-url").write_text("postgresql://running\n")
    settings = Settings(home=tmp_path, database_url=None)

    assert addresses.database_url(settings) == "postgresql://running"


def test_a_configured_database_wins_over_a_running_one(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "database-url").write_text("postgresql://running\n")
    settings = Settings(home=tmp_path, database_url="postgresql://configured")

    assert addresses.database_url(settings) == "postgresql://configured"


def test_the_operator_is_named_after_the_account_and_may_do_everything() -> None:
    principal = operator()

    assert principal.permissions == frozenset(Permission)
    assert principal.origin is Origin.CLI
    assert principal.name.endswith("at the terminal")
