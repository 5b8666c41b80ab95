"""Addresses find their page, with path parameters, and the sidebar follows the permissions."""

from collections.abc import Callable

import pytest

from backend.core.principal import Permission, Principal
from dashboard.navigation import NAVIGATION, visible_groups
from dashboard.routes import ROUTES, find_route


@pytest.mark.parametrize(
    ("path", "template", "parameters"),
    [
        ("/", "/", {}),
        ("/samples", "/samples", {}),
        ("/samples/", "/samples", {}),
        ("/samples/DNA-251118-K7F3", "/samples/<path:barcode>", {"barcode": "DNA-251118-K7F3"}),
        ("/samples/OLD/17-B", "/samples/<path:barcode>", {"barcode": "OLD/17-B"}),
        ("/storage/ULT-03/2/C/B-0418", "/storage/<path:path>", {"path": "ULT-03/2/C/B-0418"}),
    ],
)
def test_an_address_finds_its_page(path: str, template: str, parameters: dict[str, str]) -> None:
    found = find_route(path)

    assert found is not None
    route, given = found
    assert (route.path, dict(given)) == (template, parameters)


@pytest.mark.parametrize("path", ["/nothing", "/reports/a/b", "/../etc/passwd", "//evil"])
def test_an_address_without_a_page_finds_none(path: str) -> None:
    assert find_route(path) is None


def test_every_sidebar_entry_leads_to_a_page_with_the_same_permission() -> None:
    for group in NAVIGATION:
        for entry in group:
            found = find_route(entry.href)
            assert found is not None
            assert found[0].permission is entry.permission


def test_the_chords_of_the_sidebar_are_all_different() -> None:
    keys = [entry.key for group in NAVIGATION for entry in group]

    assert len(keys) == len(set(keys))


def test_a_person_sees_only_the_entries_they_may_open(
    principal_of: Callable[..., Principal],
) -> None:
    person = principal_of(Permission.OVERVIEW_VIEW, Permission.STORAGE_VIEW)

    shown = [entry.label for group in visible_groups(person) for entry in group]

    assert shown == ["Overview", "Storage", "Alarms"]


def test_no_two_routes_share_an_address() -> None:
    paths = [route.path for route in ROUTES]

    assert len(paths) == len(set(paths))
