"""What no single file can see: rules about the tree as a whole."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
_LONGEST_FILE = 400

_BINARY = {".png", ".woff2", ".ico", ".pdf", ".xlsx", ".jpg", ".gz"}

# Only these may open a transaction; services take a session and never commit.
_ADAPTERS = ("dashboard/", "jobs/", "db/", "bench/", "tests/", "backend/api/", "backend/cli/")

_NEVER_COMMITTED = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:work|root|Users)/\w"),
    "a home folder": re.compile(r"(?<![\w.])/home/(?!.*\{)\w+/"),
    "an address of a package index": re.compile(
        r"--(?:extra-)?index-url|https?://[^\s\"']*/simple\b|_authToken|\"resolved\"\s*:"
    ),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/]{20}"),
}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def _python() -> list[Path]:
    return [path for path in _tracked() if path.suffix == ".py"]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_who_imports_whom_is_as_declared() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [str(lint_imports)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout


def test_only_adapters_open_transactions() -> None:
    found = [
        _name(path)
        for path in _python()
        if "backend.core.transaction" in _imported(path) and not _name(path).startswith(_ADAPTERS)
    ]

    assert set(found) <= {"wsgi.py"}


def test_no_file_grows_past_four_hundred_lines() -> None:
    grown = {
        _name(path): lines
        for path in _tracked()
        if path.suffix in {".py", ".css", ".js", ".sql"} and "versions/" not in _name(path)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > _LONGEST_FILE
    }

    assert grown == {}


def test_packages_are_marked_by_empty_files() -> None:
    filled = [
        _name(path) for path in _python() if path.name == "__init__.py" and path.stat().st_size
    ]

    assert filled == []


@pytest.mark.parametrize("kind", _NEVER_COMMITTED)
def test_nothing_is_committed_that_belongs_to_one_machine_or_is_secret(kind: str) -> None:
    pattern = _NEVER_COMMITTED[kind]
    found = [
        f"{_name(path)}: {match.group()}"
        for path in _tracked()
        if path.suffix not in _BINARY and path != Path(__file__)
        if (match := pattern.search(path.read_text(encoding="utf-8", errors="ignore")))
    ]

    assert found == []


def test_every_locked_package_carries_its_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        pinned = re.findall(
            r"^([\w.\-\[\]]+==\S+.*?)(?=^\S|\Z)",
            (ROOT / name).read_text(encoding="utf-8"),
            re.MULTILINE | re.DOTALL,
        )

        assert len(pinned) > 40
        assert [entry.split()[0] for entry in pinned if "--hash=sha256:" not in entry] == []


def test_production_brings_no_asgiref() -> None:
    # Dash makes every callback asynchronous, and five times slower, as soon as asgiref imports.
    assert "asgiref" not in (ROOT / "requirements.lock").read_text(encoding="utf-8")


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names
