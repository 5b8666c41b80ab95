"""``tracseq users``: people from a terminal, for who cannot or need not open the Admin page."""

import argparse
import sys
from collections.abc import Callable

from backend.auth import queries, service
from backend.auth.ids import Role
from backend.auth.views import Invitation, UserView
from backend.cli.operator import operator
from backend.core.config import load_settings
from backend.core.transaction import reading, writing

_ROLES = [role.value for role in Role]


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command and its acts."""
    parser = commands.add_parser("users", help="people: list, add, lock, unlock, reset, roles")
    acts = parser.add_subparsers(title="acts", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="everybody, with roles and last sign-in")
    listed.set_defaults(run=_list)
    add = acts.add_parser(
        "add", help="add a person; prints the link through which they choose a password"
    )
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, action="append", choices=_ROLES, dest="roles")
    add.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input instead of making a link",
    )
    add.set_defaults(run=_add)
    _one(acts, "lock", "let a person in no more, from their next request on", _lock)
    _one(acts, "unlock", "let a locked person sign in again", _unlock)
    _one(acts, "reset", "end a person's password and sessions; prints a link to a new one", _reset)
    roles = _one(acts, "roles", "give a person exactly these roles", _roles)
    roles.add_argument("roles", nargs="+", choices=_ROLES, metavar="ROLE")


def _one(
    acts: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    help_text: str,
    run: Callable[[argparse.Namespace], None],
) -> argparse.ArgumentParser:
    act = acts.add_parser(name, help=help_text)
    act.add_argument("email")
    act.set_defaults(run=run)
    return act


def _list(_: argparse.Namespace) -> None:
    with reading() as session:
        people = queries.people(session, operator())
    for person in people:
        sys.stdout.write(f"{_line(person)}\n")


def _line(person: UserView) -> str:
    seen = person.last_signed_in_at
    state = "active" if person.is_active else "locked"
    last = f"{seen:%Y-%m-%d %H:%M} UTC" if seen else "never signed in"
    roles = ", ".join(person.roles)
    return f"{person.email:<34}  {person.name:<24}  {state:<6}  {roles:<28}  {last}"


def _add(arguments: argparse.Namespace) -> None:
    roles = [Role(role) for role in arguments.roles]
    password = sys.stdin.readline().rstrip("\n") if arguments.password_stdin else None
    with writing() as session:
        if password is None:
            made = service.invite(
                session, operator(), email=arguments.email, name=arguments.name, roles=roles
            )
        else:
            service.create_user(
                session,
                operator(),
                email=arguments.email,
                name=arguments.name,
                password=password,
                roles=roles,
            )
    _say(arguments, "added")
    if password is None:
        _say_link(made)


def _lock(arguments: argparse.Namespace) -> None:
    with writing() as session:
        person = queries.get_person_by_email(session, operator(), arguments.email)
        service.deactivate(session, operator(), user_id=person.id)
    _say(arguments, "locked; every sign-in of theirs has ended")


def _unlock(arguments: argparse.Namespace) -> None:
    with writing() as session:
        person = queries.get_person_by_email(session, operator(), arguments.email)
        service.reactivate(session, operator(), user_id=person.id)
    _say(arguments, "may sign in again")


def _reset(arguments: argparse.Namespace) -> None:
    with writing() as session:
        person = queries.get_person_by_email(session, operator(), arguments.email)
        link = service.reset_password(session, operator(), user_id=person.id)
    _say(arguments, "reset; the old password and every sign-in have ended")
    _say_link(link)


def _roles(arguments: argparse.Namespace) -> None:
    roles = [Role(role) for role in arguments.roles]
    with writing() as session:
        person = queries.get_person_by_email(session, operator(), arguments.email)
        after = service.set_roles(session, operator(), user_id=person.id, roles=roles)
    _say(arguments, f"now has {', '.join(after.roles)}")


def _say(arguments: argparse.Namespace, what: str) -> None:
    sys.stdout.write(f"{arguments.email} {what}\n")


def _say_link(link: Invitation) -> None:
    port = load_settings().port
    sys.stdout.write(
        f"Link to choose a password, good once until {link.expires_at:%Y-%m-%d %H:%M} UTC:\n"
        f"  http://127.0.0.1:{port}/password?token={link.token}\n"
    )
