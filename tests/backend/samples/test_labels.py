"""What a tube's label says, and that its code is the one of the standard."""

from datetime import date

import pytest

from backend.labels import contents
from backend.labels.ids import Field
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.labels import LabelText, modules_of, serial_of

# The worked example of ISO/IEC 16022: "123456" in a symbol of 10 by 10.
OF_THE_STANDARD = """
#.#.#.#.#.
##..#.##.#
##.....#..
##...###.#
##....#...
#.....####
###.##....
####.##..#
#..###.#..
##########
"""


def test_the_code_is_the_one_of_the_standards_example() -> None:
    rows = ["".join("#" if dark else "." for dark in row) for row in modules_of("123456")]

    assert rows == OF_THE_STANDARD.split()


def test_two_tubes_have_different_codes_with_finder_edges() -> None:
    one, other = modules_of("PLS-251120-8T2W"), modules_of("PLS-251120-8T2X")

    assert one != other
    assert all(one[-1])
    assert all(row[0] for row in one)


def test_a_label_says_what_is_known_and_leaves_no_empty_line() -> None:
    label = contents.of_text(
        LabelText(
            barcode="PLS-251120-8T2W",
            name="Tube 17",
            material_type=MaterialType.PLASMA,
            temperature_class=TemperatureClass.MINUS_80,
            on=date(2025, 11, 2),
        )
    )

    assert label.words == {
        Field.SERIAL: "8T2W",
        Field.BARCODE: "PLS-251120-8T2W",
        Field.NAME: "Tube 17",
        Field.KEPT_AT: "Plasma, −80 °C",
        Field.DATE: "2 Nov 2025",
    }


@pytest.mark.parametrize(
    ("code", "serial"), [("DNA-251118-K7F3", "K7F3"), ("CRC240001", "RC240001"), ("A-", "A-")]
)
def test_what_is_read_aloud_is_the_end_of_the_code(code: str, serial: str) -> None:
    assert serial_of(code) == serial
