"""The drawing of a standard curve says what its numbers say."""

from xml.etree import ElementTree as ET

from backend.sequencing.preparation.readings.standard_curve import Curve, KnownWell, fit_curve
from dashboard.figures.standard_curve import curve_figure


def curve_of(signals: dict[float, float]) -> Curve:
    wells = [
        KnownWell(well=f"A{place}", concentration=each, signal=signal)
        for place, (each, signal) in enumerate(signals.items(), start=1)
    ]
    return fit_curve(wells, unit="ng/mL")


def nodes(curve: Curve) -> list[ET.Element]:
    drawn = curve_figure(curve).to_plotly_json()["props"]
    return list(ET.fromstring(drawn["data-svg"]).iter())  # noqa: S314 what was just made


def test_every_standard_stands_on_the_curve_and_under_it_and_the_left_out_are_hollow() -> None:
    curve = curve_of({0: 0, 5: 300, 10: 600, 100: 6000, 500: 30_000, 1000: 31_000})

    drawn = nodes(curve)

    dots = [each for each in drawn if each.tag.endswith("circle")]
    assert len(dots) == 10
    assert sum(each.get("class") == "sc-out" for each in dots) == 2
    assert sum(each.get("class") == "thr-w" for each in drawn) == 2


def test_a_standard_at_or_under_the_blank_is_drawn_at_the_foot() -> None:
    curve = curve_of({0: 100, 5: 90, 10: 700, 50: 3100, 100: 6100, 500: 30_100, 1000: 60_100})

    heights = [float(each.get("cy", "0")) for each in nodes(curve) if each.tag.endswith("circle")]

    assert all(0 < height < 270 for height in heights)
