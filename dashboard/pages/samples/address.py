"""A view of the list in its address: ``/samples?f=status:pending,project:HELIX-2&sort=-volume``.

``f`` holds pairs ``key:value``; of several values of one key any may hold. Commas, colons and
percent signs inside a value are percent-encoded once more. What cannot be read is left out and
named, so that an old link opens a list and not an error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from backend.samples.schemas import SampleFilters, SampleOrder, SampleSort

PATH = "/samples"

Pair = tuple[str, str]

_MANY: Mapping[str, str] = {
    "status": "statuses",
    "project": "project_codes",
    "type": "material_types",
    "zone": "temperature_classes",
    "priority": "priorities",
    "qc": "qc_verdicts",
}
_ONE: Mapping[str, str] = {
    "subject": "subject_code",
    "text": "search",
    "below": "volume_below_ul",
    "import": "import_id",
}
_YES_NO: Mapping[str, str] = {"hold": "on_hold", "placed": "placed"}
_FLAGS = {"yes": True, "no": False}
KEYS = (*_MANY, *_ONE, *_YES_NO, "from", "to")


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
        pair = (key.strip(), unquote(value).strip())
        (pairs if _is_readable(pair) else unread).append(pair)
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
    """Return the filters of readable pairs; days begin at the laboratory's midnight."""
    return SampleFilters.model_validate(_values(pairs, zone))


def to_query(
    pairs: Sequence[Pair], order: SampleOrder | None = None, columns: Sequence[str] = ()
) -> str:
    """Return the query string of a view, with ``?``; empty for the list as it comes."""
    named = {}
    if pairs:
        named["f"] = ",".join(f"{key}:{quote(value, safe=' ')}" for key, value in pairs)
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


def _is_readable(pair: Pair) -> bool:
    if pair[0] not in KEYS or not pair[1]:
        return False
    try:
        filters_of([pair], ZoneInfo("UTC"))
    except (ValidationError, ValueError):
        return False
    return True


def _values(pairs: Sequence[Pair], zone: ZoneInfo) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in pairs:
        if key in _MANY:
            values.setdefault(_MANY[key], []).append(value)
        elif key in _YES_NO:
            values[_YES_NO[key]] = _FLAGS.get(value, value)
        elif key in _DAYS:
            name, read = _DAYS[key]
            values[name] = read(date.fromisoformat(value), zone)
        else:
            values[_ONE[key]] = value
    return values


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _end(day: date, zone: ZoneInfo) -> datetime:
    return _start(day + timedelta(days=1), zone)


_DAYS: Mapping[str, tuple[str, Callable[[date, ZoneInfo], datetime]]] = {
    "from": ("created_from", _start),
    "to": ("created_before", _end),
}


def _order(text: str) -> SampleOrder:
    name = text.removeprefix("-")
    if name not in set(SampleSort):
        return SampleOrder()
    return SampleOrder(by=SampleSort(name), descending=text.startswith("-"))
