"""`next` never leaves the site, however it is spelled."""

from urllib.parse import quote

import pytest

from dashboard.sign_in.destination import safe_destination

LEAVING = [
    "https://evil.example",
    "http:evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/ok\r\nSet-Cookie: a=b",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "",
    "/login?next=/login",
    "/logout",
    "/\x00",
]


@pytest.mark.parametrize("wanted", LEAVING)
@pytest.mark.parametrize("encodings", [0, 1, 2])
def test_an_address_that_leaves_becomes_the_overview(wanted: str, encodings: int) -> None:
    sent = wanted
    for _ in range(encodings):
        # The first character stays, so that the encoded text still looks like a local path.
        sent = sent[:1] + quote(sent[1:], safe="")

    assert safe_destination(sent) == "/"


@pytest.mark.parametrize(
    "wanted",
    ["/", "/samples", "/samples/DNA-251118-K7F3", "/storage/ULT-03/2?pos=D7", "/samples?q=%C3%B8"],
)
def test_a_page_of_this_site_is_kept(wanted: str) -> None:
    assert safe_destination(wanted) == wanted
