"""Reading the words of a PDF back: each page's shown texts, through its fonts' own tables."""

import base64
import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_SHOWN = re.compile(rb"/(F[\d+]+) [\d.]+ Tf|\(((?:\\.|[^\\()])*)\) Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages_of(pdf: bytes) -> list[str]:
    """Return the texts of each page, one line for each text that is shown, in drawing order."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = _fonts(objects)
    contents = [
        int(found[1])
        for body in objects.values()
        if (found := re.search(rb"/Contents (\d+) 0 R", body)) and b"/Type /Page" in body
    ]
    return [_words(_unpacked(objects[number]), fonts) for number in contents]


def _fonts(objects: dict[int, bytes]) -> dict[bytes, dict[int, str]]:
    tables = {}
    for body in objects.values():
        named = re.search(rb"/Name /(F[\d+]+)", body)
        mapped = re.search(rb"/ToUnicode (\d+) 0 R", body)
        if named and mapped:
            tables[named[1]] = _table(_unpacked(objects[int(mapped[1])]))
    return tables


def _table(cmap: bytes) -> dict[int, str]:
    """Return the character of each code, as a ToUnicode map says (ISO 32000-1, 9.10.3)."""
    pairs = re.findall(rb"^<(\w\w)> <((?:\w{4})+)>$", cmap, re.MULTILINE)
    return {int(code, 16): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in pairs}


def _words(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    lines, table = [], dict[int, str]()
    for font, shown in _SHOWN.findall(content):
        if font:
            table = fonts.get(font, {})
        else:
            codes = _ESCAPED.sub(_unescaped, shown)
            lines.append("".join(table.get(code, chr(code)) for code in codes))
    return "\n".join(lines)


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found[1]
    return bytes([int(said, 8)]) if len(said) == 3 else _NAMED.get(said, said)


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        return b""
    packed = found[1]
    if b"ASCII85Decode" in body:
        packed = base64.a85decode(packed.strip().removesuffix(b"~>"))
    # The line break before endstream belongs to nobody.
    return zlib.decompressobj().decompress(packed) if b"FlateDecode" in body else packed
