"""The drawings of a lane's indexes say in words, figures and frames what their numbers are."""

from xml.etree import ElementTree as ET

from dash import html

from backend.sequencing.indexing.balance import balance
from backend.sequencing.indexing.collisions import Barcode
from backend.sequencing.indexing.colours import Chemistry
from dashboard.figures import colour_balance, index_matrix

CLOSE = [
    Barcode(name="LIB-000001", i7="AAAAAAAA", i5="CCCCCCCC"),
    Barcode(name="LIB-000002", i7="AAAAAAAT", i5="CCCCCCGG"),
    Barcode(name="LIB-000003", i7="AAAAAATT", i5="GGGGGGGG"),
]


def svg(figure: html.Div) -> ET.Element:
    return ET.fromstring(vars(figure)["data-svg"])  # noqa: S314 our own drawing


def of_class(figure: html.Div, name: str) -> list[ET.Element]:
    return [each for each in svg(figure).iter() if name in each.get("class", "").split()]


def test_a_pair_that_collides_is_red_on_both_sides_of_the_diagonal() -> None:
    drawn = index_matrix.index_matrix(CLOSE)

    titles = {each.findtext("{*}title") for each in of_class(drawn, "im-clash")}
    assert titles == {
        "LIB-000002 and LIB-000001: i7 differs by 1",
        "LIB-000001 and LIB-000002: i5 differs by 2",
    }
    assert "not told apart are LIB-000001 and LIB-000002" in vars(drawn)["aria-label"]


def test_one_index_that_is_too_close_alone_is_amber() -> None:
    drawn = index_matrix.index_matrix(CLOSE)

    titles = {each.findtext("{*}title") for each in of_class(drawn, "im-one")}
    assert titles == {
        "LIB-000003 and LIB-000001: i7 differs by 2",
        "LIB-000003 and LIB-000002: i7 differs by 1",
    }


def test_libraries_that_collide_are_drawn_when_not_all_can_be() -> None:
    far = [
        Barcode(name=f"FAR-{number:04d}", i7="ACGT"[number % 4] * 8, i5="ACGT"[number // 4] * 8)
        for number in range(16)
    ]
    longer = [
        Barcode(
            name=f"MIX-{number:04d}",
            i7="AC" * 4,
            i5="ACGT"[number % 4] * 4 + "ACGT"[number // 4] * 4,
        )
        for number in range(16)
    ]
    crowd = [*far, *longer, *CLOSE]

    drawn = index_matrix.index_matrix(crowd)

    assert len(of_class(drawn, "im-self")) == index_matrix.MOST_DRAWN
    assert of_class(drawn, "im-clash")


def test_names_are_cut_only_as_far_as_they_stay_apart() -> None:
    assert index_matrix.short_names(["LIB-000001", "LIB-000002"]) == ["0001", "0002"]
    assert index_matrix.short_names(["A-10001", "A-20001"]) == ["10001", "20001"]
    assert index_matrix.short_names(["S1", "S2"]) == ["S1", "S2"]


def test_a_dark_cycle_is_framed_and_said() -> None:
    read = balance(["GA", "GC"], Chemistry.XLEAP)

    drawn = colour_balance.colour_balance([("i7", read)])

    assert len(of_class(drawn, "cb-crit")) == 1
    assert "i7, cycle 1: only G, which no channel lights." in vars(drawn)["aria-label"]


def test_the_bars_of_a_cycle_fill_its_height() -> None:
    read = balance(["A", "C", "G", "T"], Chemistry.XLEAP, reads=[1, 1, 1, 5])

    drawn = colour_balance.colour_balance([("i7", read)])

    assert sum(float(each.get("height", 0)) for each in of_class(drawn, "cb-b")) == 80.0


def test_only_a_base_without_light_is_said_to_be_dark() -> None:
    assert "G, dark" in str(colour_balance.key(Chemistry.XLEAP))
    assert "dark" not in str(colour_balance.key(Chemistry.FOUR_CHANNEL))


def test_a_lane_without_libraries_is_said_to_be_empty() -> None:
    assert "No library" in str(index_matrix.index_matrix([]))
    assert "no index" in str(colour_balance.colour_balance([]))
