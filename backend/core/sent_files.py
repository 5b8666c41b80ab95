"""Files that are handed out piece by piece, and closed when they have been, or nobody reads on."""

from collections.abc import Iterator
from typing import IO, Final

_PIECE_BYTES: Final = 64 * 1024


class SentFile:
    """The pieces of an open file. The last one closes it, or whoever serves it and gives up."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = b"" if self._file.closed else self._file.read(_PIECE_BYTES)
        if not piece:
            self.close()
            raise StopIteration
        return piece

    def close(self) -> None:
        """Close the file, which may remove it."""
        self._file.close()
