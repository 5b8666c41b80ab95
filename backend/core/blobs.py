"""Files by their content: a port, the disk behind it, and a memory stand-in for tests.

A file is stored under the SHA-256 of its bytes, so the same file is kept once and a stored one is
never changed. Putting a file is not undone by a rolled-back transaction; a file without a row is
harmless and is found by the name of its content when it comes again.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Protocol

from backend.core.errors import NotFound


class FileStore(Protocol):
    """Where the bytes of uploaded and produced files are kept."""

    def put(self, content: bytes) -> str:
        """Store the bytes and return their key, the SHA-256 in hex."""

    def get(self, key: str) -> bytes:
        """Return the bytes of a key.

        Raises:
            NotFound: no file of this key is stored.
        """


def key_of(content: bytes) -> str:
    """Return the key that these bytes are stored under."""
    return hashlib.sha256(content).hexdigest()


class DiskStore:
    """Files in a folder, spread over 256 sub-folders, readable by the owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, content: bytes) -> str:
        """Store the bytes and return their key; an interrupted write leaves no half file."""
        key = key_of(content)
        path = self._path(key)
        if path.exists():
            return key
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).replace(path)
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes of a key.

        Raises:
            NotFound: no file of this key is stored, or its bytes are no longer those stored.
        """
        path = self._path(key)
        if not path.is_file():
            raise NotFound(f"The file {key[:12]}… is not in the file store.")
        content = path.read_bytes()
        if key_of(content) != key:
            raise NotFound(f"The file {key[:12]}… was changed on disk and is not handed out.")
        return content

    def _path(self, key: str) -> Path:
        # Keys come from rows; only hexadecimal digits can make a path.
        if not key or set(key) - set("0123456789abcdef"):
            raise NotFound("That is no key of a stored file.")
        return self._root / key[:2] / key


class MemoryStore:
    """Files in memory, for tests and for reading without keeping."""

    def __init__(self) -> None:
        self._files: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their key."""
        key = key_of(content)
        self._files[key] = content
        return key

    def get(self, key: str) -> bytes:
        """Return the bytes of a key.

        Raises:
            NotFound: no file of this key is kept.
        """
        if key not in self._files:
            raise NotFound(f"The file {key[:12]}… is not in the file store.")
        return self._files[key]
