"""Files by their content; the stand-in behaves as the disk does."""

from pathlib import Path

import pytest

from backend.core.blobs import DiskStore, FileStore, MemoryStore, key_of
from backend.core.errors import NotFound


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    return DiskStore(tmp_path / "files") if request.param == "disk" else MemoryStore()


def test_what_was_put_is_got_by_its_key(store: FileStore) -> None:
    key = store.put(b"Sample,Type\n")

    assert store.get(key) == b"Sample,Type\n"
    assert key == key_of(b"Sample,Type\n")


def test_the_same_content_has_one_key(store: FileStore) -> None:
    assert store.put(b"twice") == store.put(b"twice")


@pytest.mark.parametrize("key", ["0" * 64, "../../etc/passwd", ""])
def test_an_unknown_key_is_not_found(store: FileStore, key: str) -> None:
    with pytest.raises(NotFound):
        store.get(key)


def test_a_file_changed_on_disk_is_not_handed_out(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    key = store.put(b"original")
    (tmp_path / key[:2] / key).write_bytes(b"changed")

    with pytest.raises(NotFound, match="changed on disk"):
        store.get(key)


def test_files_are_readable_by_the_owner_only(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    key = store.put(b"patient data")

    assert (tmp_path / key[:2] / key).stat().st_mode & 0o077 == 0
