"""A missing permission is named."""

import pytest

from backend.core.errors import PermissionDenied
from backend.core.principal import Permission, machinery


def test_a_missing_permission_is_named_in_the_refusal() -> None:
    principal = machinery("probe", Permission.HEALTH_VIEW, request_id="r1")

    with pytest.raises(PermissionDenied, match=r"storage\.place"):
        principal.require(Permission.STORAGE_PLACE)


def test_a_held_permission_lets_through() -> None:
    principal = machinery("probe", Permission.HEALTH_VIEW, request_id="r1")

    principal.require(Permission.HEALTH_VIEW)

    assert principal.may(Permission.HEALTH_VIEW)
