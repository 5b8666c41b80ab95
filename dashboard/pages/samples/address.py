"""A view of the list in its address: ``/samples?f=status:pending,volume:<50&sort=-volume``.

``f`` holds pairs ``key:value`` as searches are read into (backend/samples/finding_terms.py).
Commas, colons and percent signs inside a value are percent-encoded once more. What cannot be read
is left out and named, so that an old link opens a list and not an error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, quote, unquote, urlencode
from zoneinfo import ZoneInfo

from backend.core import clock
from backend.samples import finding_terms
from backend.samples.finding_terms import Pair
from backend.samples.schemas import SampleFilters, SampleOrder, SampleSort

PATH = "/samples"

# Links and saved views of before; the words of now say more.
_FORMER: Mapping[str, Callable[[str], Pair]] = {
    "below": lambda value: ("volume", f"<{value}"),
    "from": lambda value: ("created", f">={value}"),
    "to": lambda value: ("created", f"<={value}"),
}

# Whether a word can be read does not depend on the day.
_SOME_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAddress:
    """What an address of the list says."""

    pairs: tuple[Pair, ...] = ()
    """The filters that could be read, as they stand in the address."""
    order: SampleOrder = field(default_factory=SampleOrder)
    columns: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def parse(query: Mapping[str, str]) -> ListAddress:
    """Return what the query names ``f``, ``q``, ``sort`` and ``cols`` say."""
    pairs: list[Pair] = []
    unread: list[Pair] = []
    for part in filter(None, query.get("f", "").split(",")):
        key, _, value = part.partition(":")
        typed = (key.strip(), unquote(value).strip())
        pair = _FORMER[typed[0]](typed[1]) if typed[0] in _FORMER else typed
        if finding_terms.unreadable(pair, _SOME_DAY) is None:
            pairs.append(pair)
        else:
            unread.append(typed)
    if query.get("q", "").strip():
        pairs.append(("text", query["q"].strip()))
    return ListAddress(
        pairs=tuple(dict.fromkeys(pairs)),
        order=_order(query.get("sort", "")),
        columns=tuple(filter(None, query.get("cols", "").split(","))),
        unread=tuple(f"{key}:{value}" for key, value in unread),
    )


def parse_search(search: str | None) -> ListAddress:
    """Return what an address's query string says."""
    return parse(dict(parse_qsl((search or "").lstrip("?"))))


def filters_of(pairs: Sequence[Pair], zone: ZoneInfo) -> SampleFilters:
    """Return the filters of readable pairs as they are meant today, in the laboratory's zone."""
    return finding_terms.filters_of(pairs, zone, clock.utc_now().astimezone(zone).date())


def to_query(
    pairs: Sequence[Pair], order: SampleOrder | None = None, columns: Sequence[str] = ()
) -> str:
    """Return the query string of a view, with ``?``; empty for the list as it comes."""
    named = {}
    if pairs:
        named["f"] = ",".join(f"{key}:{quote(value, safe=' <>=')}" for key, value in pairs)
    if order is not None and order != SampleOrder():
        named["sort"] = f"{'-' if order.descending else ''}{order.by.value}"
    if columns:
        named["cols"] = ",".join(columns)
    return f"?{urlencode(named, safe=':,')}" if named else ""


def href(address: ListAddress, *, pairs: Sequence[Pair] | None = None) -> str:
    """Return the link to a view, or to the same one with other filters."""
    kept = address.pairs if pairs is None else pairs
    return PATH + to_query(kept, address.order, address.columns)


def toggled(pairs: Sequence[Pair], pair: Pair) -> tuple[Pair, ...]:
    """Return the pairs with one more, or without it when it is there."""
    if pair in pairs:
        return tuple(each for each in pairs if each != pair)
    return (*pairs, pair)


def _order(text: str) -> SampleOrder:
    name = text.removeprefix("-")
    if name not in set(SampleSort):
        return SampleOrder()
    return SampleOrder(by=SampleSort(name), descending=text.startswith("-"))
