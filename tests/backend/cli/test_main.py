"""The terminal's door: exit codes, messages, and where the running laboratory is found."""

import argparse
import importlib
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import grimp
import pytest

from backend import tables
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

    module = ModuleType("backend.cli.weighing")

    def register(subparsers: argparse._SubParsersAction) -> None:
        parser = subparsers.add_parser("weigh")
        parser.add_argument("barcode")
        parser.set_defaults(run=run, needs_database=False)

    module.register = register
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(cli, "COMMANDS", {"weigh": cli.Command("weighing", "weigh a tube")})
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


def test_the_help_says_of_each_command_what_its_module_says() -> None:
    commands = argparse.ArgumentParser().add_subparsers()

    for command in cli.COMMANDS.values():
        importlib.import_module(f"backend.cli.{command.module}").register(commands)

    told = {each.dest: each.help for each in commands._choices_actions}
    assert told == {name: command.about for name, command in cli.COMMANDS.items()}


def test_help_and_other_commands_come_without_a_commands_module(
    command: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = {"absent": cli.Command("absent", "a module that is not there")}
    monkeypatch.setattr(cli, "COMMANDS", {**cli.COMMANDS, **absent})

    with pytest.raises(SystemExit, match="0"):
        cli.main(["--help"])
    assert "a module that is not there" in capsys.readouterr().out
    assert cli.main(["weigh", "TS-1"]) == 0


def test_a_command_imports_every_table_that_its_tables_refer_to() -> None:
    home = {
        mapper.local_table.name: mapper.class_.__module__ for mapper in tables.Base.registry.mappers
    }
    graph = grimp.build_graph("backend", "db", cache_dir=None)
    missing = {}

    for command in cli.COMMANDS.values():
        module = f"backend.cli.{command.module}"
        imported = graph.find_upstream_modules(module)
        missing[module] = {
            key.column.table.name
            for table in tables.metadata.tables.values()
            if home.get(table.name) in imported
            for key in table.foreign_keys
            if home[key.column.table.name] not in imported
        }

    assert {module: names for module, names in missing.items() if names} == {}


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
