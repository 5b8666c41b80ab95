"""A signed note outside the database of how far the audit chain had come.

The chain itself tells every edit, but not that its newest entries were cut off: a shorter chain is
a valid chain. The note does.
"""

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from backend.core import clock, secret_files
from backend.core.sessions import ReadSession
from backend.events import sealing

_FILE = "audit-checkpoint.json"


def write(home: Path, secrets_dir: Path, pos: int, chain_hash: bytes) -> None:
    """Note position and hash of the newest sealed entry; a laboratory without keys has no note."""
    key = _key(secrets_dir)
    if key is None:
        return
    note = {
        "pos": pos,
        "hash": b64encode(chain_hash).decode(),
        "at": clock.utc_now().isoformat(),
        "signature": b64encode(key.sign(_signed(pos, chain_hash))).decode(),
    }
    partial = home / f".{_FILE}.{os.getpid()}"
    partial.write_text(json.dumps(note) + "\n", encoding="utf-8")
    partial.replace(home / _FILE)


def find_fault(session: ReadSession, home: Path, secrets_dir: Path) -> str | None:
    """Return what contradicts the note, in a sentence; None when it agrees or there is none."""
    path, key = home / _FILE, _key(secrets_dir)
    if key is None or not path.is_file():
        return None
    note = json.loads(path.read_text(encoding="utf-8"))
    pos, chain_hash = int(note["pos"]), b64decode(note["hash"])
    try:
        key.public_key().verify(b64decode(note["signature"]), _signed(pos, chain_hash))
    except InvalidSignature:
        return f"The checkpoint {path} was not signed by this laboratory."
    found = sealing.hash_at(session, pos)
    if found is None:
        return (
            f"The chain once reached entry {pos} ({note['at']}) and ends before it now: "
            "its newest entries were cut off."
        )
    if found != chain_hash:
        return f"Entry {pos} is not the one that was sealed at {note['at']}."
    return None


def _signed(pos: int, chain_hash: bytes) -> bytes:
    # The prefix keeps the signature from being taken for one of another purpose.
    return b"tracseq audit checkpoint|%d|" % pos + chain_hash


def _key(secrets_dir: Path) -> Ed25519PrivateKey | None:
    path = secrets_dir / secret_files.TOKEN_SIGNING_KEY
    if not path.is_file():
        return None
    key = load_pem_private_key(
        secret_files.read(secrets_dir, secret_files.TOKEN_SIGNING_KEY), password=None
    )
    return key if isinstance(key, Ed25519PrivateKey) else None
