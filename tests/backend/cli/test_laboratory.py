"""Setting a laboratory up and keeping its people, from a terminal."""

import io
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from backend.auth import queries, service
from backend.auth.errors import SetupTokenRefused
from backend.auth.ids import Role
from backend.auth.views import SignedIn, UserView
from backend.cli.operator import operator
from backend.core import secret_files
from backend.core.config import Settings
from backend.core.transaction import reading, writing
from backend.events import sealing
from backend.sequencing.reference.usual import usual
from backend.storage import usual_unit_types
from db.embedded.identity import ServerCannotRun
from jobs.supervisor import first_start
from tests.factories.people import PASSWORD, make_user
from tests.support import pdf_reading
from tests.support.command_line import run_command as run

pytestmark = pytest.mark.usefixtures("laboratory")

CHOSEN = "eleven magnets in a drawer"
ENTRIES = 9 + len(usual_unit_types.USUAL) + sum(1 for _ in usual())
"""The laboratory, each usual template drafted and published, and each piece of reference data."""


def people() -> list[UserView]:
    with reading() as session:
        return queries.people(session, operator())


def signs_in(email: str, password: str) -> bool:
    with writing() as session:
        outcome = service.sign_in(session, email=email, password=password, address="", agent="")
    return isinstance(outcome, SignedIn)


def token_in(text_: str) -> str:
    return re.findall(r"token=(\S+)", text_)[-1]


