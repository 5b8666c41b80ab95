"""Secrets are made once, for their owner only, and refused when others could read them."""

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from backend.core import secret_files
from backend.core.secret_files import SESSION_KEY, TOKEN_SIGNING_KEY, SecretRefused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "secrets"


def test_missing_secrets_are_made_for_the_owner_alone(folder: Path) -> None:
    made = secret_files.ensure(folder)

    assert made == [SESSION_KEY, TOKEN_SIGNING_KEY]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_start_keeps_the_secrets_of_the_first(folder: Path) -> None:
    secret_files.ensure(folder)
    before = secret_files.read(folder, SESSION_KEY)

    assert secret_files.ensure(folder) == []
    assert secret_files.read(folder, SESSION_KEY) == before


def test_two_laboratories_have_different_secrets(tmp_path: Path) -> None:
    secret_files.ensure(tmp_path / "one")
    secret_files.ensure(tmp_path / "two")

    one, two = (secret_files.read(tmp_path / name, SESSION_KEY) for name in ("one", "two"))
    assert one != two
    assert len(one) == 64


def test_the_signing_key_is_a_private_key(folder: Path) -> None:
    secret_files.ensure(folder)

    key = load_pem_private_key(secret_files.read(folder, TOKEN_SIGNING_KEY), password=None)
    assert type(key).__name__ == "Ed25519PrivateKey"


def test_a_secret_that_others_may_read_is_refused(folder: Path) -> None:
    secret_files.ensure(folder)
    (folder / SESSION_KEY).chmod(0o640)

    with pytest.raises(SecretRefused, match=r"session_key is open to others .*chmod go="):
        secret_files.check(folder)


def test_a_folder_that_others_may_enter_is_refused(folder: Path) -> None:
    secret_files.ensure(folder)
    folder.chmod(0o711)

    with pytest.raises(SecretRefused, match="secrets is open to others"):
        secret_files.read(folder, SESSION_KEY)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_secret_of_another_user_is_refused(folder: Path) -> None:
    secret_files.ensure(folder)
    os.chown(folder / SESSION_KEY, 12345, 12345)

    with pytest.raises(SecretRefused, match="belongs to another user"):
        secret_files.read(folder, SESSION_KEY)


def test_a_missing_secret_says_how_to_make_it(folder: Path) -> None:
    folder.mkdir(mode=0o700)

    with pytest.raises(SecretRefused, match=r"session_key is missing\. Make it with: tracseq init"):
        secret_files.check(folder)
