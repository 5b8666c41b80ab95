"""What a unit takes: a day, for each sample, and what that costs."""

from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from backend.storage.energy_queries import EnergyOfUnit
from backend.telemetry.energy_views import UnitEnergy
from dashboard import energy_words as words
from dashboard import format as fmt
from dashboard.components.chip import tag
from dashboard.components.panel import panel
from dashboard.components.sparkline import sparkline

PRICE_HREF = "/admin/rules?tab=energy"
Row = tuple[str, list[Component | str]]


def of_unit(said: EnergyOfUnit, *, may_predict: bool, may_configure: bool) -> html.Section:
    """Draw the energy of a unit in the last 30 whole days, or that nothing measures it."""
    if said.energy is None:
        return panel(
            "Energy",
            html.P("No power sensor: what it takes is not known.", className="t3"),
            class_name="bt",
        )
    rows: list[Row] = [
        ("A day", _rate(said.energy)),
        (
            "Measured",
            [words.counted(said.energy.period), _small(words.covered(said.energy.period))],
        ),
        *_shares(said),
        ("Cost", _cost(said, may_configure=may_configure)),
        ("Sensor", _sensor(said.energy)),
    ]
    asked = html.A("Another set point", href=f"/what-if?unit={quote(said.unit.label)}")
    return panel(
        "Energy",
        html.Dl(
            [part for name, value in rows for part in (html.Dt(name), html.Dd(value))],
            className="kv",
        ),
        meta=_days(said.energy),
        aside=asked if may_predict else None,
        class_name="bt",
    )


def _rate(energy: UnitEnergy) -> list[Component | str]:
    period = energy.period
    drawn = sparkline(period.trend, label=words.trend(period)) if period.trend else None
    figure = html.B(words.rate(period.kwh_a_day), className="num")
    return [html.Span([figure, *([drawn] if drawn is not None else [])], className="row-x g6")]


def _shares(said: EnergyOfUnit) -> list[Row]:
    shares = (
        ("Each sample", said.wh_a_day_per_sample, said.unit.used, "sample", "samples"),
        ("Each position", said.wh_a_day_per_position, said.unit.capacity, "position", "positions"),
    )
    return [
        (
            name,
            [f"{fmt.with_unit(share, 'Wh', 1)} a day, of {fmt.plural(number, one, many)} now"],
        )
        for name, share, number, one, many in shares
        if share is not None
    ]


def _cost(said: EnergyOfUnit, *, may_configure: bool) -> list[Component | str]:
    if said.price is not None:
        return [words.cost(said) or words.NOT_ENOUGH]
    link: list[Component | str] = [" ", html.A("Set it", href=PRICE_HREF)] if may_configure else []
    return ["No price of electricity is set.", *link]


def _sensor(energy: UnitEnergy) -> list[Component | str]:
    mark = [tag("simulated")] if energy.is_simulated else []
    code = html.Span(energy.sensor_code, className="mono sm")
    return [html.Span([code, *mark], className="se-code")]


def _days(energy: UnitEnergy) -> str:
    first, last = fmt.calendar_day(energy.first), fmt.calendar_day(energy.last)
    return f"Whole days, {fmt.between(first, last)}"


def _small(words_said: str) -> html.Div:
    return html.Div(words_said, className="sm t3")
