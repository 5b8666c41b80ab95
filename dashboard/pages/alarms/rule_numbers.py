"""The numbers of a rule as a person types them, with a comma or a true minus too. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from backend.telemetry.errors import RuleRefused
from dashboard import format as fmt

_FARTHEST = 1_000_000
_NAMES = {
    "limit": "Limit",
    "delay": "Delay",
    "deadband": "Deadband",
    "window": "The window",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What was typed; without ``window`` the rule has none, or keeps the one it has."""

    limit: float
    delay: timedelta
    deadband: float
    window: timedelta | None


def numbers(
    limit: str | None, delay: str | None, deadband: str | None, window: str | None
) -> Numbers:
    """Return what was typed.

    Raises:
        RuleRefused: what is no number stands at its field.
    """
    typed = {"limit": limit, "delay": delay, "deadband": deadband}
    if (window or "").strip():
        typed["window"] = window
    found = {name: _number(text) for name, text in typed.items()}
    faults = {
        name: f"{_NAMES[name]} must be a number, such as 15 or −65.5."
        for name, number in found.items()
        if number is None
    }
    if faults:
        raise RuleRefused("The rule cannot be kept like this yet.", fields=faults)
    over = found.get("window")
    return Numbers(
        limit=found["limit"] or 0.0,
        delay=timedelta(minutes=found["delay"] or 0.0),
        deadband=found["deadband"] or 0.0,
        window=None if over is None else timedelta(minutes=over),
    )


def _number(text: str | None) -> float | None:
    try:
        number = float((text or "").strip().replace(",", ".").replace(fmt.MINUS, "-"))
    except ValueError:
        return None
    # Beyond it no length of time can be counted.
    return number if abs(number) <= _FARTHEST else None
