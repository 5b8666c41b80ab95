"""What a unit's own door openings tell, on the What-if page."""

from dash import html

from backend.telemetry.door_queries import LOOKED_BACK, UnitDoors
from backend.telemetry.thermal.doors import DoorFit
from dashboard import format as fmt
from dashboard.components.panel import panel
from dashboard.pages.what_if.words import duration

ASKED_MIN = 5.0
"""As long as somebody looks for a box."""


def drawn(label: str, doors: UnitDoors) -> html.Section:
    """Draw what an open door does to a unit, or what is lacking to say it."""
    lines = [doors.needed] if doors.fit is None else lines_of(doors.fit)
    if doors.is_simulated:
        lines.append("Its sensors are simulated.")
    return panel(
        f"Opening the door of {label}",
        *[html.P(line, className="t2") for line in lines],
        meta=f"{fmt.plural(doors.openings, 'opening', 'openings')} in {LOOKED_BACK.days} days",
        predicted=True,
        class_name="bt",
    )


def lines_of(fit: DoorFit) -> list[str]:
    """Say by how much the unit warms, how soon it is cold again, and how wrong that is."""
    minutes = min(ASKED_MIN, fit.longest_min)
    said = fit.rise_k(minutes)
    rise = (
        f"{fmt.with_unit(said.median, 'K', 1)} "
        f"({fmt.between(fmt.decimal(said.low, 1), fmt.with_unit(said.high, 'K', 1))}, 80%)"
    )
    if fit.k_per_min:
        more = fmt.with_unit(fit.k_per_min, "K", 2)
        lines = [f"Open for {duration(minutes)}, its sensor rises by {rise}; {more} a minute."]
    else:
        lines = [f"An opening warms its sensor by {rise}, however long the door stood open."]
    if fit.back_min is not None:
        back = fit.back_min
        lines.append(
            f"It is cold again {duration(back.median)} after the door is shut "
            f"({fmt.between(duration(back.low), duration(back.high))}, 80%)."
        )
    lines.append(
        f"{fmt.with_unit(fit.rmse_k, 'K', 1)} root mean square error on "
        f"{fmt.plural(fit.openings, 'opening', 'openings')}, each predicted from the others; the "
        f"longest was {duration(fit.longest_min)}, and nothing is said of longer ones."
    )
    return lines
