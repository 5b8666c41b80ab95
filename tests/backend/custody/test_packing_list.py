"""The packing list on paper: a scanner reads every tube of it, and every page says its number."""

from datetime import date
from decimal import Decimal

import pytest

from backend.core.ids import new_id
from backend.custody.adapters import packing_list
from backend.custody.ids import ShipmentId, ShipmentState
from backend.custody.views import ShipmentLineView, ShipmentView
from backend.samples.ids import MaterialType
from tests.support import label_reading

DOTS_PER_MM = 200 / 25.4


def shipment(*codes: str, name: str = "Tube") -> ShipmentView:
    return ShipmentView(
        id=ShipmentId(new_id()),
        code="SHP-00007",
        recipient="Laboratory B",
        condition="Dry ice, 10 kg",
        state=ShipmentState.SHIPPED,
        carrier="Parcel Ltd",
        tracking="T-1",
        seal="S-9",
        document="AWB 17",
        expected_on=date(2027, 6, 30),
        is_late=False,
        from_site=None,
        created_by_name="Ada",
        samples=len(codes),
        arrived=0,
        lines=tuple(
            ShipmentLineView(
                barcode=code,
                name=name,
                material=MaterialType.GDNA,
                volume_ul=Decimal("50.00"),
                arrival=None,
                condition="",
            )
            for code in codes
        ),
    )


def read(*codes: str, name: str = "Tube") -> list[list[str]]:
    pdf = packing_list.draw(shipment(*codes, name=name), sender="Laboratory A", printed="today")
    pages = label_reading.pdf_pages(pdf, packing_list.WIDTH_MM, packing_list.HEIGHT_MM, DOTS_PER_MM)
    return [[text for _, text in label_reading.decoded(page)] for page in pages]


def test_a_scanner_reads_every_tube_in_the_order_of_the_list() -> None:
    codes = [f"DNA-251118-{number:04d}" for number in range(packing_list.ROWS)]

    assert read(*codes) == [codes]


def test_what_does_not_fit_a_page_goes_on_on_the_next() -> None:
    codes = [f"DNA-251118-{number:04d}" for number in range(packing_list.ROWS + 1)]

    assert read(*codes) == [codes[:-1], codes[-1:]]


@pytest.mark.parametrize("length", [1, 36, 64])
def test_a_code_of_any_length_is_read(length: int) -> None:
    codes = ["A" * length, "B" * length]

    assert read(*codes, name="A name that is much too long for its column" * 4) == [codes]


def test_a_list_is_the_same_file_twice() -> None:
    drawn = [
        packing_list.draw(shipment("DNA-1"), sender="Laboratory A", printed="today")
        for _ in range(2)
    ]

    assert drawn[0] == drawn[1]
