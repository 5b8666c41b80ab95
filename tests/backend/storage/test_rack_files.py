"""Files of rack scanners: every shape is read, and what cannot be read is refused by line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.storage.errors import ScanRefused
from backend.storage.scanning.reading import LARGEST_SCAN_BYTES, ReadState, read_scan

_PLAIN = b"A1,AB10000001\nB1,AB10000002\nC1,NO READ\n"


def _found(content: bytes) -> list[tuple[str, str]]:
    return [(read.position, read.barcode) for read in read_scan(content).reads]


@pytest.mark.parametrize(
    "content",
    [
        _PLAIN,
        b"\xef\xbb\xbf" + _PLAIN.replace(b"\n", b"\r\n"),
        _PLAIN.replace(b"\n", b"\r"),
        _PLAIN.decode().encode("utf-16"),
        _PLAIN.replace(b",", b";"),
        _PLAIN.replace(b",", b"\t"),
        _PLAIN.replace(b",", b" | "),
        b"Position,Tube Barcode\n" + _PLAIN,
        b"barcode,well\nab10000001,A1\nAB10000002,B1\nno read,C1\n",
        b"AB10000001,A1\nAB10000002,B1\nNOREAD,C1\n",
        b'"A1","AB10000001"\n"B1","AB10000002"\n\n"C1","No Read"\n',
        b"Row,Column,Barcode\nA,1,AB10000001\nB,1,AB10000002\nC,1,NOSCAN\n",
        b"A1,AB10000001,,\nB1,AB10000002,,\nC1,NO_READ,,\n",
    ],
)
def test_a_file_says_the_same_however_it_is_written(content: bytes) -> None:
    assert _found(content) == [("A1", "AB10000001"), ("B1", "AB10000002"), ("C1", "")]
    assert read_scan(content).reads[2].state is ReadState.NO_READ
    assert read_scan(content).rack is None


@pytest.mark.parametrize(
    "content",
    [
        b"A1,AB1,RK-7\nB1,AB2,RK-7\n",
        b"RK-7,A1,AB1\nRK-7,B1,AB2\n",
        b"Rack ID,Well,Barcode\nrk-7,A1,AB1\n,B1,AB2\n",
        b"Rack Barcode,RK-7\nA1,AB1\nB1,AB2\n",
        b"Rack: RK-7\nPosition,Barcode\nA1,AB1\nB1,AB2\n",
    ],
)
def test_the_code_of_the_rack_is_found_wherever_it_stands(content: bytes) -> None:
    assert read_scan(content).rack == "RK-7"
    assert _found(content) == [("A1", "AB1"), ("B1", "AB2")]


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("", ReadState.EMPTY),
        ("EMPTY", ReadState.EMPTY),
        ("No Tube", ReadState.NO_TUBE),
        ("NO READ", ReadState.NO_READ),
        ("noread", ReadState.NO_READ),
        ("NOSCAN", ReadState.NO_READ),
        ("AB1", ReadState.CODE),
    ],
)
def test_an_unread_position_is_told_from_an_empty_one(written: str, state: ReadState) -> None:
    assert read_scan(f"A1,AB9\nB1,{written}\n".encode()).reads[1].state is state


@pytest.mark.parametrize("position", ["A1", "A01", "1A", "81", "AF24"])
def test_positions_are_taken_as_they_are_written(position: str) -> None:
    assert _found(f"{position},AB1\n".encode()) == [(position, "AB1")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "no text file"),
        (b"A1,AB1\nB1,\xff\xff\n", "Line 2 holds characters"),
        (b"A1,AB1\nB1,A\x00B\n", "Line 2 holds a zero byte"),
        (b"A1,AB10001\nhello,AB10002\n", "Line 2, cell 1: “HELLO” is no position"),
        (b"A1,AB10001\n,AB10002\n", "Line 2, cell 1: there is no position"),
        (b"A1,AB1\nB1," + b"X" * 65 + b"\n", "Line 2, cell 2: “XXXX"),
        (b'A1,AB1\nB1,"AB2\n', "Line 2: a quotation mark"),
        (b"A1\nB1\n", "Line 1 has one cell"),
        (b"Position,Volume\nA1,5\n", "Line 1: no heading says where the barcode"),
        (b"Barcode,Volume\nAB1,5\n", "Line 1: no heading says where the position"),
        (b"Position,Barcode\n", "no positions"),
        (b"name,AB10001\nother,AB10002\n", "Line 1, cell 1: “name” is no position"),
        (b"Rack,Pos,Barcode\nR1,A1,AB1\nR2,A2,AB2\n", "Line 3: rack R2, but line 2 says R1"),
        (b"A1,X\n" * 5_001, "lines"),
        (b"A" * (LARGEST_SCAN_BYTES + 1), "1 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_where_it_stands(content: bytes, sentence: str) -> None:
    with pytest.raises(ScanRefused, match=re.escape(sentence)):
        read_scan(content)


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_be_read_or_refused(content: bytes) -> None:
    try:
        outcome: object = read_scan(content).reads
    except ScanRefused as refusal:
        outcome = refusal.message

    assert outcome
