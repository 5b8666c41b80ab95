"""What a thermal model says in sentences, and how a typed limit is read. Pure."""

from zoneinfo import ZoneInfo

from backend.telemetry.thermal_views import UnitCrossing, UnitModel
from dashboard import format as fmt

DEFAULT_LIMIT = f"{fmt.MINUS}60"
COLDEST_C, WARMEST_C = -196.0, 60.0
_DAY_MIN = 24 * 60
_HOURS_UNTIL_DAYS = 48
_HORIZON = "14 days"


def read_limit(typed: str) -> float | None:
    """Return the typed temperature, °C; None if it is none, or one that no store has."""
    plain = typed.strip().removesuffix("C").removesuffix("°").strip()
    plain = plain.replace(fmt.MINUS, "-").replace("–", "-").replace(",", ".")
    try:
        limit_c = float(plain)
    except ValueError:
        return None
    return limit_c if COLDEST_C <= limit_c <= WARMEST_C else None


def refusal(typed: str) -> str:
    """Say what is wrong with a limit that `read_limit` does not take."""
    said = f"“{typed.strip()}” is" if typed.strip() else "Nothing is typed: that is"
    between = fmt.between(_degrees(COLDEST_C), _degrees(WARMEST_C))
    return f"{said} no limit. Write a temperature from {between}, such as {DEFAULT_LIMIT}."


def headline(label: str, answer: UnitCrossing) -> str:
    """Say when the unit crosses the limit."""
    said = answer.crossing
    limit = _degrees(said.limit_c)
    if said.from_c >= said.limit_c:
        return (
            f"{label} is not colder than {limit} now: its sensor reads "
            f"{fmt.temperature(said.from_c)}."
        )
    since = "stops now" if not answer.is_stale else "had stopped at its last reading"
    crosses = f"If cooling {since}, {label} crosses {limit}"
    if said.low_min is None:
        return f"If cooling {since}, {label} stays below {limit} for {_HORIZON} or longer."
    late = f"over {_HORIZON}" if said.high_min is None else duration(said.high_min)
    interval = f"({fmt.between(duration(said.low_min), late)}, 80%)"
    if said.median_min is None:
        return f"{crosses} after more than {_HORIZON} {interval}."
    return f"{crosses} in {duration(said.median_min)} {interval}."


def cautions(model: UnitModel, answer: UnitCrossing, lab: ZoneInfo) -> list[str]:
    """Say what a person must know before they rely on the sentence."""
    said = answer.crossing
    read = fmt.moment(answer.read_at, lab)
    lines = [f"From {fmt.temperature(said.from_c)}, read {read}."]
    if answer.is_stale:
        lines.append("That is too old to be the present temperature. Look at the sensor.")
    if said.is_beyond and model.warmest_c is not None:
        lines.append(
            f"{_degrees(said.limit_c)} is warmer than any warm-up that the model was compared "
            f"with (up to {fmt.temperature(model.warmest_c)}): trust it less."
        )
    if model.is_simulated:
        lines.append("Its sensor is simulated.")
    return lines


def no_model(label: str, model: UnitModel | None) -> str:
    """Say what is needed; ``model`` is a fit that found too little, None when none was tried."""
    if model is not None:
        return model.needed
    return (
        f"No model yet: the readings of {label} have not been fitted. That is done every day for a "
        "unit with a temperature sensor; two steady warm-ups without cooling are needed, of at "
        "least 5 K over 45 minutes, as in a planned power test."
    )


def card(model: UnitModel, lab: ZoneInfo) -> list[tuple[str, str]]:
    """Return the model card: term and text."""
    first, last = fmt.day(model.first_at, lab), fmt.day(model.last_at, lab)
    error = (
        f"{fmt.with_unit(model.rmse_k, 'K', 1)} root mean square error on "
        f"{fmt.plural(len(model.trials), 'warm-up', 'warm-ups')}, each predicted from the others."
    )
    learnt = "" if model.learnt is None else f", {fmt.percent(model.learnt, 0)} of it learnt"
    slow = "" if model.slow_min is None else f" Time constant {duration(model.slow_min)}{learnt}."
    return [
        ("Purpose", "When the unit’s sensor crosses a limit after its cooling has stopped."),
        (
            "Data window",
            (
                f"{fmt.plural(model.readings, 'reading', 'readings')} of its own sensor, "
                f"{fmt.between(first, last)}; {fmt.plural(model.warm_ups, 'warm-up', 'warm-ups')} "
                "found in them."
            ),
        ),
        ("Method", f"Two masses that warm towards the room.{slow}"),
        ("Checked", error),
        (
            "Limits",
            (
                "The room is assumed at 22 ± 3 °C, not measured. It speaks of the sensor, not of "
                "the contents: tubes near the door or on top may warm sooner. Doors stay shut."
            ),
        ),
    ]


def duration(minutes: float) -> str:
    """Write a time to wait: ``45 min``, ``3 h 10 min``, ``2 d 6 h``."""
    whole = round(minutes)
    if whole < 60:  # noqa: PLR2004 minutes of an hour
        return fmt.with_unit(whole, "min")
    if whole < _HOURS_UNTIL_DAYS * 60:
        hours, rest = divmod(whole, 60)
        return f"{fmt.with_unit(hours, 'h')} {rest:02d}{fmt.NBSP}min"
    days, rest = divmod(whole, _DAY_MIN)
    return f"{fmt.with_unit(days, 'd')} {fmt.with_unit(rest // 60, 'h')}"


def _degrees(value_c: float) -> str:
    return fmt.with_unit(value_c, "°C", 0 if value_c.is_integer() else 1)
