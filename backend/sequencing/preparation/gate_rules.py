"""What the controls of a plate say of its libraries. No I/O. Concentrations in ng/µL."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.samples.volume_rules import shown
from backend.sequencing.preparation.ids import GateState, WellKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control and what was read of it; nothing at all while nobody has measured it."""

    well: str
    kind: WellKind
    value: Decimal | None = None
    below: Decimal | None = None
    is_low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """What controls are held to; None is not asked."""

    no_template_at_most: Decimal | None
    positive_at_least: Decimal | None


def judge(controls: Sequence[Control], limits: GateLimits) -> tuple[GateState, list[str]]:
    """Return the verdict and a sentence for each control.

    One control that fails fails the plate; one that nobody could measure leaves it pending. What
    the instrument could not see at all is no contamination, and no working positive control.
    """
    judged = [_judge(control, limits) for control in controls]
    asked = [each for each in judged if each is not None]
    states = [state for state, _ in asked]
    if not states:
        return GateState.NONE, []
    said = [sentence for _, sentence in asked]
    for state in (GateState.FAILED, GateState.PENDING):
        if state in states:
            return state, said
    return GateState.PASSED, said


def _judge(control: Control, limits: GateLimits) -> tuple[GateState, str] | None:
    if control.kind is WellKind.NO_TEMPLATE and limits.no_template_at_most is not None:
        return _no_template(control, limits.no_template_at_most)
    if control.kind is WellKind.POSITIVE and limits.positive_at_least is not None:
        return _positive(control, limits.positive_at_least)
    return None


def _no_template(control: Control, limit: Decimal) -> tuple[GateState, str]:
    name, most = f"No-template control {control.well}", f"{shown(limit)} ng/µL"
    if control.value is not None:
        read = f"{name} has {shown(control.value)} ng/µL"
        if control.value > limit:
            return GateState.FAILED, f"{read}; at most {most} are allowed."
        return GateState.PASSED, f"{read}, at most {most} are allowed."
    if control.is_low or (control.below is not None and control.below <= limit):
        return GateState.PASSED, f"{name} is under the range of the instrument."
    if control.below is not None:
        said = f"{name} is below {shown(control.below)} ng/µL, and {most} are the limit."
        return GateState.PENDING, f"{said} Measure it with more sensitivity."
    return GateState.PENDING, f"{name} was not measured."


def _positive(control: Control, least: Decimal) -> tuple[GateState, str]:
    name, wanted = f"Positive control {control.well}", f"{shown(least)} ng/µL"
    if control.value is not None:
        read = f"{name} has {shown(control.value)} ng/µL"
        if control.value < least:
            return GateState.FAILED, f"{read}; at least {wanted} are wanted."
        return GateState.PASSED, f"{read}, at least {wanted} are wanted."
    if control.is_low or (control.below is not None and control.below <= least):
        return GateState.FAILED, f"{name} is under the range; at least {wanted} are wanted."
    return GateState.PENDING, f"{name} was not measured."
