"""Keys sort by the time they were made."""

from datetime import UTC, datetime
from itertools import pairwise

from backend.core import ids


def test_a_new_key_is_a_version_7_uuid() -> None:
    key = ids.new_id()

    assert key.version == 7
    assert key.variant == "specified in RFC 4122"


def test_keys_of_later_milliseconds_sort_later() -> None:
    keys = [ids.id_at(milliseconds, 2**74 - 1 - milliseconds) for milliseconds in range(1, 200)]

    assert all(earlier < later for earlier, later in pairwise(keys))


def test_a_key_says_when_it_was_made() -> None:
    instant = datetime(2026, 11, 30, 20, 6, 47, 848000, tzinfo=UTC)
    key = ids.id_at(round(instant.timestamp() * 1000), 2**74 - 1)

    assert ids.made_at(key) == instant
