"""What another set point would change, in sentences, or why that cannot be said yet. Pure."""

from backend.telemetry.electricity import Price
from backend.telemetry.energy import slope
from backend.telemetry.energy.days import cost
from backend.telemetry.energy.slope import Change, EnergyModel, Lacking, NotIdentified
from backend.telemetry.energy_views import SetpointModel
from dashboard import energy_words
from dashboard import format as fmt

DEFAULT_SHIFT = "10"
FARTHEST_K = 40.0
DAYS_A_YEAR = 365
NO_CONTROL = (
    "This only reckons: no unit is set from here. Whether samples may be kept at another "
    "temperature is for the laboratory to decide."
)


def read_shift(typed: str) -> float | None:
    """Return by how many kelvin the set point moves; None if that is no such number."""
    plain = typed.strip().removesuffix("K").strip().removeprefix("+")
    plain = plain.replace(fmt.MINUS, "-").replace("–", "-").replace(",", ".")
    try:
        shift_k = float(plain)
    except ValueError:
        return None
    return shift_k if shift_k and abs(shift_k) <= FARTHEST_K else None


def refusal(typed: str) -> str:
    """Say what is wrong with a shift that `read_shift` does not take."""
    said = f"“{typed.strip()}” is" if typed.strip() else "Nothing is typed: that is"
    return (
        f"{said} no change of a set point. Write kelvins, such as {DEFAULT_SHIFT} for warmer or "
        f"{fmt.MINUS}5 for colder, up to {fmt.count(int(FARTHEST_K))}."
    )


def headline(model: SetpointModel, said: Change) -> str:
    """Say what the change does to the energy of a day and a year."""
    saves = said.kwh_a_day < 0
    sides = sorted((abs(said.low_kwh), abs(said.high_kwh)))
    interval = fmt.between(*(fmt.decimal(side, 1) for side in sides))
    year = fmt.with_unit(abs(said.kwh_a_day) * DAYS_A_YEAR, "kWh")
    return (
        f"{'Raising' if said.to_c > said.from_c else 'Lowering'} {model.unit_label} from "
        f"{degrees(said.from_c)} to {degrees(said.to_c)} "
        f"{'saves' if saves else 'costs'} {fmt.with_unit(abs(said.kwh_a_day), 'kWh', 1)} a day "
        f"({interval}, 80%), {year} a year."
    )


def money(said: Change, price: Price | None) -> str:
    """Say what a year of it costs or saves; without a price that no amount is known."""
    if price is None:
        return "No price of electricity is set, so there is no amount."
    middle, one, other = (
        cost(abs(each) * DAYS_A_YEAR, price.price_per_kwh)
        for each in (said.kwh_a_day, said.low_kwh, said.high_kwh)
    )
    interval = fmt.between(*(fmt.decimal(each) for each in sorted((one, other))))
    return (
        f"{fmt.with_unit(middle, price.currency)} a year ({interval}, 80%), at "
        f"{energy_words.price(price)} (version {price.version})."
    )


def cautions(model: SetpointModel, fitted: EnergyModel, said: Change) -> list[str]:
    """Say what a person must know before they rely on the sentence."""
    lines = [room(model)]
    if said.is_beyond:
        seen = fmt.between(fmt.decimal(fitted.nearest_k), fmt.with_unit(fitted.farthest_k, "K"))
        lines.append(
            f"From room to inside it was {seen} so far. What was asked lies outside that, and is "
            f"reached by the form of the model only, for which {fmt.percent(slope.FORM_SPREAD, 0)} "
            "are assumed in the interval: try it on the unit before you rely on it."
        )
    if not model.is_setpoint:
        lines.append(
            f"The unit keeps {degrees(model.from_c)}, which is not the set point recorded for it: "
            "the change is counted from what it keeps."
        )
    if model.is_simulated:
        lines.append("Its sensors are simulated.")
    return [*lines, NO_CONTROL]


def room(model: SetpointModel) -> str:
    """Say where the temperature of the room is from."""
    if model.room_code is not None and (
        isinstance(model.fitted, NotIdentified) or model.fitted.room_is_measured
    ):
        return f"The room is measured by {model.room_code}."
    return "The room is assumed at 22 ± 3 °C: no sensor measures it."


def no_model(label: str, model: SetpointModel | None) -> str:
    """Say why there is no answer and what would give one."""
    if model is None:
        return (
            f"It cannot be said: {label} lacks a power sensor or a temperature sensor. With both, "
            f"{fmt.count(slope.LEAST_DAYS)} whole days are needed, and a sensor of the room."
        )
    if isinstance(model.fitted, EnergyModel):
        return ""
    return f"It cannot be said yet for {label}. {_lacking(model, model.fitted)}"


def score(fitted: EnergyModel) -> list[tuple[str, str]]:
    """Return what the model rests on: term and text."""
    first, last = (fmt.calendar_day(each) for each in (fitted.first, fitted.last))
    return [
        ("Error of held-out weeks", fmt.with_unit(fitted.rmse_kwh, "kWh a day", 2)),
        ("Error of their mean", fmt.with_unit(fitted.rmse_of_mean_kwh, "kWh a day", 2)),
        ("Takes now", fmt.with_unit(fitted.kwh_a_day, "kWh a day", 1)),
        ("Days", f"{fmt.count(fitted.days)}, {fmt.between(first, last)}"),
        ("Doors", "measured" if fitted.has_doors else "not measured"),
    ]


def degrees(value_c: float) -> str:
    """Write a set point: ``−80 °C``, ``4.5 °C``."""
    return fmt.with_unit(value_c, "°C", 0 if float(value_c).is_integer() else 1)


def _lacking(model: SetpointModel, lacks: NotIdentified) -> str:
    days = fmt.plural(lacks.days, "day", "days")
    spread = fmt.with_unit(lacks.spread_k or 0.0, "K", 1)
    errors = (
        f"{fmt.decimal(lacks.rmse_kwh, 2)} against "
        f"{fmt.with_unit(lacks.rmse_of_mean_kwh, 'kWh a day', 2)}"
    )
    match lacks.lacking:
        case Lacking.DAYS:
            return (
                f"{days} of the last 90 can be used: power and temperatures known for nine tenths "
                "of the day, and the inside as on the days beside it. "
                f"{fmt.count(slope.LEAST_DAYS)} are needed."
            )
        case Lacking.SPREAD:
            return (
                f"From room to inside its {days} differ by {spread} only (standard deviation; "
                f"{fmt.with_unit(slope.LEAST_SPREAD_K, 'K', 1)} are needed). Another season will "
                "tell, or a week at another set point."
            )
        case Lacking.ROOM:
            return (
                "No sensor measures the room around it, and on its "
                f"{days} the inside was never another for long. Add a sensor of the kind "
                "“Temperature, room”, or keep it at another set point for some weeks."
            )
        case Lacking.NOT_BETTER:
            return (
                f"On its {days} what it takes does not follow the temperatures: held-out weeks "
                f"are predicted no better than by the mean of the others ({errors})."
            )
        case Lacking.SLOPE:
            return (
                f"Its {days} do not decide it: within the 80% interval a warmer inside could take "
                f"more. {room(model)}"
            )
