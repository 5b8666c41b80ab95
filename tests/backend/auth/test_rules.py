"""Roles, passwords and the throttle, as pure decisions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.auth import passwords, rules
from backend.auth.ids import Role
from backend.core.principal import Permission

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_every_role_has_permissions_and_every_permission_a_role() -> None:
    assert set(rules.PERMISSIONS_OF) == set(Role)
    assert frozenset().union(*rules.PERMISSIONS_OF.values()) == frozenset(Permission)


def test_roles_are_sets_not_a_ladder() -> None:
    sets = rules.PERMISSIONS_OF

    assert Permission.SAMPLES_EDIT not in sets[Role.ADMINISTRATOR]
    assert Permission.USERS_MANAGE in sets[Role.ADMINISTRATOR]
    assert Permission.SAMPLES_VIEW_ALL_PROJECTS not in sets[Role.PRINCIPAL_INVESTIGATOR]
    assert not sets[Role.TECHNICIAN] <= sets[Role.ADMINISTRATOR]
    assert not sets[Role.SCIENTIST] <= sets[Role.TECHNICIAN]


def test_a_guest_sees_the_overview_and_their_samples_and_nothing_more() -> None:
    assert rules.PERMISSIONS_OF[Role.GUEST] == {
        Permission.ACCOUNT_SELF,
        Permission.OVERVIEW_VIEW,
        Permission.SAMPLES_VIEW,
        Permission.NOTIFICATIONS_VIEW,
    }


def test_two_roles_give_the_union() -> None:
    both = rules.permissions_of([Role.GUEST, Role.TECHNICIAN])

    assert both == rules.PERMISSIONS_OF[Role.TECHNICIAN] | rules.PERMISSIONS_OF[Role.GUEST]
    assert rules.permissions_of([]) == frozenset()


@pytest.mark.parametrize(
    "password",
    [
        "correct pipette seven",
        "ünï¢ødé–Wörter sind gut",
        "x9!" + "long and winding " * 7 + "a",
        "            spaces count too",
    ],
)
def test_any_characters_make_a_password(password: str) -> None:
    assert rules.password_fault(password, common=passwords.common_passwords()) is None


@pytest.mark.parametrize(
    "password",
    [
        "eleven char",
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabc",
        "234567890123",
        "qwertyuiopas",
        "Password!!12345",
        "Laboratory2026!",
        "passwordpassword",
        "x" * 129,
    ],
)
def test_what_is_tried_first_is_no_password(password: str) -> None:
    assert rules.password_fault(password, common=passwords.common_passwords()) is not None


def test_a_password_of_names_is_no_password() -> None:
    context = ["tracseq", "ada.marsh", "Ada", "Marsh", "Northgate"]

    fault = rules.password_fault("Northgate-Marsh1", common=frozenset(), context=context)

    assert fault is not None
    assert "name" in fault


@given(st.integers(0, 200), st.integers(0, 200))
def test_more_failures_never_wait_less_and_no_wait_passes_a_quarter_hour(
    one: int, other: int
) -> None:
    few, many = sorted((one, other))

    first = rules.throttled_until(few, NOW, free=10) or NOW
    second = rules.throttled_until(many, NOW, free=10) or NOW

    assert NOW <= first <= second <= NOW + timedelta(minutes=15)


def test_the_tenth_failure_waits_a_second_and_each_further_one_twice_as_long() -> None:
    waits = [
        (rules.throttled_until(count, NOW, free=10) or NOW) - NOW for count in (9, 10, 11, 12, 13)
    ]

    assert [wait.total_seconds() for wait in waits] == [0, 1, 2, 4, 8]
