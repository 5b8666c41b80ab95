"""Reading printed labels back: ZPL, SVG and PDF become dots, and a decoder says what they say.

None of this uses the code under test: positions and sizes come from what was written.
"""

import base64
import re
import xml.etree.ElementTree as ET
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import zxingcpp

Dots = npt.NDArray[np.uint8]
_SVG = "{http://www.w3.org/2000/svg}"
_WHITE_ROUND = 40
_GRAPHIC = re.compile(r"\^FO(\d+),(\d+)\^GFA,(\d+),(\d+),(\d+),([0-9A-F]+)\^FS")
_RUN = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)")
_RECTANGLE = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re")


@dataclass(frozen=True)
class Graphic:
    """A picture on a ZPL label: its place and its dots, 1 where the printer burns."""

    x: int
    y: int
    dots: Dots


def graphics(zpl: str) -> list[Graphic]:
    """Return the pictures of one label in the order in which they are drawn."""
    found = []
    for x, y, total, _, row_bytes, data in _GRAPHIC.findall(zpl):
        packed = np.frombuffer(bytes.fromhex(data), dtype=np.uint8)
        assert packed.size == int(total)
        rows = np.unpackbits(packed.reshape(-1, int(row_bytes)), axis=1)
        found.append(Graphic(int(x), int(y), rows))
    return found


def zpl_dots(zpl: str) -> Dots:
    """Return the label as it comes out of the printer, 1 where dark.

    A picture that leaves the label would be clipped by a printer; here it is an error.
    """
    # Every program states both; one without them fails the test here.
    width, height = (int(re.search(rf"\^{name}(\d+)", zpl)[1]) for name in ("PW", "LL"))  # type: ignore[index]
    label = np.zeros((height, width), dtype=np.uint8)
    for graphic in graphics(zpl):
        used = _trimmed(graphic.dots)
        rows, columns = used.shape
        spot = label[graphic.y : graphic.y + rows, graphic.x : graphic.x + columns]
        assert spot.shape == used.shape, "a picture leaves the label"
        spot |= used
    return label


def svg_parts(svg: str) -> dict[str, tuple[float, float]]:
    """Return the place of each part of an SVG label in mm, in drawing order."""
    return {
        str(group.get("data-part")): _place(group)
        for group in ET.fromstring(svg).iter(f"{_SVG}g")  # noqa: S314 our own document
    }


def svg_symbol_dots(svg: str, dots_per_mm: float) -> Dots:
    """Return the symbol of an SVG label as dots, with the whole label white around it."""
    root = ET.fromstring(svg)  # noqa: S314 our own document
    _, _, width, height = (float(each) for each in root.get("viewBox", "").split())
    group = next(each for each in root.iter(f"{_SVG}g") if each.get("data-part") == "symbol")
    left, upper = _place(group)
    runs = _RUN.findall(group.find(f"{_SVG}path").get("d"))  # type: ignore[union-attr] # every code has a path
    boxes = [(left + float(x), upper + float(y), float(w), float(h)) for x, y, w, h in runs]
    return _painted(boxes, width, height, dots_per_mm)


def pdf_pages(pdf: bytes, width_mm: float, height_mm: float, dots_per_mm: float) -> list[Dots]:
    """Return the filled rectangles of each page as dots."""
    pages = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
        except (ValueError, zlib.error):
            continue  # a font's file
        found = _RECTANGLE.findall(text)
        if b" re" not in text:
            continue
        mm = 25.4 / 72
        boxes = []
        for values in found:
            x, y, width, height = (float(each) * mm for each in values)
            boxes.append((x, height_mm - y - height, width, height))
        pages.append(_painted(boxes, width_mm, height_mm, dots_per_mm))
    return pages


def decoded(dots: Dots) -> list[tuple[str, str]]:
    """Return format and text of every symbol that a scanner finds, in reading order."""
    picture = np.where(np.kron(dots, np.ones((2, 2), dtype=np.uint8)), 0, 255).astype(np.uint8)
    paper = np.pad(picture, _WHITE_ROUND, constant_values=255)
    # Dots are exact here. In a smaller copy, tried for photographs, it makes out other texts too.
    found = zxingcpp.read_barcodes(paper, try_downscale=False)
    ordered = sorted(found, key=lambda each: (each.position.top_left.y, each.position.top_left.x))
    return [(str(each.format).replace(" ", ""), each.text) for each in ordered]


def _painted(
    boxes: list[tuple[float, float, float, float]],
    width_mm: float,
    height_mm: float,
    dots_per_mm: float,
) -> Dots:
    dots = np.zeros((round(height_mm * dots_per_mm), round(width_mm * dots_per_mm)), np.uint8)
    for x, y, width, height in boxes:
        rows = slice(round(y * dots_per_mm), round((y + height) * dots_per_mm))
        columns = slice(round(x * dots_per_mm), round((x + width) * dots_per_mm))
        dots[rows, columns] = 1
    return dots


def _place(group: ET.Element) -> tuple[float, float]:
    x, y = re.findall(r"[\d.]+", group.get("transform", ""))
    return float(x), float(y)


def _trimmed(dots: Dots) -> Dots:
    """Return the picture without the empty columns that fill its last byte of each row."""
    used = np.flatnonzero(dots.any(axis=0))
    return dots[:, : int(used[-1]) + 1] if used.size else dots[:, :0]
