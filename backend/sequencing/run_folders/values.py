"""Numbers, XML and tables of a run's files. What cannot be read is `Unreadable`, never a crash."""

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MOST_DIGITS = 18
_WHOLE = re.compile(r"[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_MOST_ROWS = 500_000


class Unreadable(Exception):
    """A file, or what it should hold, cannot be read; the words complete “cannot be read: …”."""


def whole(text: str | None) -> int | None:
    """Return a count, or None for what is none. Numbers of too many digits are none either."""
    cleaned = (text or "").strip()
    if len(cleaned) > MOST_DIGITS or not _WHOLE.fullmatch(cleaned):
        return None
    return int(cleaned)


def number(text: str | None) -> float | None:
    """Return a finite number, or None."""
    cleaned = (text or "").strip()
    if len(cleaned) > 2 * MOST_DIGITS or not _NUMBER.fullmatch(cleaned):
        return None
    value = float(cleaned)
    return value if math.isfinite(value) else None


def text_of(content: bytes) -> str:
    """Return a file's text: UTF-16 when it says so, else UTF-8 with what is none replaced."""
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", errors="replace")
    return content.decode("utf-8-sig", errors="replace").replace("\x00", "�")


def storable(text: str) -> str:
    """Return a text without what no table and no terminal takes: zero bytes, halves of letters."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() or each in "\n\t" else "�" for each in text)


def xml_root(content: bytes) -> Element:
    """Return the root of an XML file without entities of its own.

    Raises:
        Unreadable: it is no XML, or tries a trick with entities.
    """
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Unreadable(
            "it defines entities of its own, which no instrument does. Somebody made this file; "
            "do not use it"
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(f"it is no whole XML ({error}). Copy it again") from error
    return root


def name_of(element: Element) -> str:
    """Return an element's name without its namespace, in small letters."""
    return element.tag.rsplit("}", 1)[-1].casefold() if isinstance(element.tag, str) else ""


def first_text(root: Element, *names: str) -> str:
    """Return the text of the first element that has one of these names and a text, else ""."""
    for name in names:
        wanted = name.casefold()
        for each in root.iter():
            if name_of(each) == wanted and (found := (each.text or "").strip()):
                return found[:200]
    return ""


def instant(text: str) -> datetime | None:
    """Return a time in ISO form, or None."""
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        return None


def table(content: bytes, *needed: str, separator: str = ",") -> list[Mapping[str, str]]:
    """Return a table's rows by heading; headings and cells are without blanks around them.

    Rows shorter than the headings are kept, without the missing cells: the last line of a file
    that is still being copied is one. An empty table has headings only.

    Raises:
        Unreadable: no headings, or one of ``needed`` is missing, or it is no table at all.
    """
    try:
        lines = _lines(text_of(content), separator)
        headings = next(lines, None)
        if headings is None:
            raise Unreadable("it is empty. Copy it again")
        missing = [each for each in needed if each not in headings]
        if missing:
            raise Unreadable(
                f"it has no column {missing[0]}. It is another file, or only a part of one"
            )
        return [dict(zip(headings, cells, strict=False)) for cells in lines]
    except csv.Error as error:
        raise Unreadable(f"it is no table ({error})") from error


def _lines(text: str, separator: str) -> Iterator[Sequence[str]]:
    rows = csv.reader(text.splitlines(), delimiter=separator)
    for count, cells in enumerate(rows):
        if count > _MOST_ROWS:
            raise Unreadable(f"it has more than {_MOST_ROWS:,} lines")
        cleaned = [cell.strip() for cell in cells]
        if any(cleaned):
            yield cleaned
