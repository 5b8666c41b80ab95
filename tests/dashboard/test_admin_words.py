"""What Admin says: rights in words, changes as before and after, the chain's verdict."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.auth.ids import Role
from backend.auth.rules import PERMISSIONS_OF
from backend.core.errors import Conflict, InvalidInput
from backend.core.principal import Permission
from backend.events.views import ChainState, Json
from dashboard.pages.admin import forms, ids, people, sign_ins, trail, words

BERLIN = ZoneInfo("Europe/Berlin")


def test_every_right_and_every_role_has_its_words() -> None:
    assert set(words.RIGHTS) == set(Permission)
    assert set(words.ROLE_NAMES) == set(words.ROLE_MEANINGS) == set(Role)


def test_the_matrix_marks_exactly_the_rights_that_roles_hold() -> None:
    drawn = str(people.rights_matrix().to_plotly_json())

    assert drawn.count("'Yes'") == sum(len(held) for held in PERMISSIONS_OF.values())
    assert drawn.count("'No'") == len(Role) * len(Permission) - drawn.count("'Yes'")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (None, {"name": "Ada"}, [("name", None, "Ada")]),
        (
            {"roles": ["guest"]},
            {"roles": ["guest", "analyst"]},
            [("roles", "guest", "guest, analyst")],
        ),
        ({"is_active": True}, {"is_active": False}, [("is active", "yes", "no")]),
        ({"box": "B-1", "row": 1}, {"box": "B-1", "row": 2}, [("row", "1", "2")]),
        ({"reason": "x"}, {}, [("reason", "x", None)]),
        ({"note": ""}, {"note": None}, [("note", "empty", "empty")]),
        (None, None, []),
    ],
)
def test_a_change_names_what_was_and_what_is_and_leaves_out_what_stayed(
    old: dict[str, Json] | None,
    new: dict[str, Json] | None,
    said: list[tuple[str, str | None, str | None]],
) -> None:
    assert words.changes(old, new) == said


def test_acts_are_said_in_words() -> None:
    assert words.act("auth.roles_set") == "Roles set"


def test_a_long_value_is_cut_for_the_cell() -> None:
    assert words.shortened("x" * 120) == "x" * 120
    assert words.shortened("x" * 121) == "x" * 119 + "…"


@pytest.mark.parametrize(
    ("chain", "said"),
    [
        (ChainState(sealed=1200, unsealed=0, first_broken_pos=None), "1,200 entries verified"),
        (ChainState(sealed=5, unsealed=1, first_broken_pos=None), "1 entry waits"),
        (ChainState(sealed=9, unsealed=0, first_broken_pos=7), "broken at position 7"),
    ],
)
def test_the_verdict_says_whether_the_chain_is_whole(chain: ChainState, said: str) -> None:
    assert said in str(trail.verdict(chain, at="09:42").to_plotly_json())


def test_the_address_of_a_view_keeps_its_filters_and_nothing_else() -> None:
    chosen = {"entity": "user", "actor": "Ada & Co", "since": "", "before": "9"}

    assert trail.address(chosen) == "/admin?tab=audit&entity=user&actor=Ada+%26+Co"
    assert trail.address(chosen, before=40).endswith("&before=40")


def test_a_day_begins_at_the_laboratorys_midnight_and_nonsense_is_no_day() -> None:
    start = trail.day_start("2026-11-25", BERLIN)

    assert start is not None
    assert start.astimezone(UTC) == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert trail.day_start("yesterday", BERLIN) is None
    assert trail.day_start("", BERLIN) is None


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox"),
        ("Mozilla/5.0 AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge"),
        ("Mozilla/5.0 AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15", "Safari"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "Browser"),
    ],
)
def test_a_browser_is_named_as_people_call_it(agent: str, name: str) -> None:
    assert sign_ins.browser(agent) == name


def test_a_refusal_stands_at_its_field_or_at_the_first() -> None:
    named = InvalidInput("No.", fields={"email": "Write an address.", "else": "?"})

    assert forms.by_field(named, forms.PERSON_FIELDS) == {ids.NEW_EMAIL: "Write an address."}
    assert forms.by_field(Conflict("Taken."), forms.PERSON_FIELDS) == {ids.NEW_NAME: "Taken."}