def test_init_makes_an_empty_laboratory_whose_token_makes_the_first_administrator(
    laboratory: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("init", "--name", "Quay Street", "--time-zone", "Europe/Lisbon") == 0

    said = capsys.readouterr().out
    with writing() as session:
        service.use_setup_token(
            session,
            token=token_in(said),
            email="ines@quay.example",
            name="Ines Costa",
            password=CHOSEN,
        )
    with reading() as session:
        made = service.get_laboratory(session)
    assert made is not None
    assert (made.name, made.time_zone, made.is_demo) == ("Quay Street", "Europe/Lisbon", False)
    assert [person.roles for person in people()] == [(Role.ADMINISTRATOR,)]
    assert (laboratory.secrets_dir / secret_files.SESSION_KEY).is_file()


def test_after_init_the_first_start_makes_no_demonstration(laboratory: Settings) -> None:
    run("init", "--name", "Quay Street")

    first_start.fill(laboratory)

    assert people() == []
    with reading() as session:
        assert session.scalar(text("SELECT count(*) FROM sample")) == 0


def test_another_token_is_given_while_nobody_has_signed_up_and_the_first_is_worthless(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run("init", "--name", "Quay Street")
    first = token_in(capsys.readouterr().out)

    assert run("init", "--setup-token") == 0

    second = token_in(capsys.readouterr().out)
    with pytest.raises(SetupTokenRefused), writing() as session:
        service.use_setup_token(
            session, token=first, email="a@b.example", name="Ada", password=CHOSEN
        )
    assert first != second


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--name", "Second"], "already holds the laboratory “First”"),
        (["--setup-token"], "has people already"),
        ([], "Say how the laboratory is called"),
        (["--name", "X", "--time-zone", "Mars/Base"], "Mars/Base"),
    ],
)
def test_init_is_refused_in_words_and_changes_nothing(
    arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with writing() as session:
        make_user(session, Role.ADMINISTRATOR)
        if "Mars/Base" not in arguments:
            service.create_laboratory(
                session, operator(), name="First", time_zone="Europe/Berlin", is_demo=False
            )

    assert run("init", *arguments) == 2

    assert why in capsys.readouterr().err
    assert len(people()) == 1


def test_a_person_is_added_with_a_link_and_chooses_a_password(
    capsys: pytest.CaptureFixture[str],
) -> None:
    added = ["users", "add", "grace@quay.example", "--name", "Grace Bell", "--role", "technician"]

    assert run(*added) == 0

    with writing() as session:
        service.use_link(session, token=token_in(capsys.readouterr().out), password=CHOSEN)
    assert signs_in("grace@quay.example", CHOSEN)


def test_a_person_is_added_with_a_password_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{CHOSEN}\n"))
    added = ["users", "add", "grace@quay.example", "--name", "Grace Bell", "--role", "guest"]

    assert run(*added, "--password-stdin") == 0

    assert CHOSEN not in capsys.readouterr().out
    assert signs_in("grace@quay.example", CHOSEN)


def test_people_are_listed_locked_unlocked_reset_and_given_roles(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with writing() as session:
        make_user(session, email="ada@quay.example", name="Ada Marsh")

    assert run("users", "lock", "ADA@quay.example") == 0
    assert not signs_in("ada@quay.example", PASSWORD)
    run("users", "list")
    assert "locked" in capsys.readouterr().out
    assert run("users", "unlock", "ada@quay.example") == 0
    assert signs_in("ada@quay.example", PASSWORD)
    assert run("users", "roles", "ada@quay.example", "analyst", "scientist") == 0
    assert people()[0].roles == (Role.ANALYST, Role.SCIENTIST)
    assert run("users", "reset", "ada@quay.example") == 0
    assert not signs_in("ada@quay.example", PASSWORD)


def test_the_last_administrator_stays_and_an_unknown_address_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with writing() as session:
        make_user(session, Role.ADMINISTRATOR, email="boss@quay.example")

    assert run("users", "lock", "boss@quay.example") == 2
    assert run("users", "roles", "boss@quay.example", "guest") == 2
    assert "last active administrator" in capsys.readouterr().err
    assert run("users", "lock", "nobody@quay.example") == 2
    assert "nobody@quay.example" in capsys.readouterr().err


def test_the_audit_trail_is_verified_and_a_changed_entry_is_found(
    committed_database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init", "--name", "Quay Street")
    with writing() as session:
        sealing.seal(session)
    assert run("audit", "verify") == 0
    assert f"The chain is whole: {ENTRIES} entries verified" in capsys.readouterr().out
    # As whoever owns the server could: past the trigger that refuses it to the program.
    with committed_database.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE audit_entry SET actor_name = 'Somebody else'"))

    assert run("audit", "verify") == 1

    said = capsys.readouterr().out
    assert "broken at position 1" in said
    assert "by Somebody else" in said


def test_a_database_that_does_not_start_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> None:
        raise ServerCannotRun("Process 7 still works in its folder.")

    monkeypatch.setattr("backend.cli.offline.EmbeddedPostgres.start", refuse)
    stopped = Settings(home=tmp_path / "stopped", database_url=None)
    monkeypatch.setattr("backend.cli.init.load_settings", lambda: stopped)

    assert run("init", "--name", "Quay Street", "--time-zone", "Europe/Lisbon") == 2

    assert capsys.readouterr().err == (
        "The laboratory's database does not start. Process 7 still works in its folder.\n"
    )


def test_a_database_address_without_an_answer_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = f"postgresql://nobody@/nothing?host={tmp_path}"
    elsewhere = Settings(home=tmp_path / "elsewhere", database_url=absent)
    monkeypatch.setattr("backend.cli.init.load_settings", lambda: elsewhere)

    assert run("init", "--name", "Quay Street", "--time-zone", "Europe/Lisbon") == 2

    assert "DATABASE_URL names does not answer" in capsys.readouterr().err


def test_the_audit_trail_is_written_to_a_file_with_its_hashes(
    tmp_path: Path, committed_database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    run("init", "--name", "Quay Street")
    with writing() as session:
        sealing.seal(session)
    path = tmp_path / "trail.json"

    assert run("audit", "export", str(path), "--format", "json") == 0

    made = json.loads(path.read_text())
    assert made["export"]["entries"] == len(made["entries"]) == ENTRIES
    assert made["export"]["last_hash"] == made["entries"][-1]["hash"]
    assert str(path) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "starts"),
    [("t.JSON", b"{"), ("t.pdf", b"%PDF"), ("t.csv", b"taken_at,"), ("t", b"taken_at,")],
)
def test_the_audit_trail_is_written_as_its_file_is_named(
    name: str, starts: bytes, tmp_path: Path, committed_database: Engine
) -> None:
    run("init", "--name", "Quay Street")
    path = tmp_path / name

    assert run("audit", "export", str(path), "--entity", "laboratory") == 0

    assert path.read_bytes().removeprefix(b"\xef\xbb\xbf").startswith(starts)


def test_the_audit_trail_is_written_as_pages(tmp_path: Path, committed_database: Engine) -> None:
    run("init", "--name", "Quay Street")
    path = tmp_path / "trail.pdf"

    assert run("audit", "export", str(path), "--format", "pdf", "--entity", "laboratory") == 0

    pages = pdf_reading.pages_of(path.read_bytes())
    assert "record laboratory" in pages[0]
    assert pages[-1].endswith(f"Page {len(pages)} of {len(pages)}")
