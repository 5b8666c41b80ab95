"""Secrets are files of the laboratory's owner: made once at random, never in code or settings."""

import os
import secrets
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

SESSION_KEY = "session_key"
TOKEN_SIGNING_KEY = "token_signing_key.pem"  # noqa: S105 -- the name of a file

_ANYONE_ELSE = stat.S_IRWXG | stat.S_IRWXO


class SecretRefused(Exception):
    """A secret is missing or others may read it; the message says which and what to do."""


def ensure(folder: Path) -> list[str]:
    """Make the secrets that are missing and return their names; existing ones are only checked.

    Raises:
        SecretRefused: an existing secret or the folder may be read by others.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for name, make in _MAKERS.items():
        if not (folder / name).exists():
            write(folder, name, make())
            made.append(name)
    check(folder)
    return made


def check(folder: Path) -> None:
    """Raise SecretRefused unless every secret is there and only its owner may read it."""
    for name in _MAKERS:
        read(folder, name)


def read(folder: Path, name: str) -> bytes:
    """Return a secret.

    Raises:
        SecretRefused: it is missing, or it or its folder is open to others.
    """
    path = folder / name
    if not path.is_file():
        raise SecretRefused(f"The secret {path} is missing. Make it with: tracseq init")
    for checked in (folder, path):
        status = checked.stat()
        if status.st_mode & _ANYONE_ELSE:
            rights = stat.filemode(status.st_mode)
            raise SecretRefused(f"{checked} is open to others ({rights}). Run: chmod go= {checked}")
        if status.st_uid not in {os.geteuid(), 0}:
            raise SecretRefused(f"{checked} belongs to another user. Run: chown $USER {checked}")
    return path.read_bytes()


def write(folder: Path, name: str, secret: bytes) -> None:
    """Write a secret so that at no moment anyone else could read it."""
    partial = folder / f".{name}.{os.getpid()}"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / name)


def _session_key() -> bytes:
    return secrets.token_hex(32).encode()


def _token_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )


_MAKERS: Mapping[str, Callable[[], bytes]] = {
    SESSION_KEY: _session_key,
    TOKEN_SIGNING_KEY: _token_signing_key,
}
