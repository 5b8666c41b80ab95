"""Keys sort by the time they were made."""

from itertools import pairwise

from backend.core import ids


def test_a_new_key_is_a_version_7_uuid() -> None:
    key = ids.new_id()

    assert key.version == 7
    assert key.variant == "specified in RFC 4122"


def test_keys_of_later_milliseconds_sort_later() -> None:
    keys = [ids.id_at(milliseconds, 2**74 - 1 - milliseconds) for milliseconds in range(1, 200)]

    assert all(earlier < later for earlier, later in pairwise(keys))
