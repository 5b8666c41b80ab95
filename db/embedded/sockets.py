"""Folders for Unix sockets: private, and short enough for the kernel."""

import os
import tempfile
from pathlib import Path

from db.embedded.identity import Identity

# sun_path holds 108 bytes on Linux and 104 on macOS; the socket's own name needs some of them.
_LONGEST_FOLDER = 80


def socket_folder(wanted: Path, identity: Identity | None) -> Path:
    """Return ``wanted`` when a socket fits into it, else a private folder made for this start."""
    if len(os.fsencode(wanted)) <= _LONGEST_FOLDER:
        return wanted
    folder = Path(tempfile.mkdtemp(prefix="tracseq-"))
    if identity:
        os.chown(folder, identity.uid, identity.gid)
    return folder
