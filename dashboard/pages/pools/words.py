"""How pools are spoken of."""

from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import quote

from backend.samples.ids import TemperatureClass
from backend.samples.volume_rules import shown
from backend.sequencing.ids import PoolingMode, PoolState
from backend.sequencing.pooling.ids import PipettedBy, TopUpState
from backend.sequencing.pooling.settings import least_ul
from backend.sequencing.pooling.top_up import Advice
from backend.sequencing.pooling.views import TopUpView
from backend.sequencing.reference.content import PoolingContent
from backend.storage.rules import zone_name
from dashboard.components.status import Look
from dashboard.components.tones import Tone

PATH = "/sequencing/pools"
MODES: Mapping[PoolingMode, str] = {
    PoolingMode.BY_READS: "By reads",
    PoolingMode.EQUIMOLAR: "Equimolar",
    PoolingMode.BY_COVERAGE: "By coverage",
    PoolingMode.BY_MASS: "By mass",
}
BY: Mapping[PipettedBy, str] = {PipettedBy.HAND: "Hand", PipettedBy.ROBOT: "Robot"}
DECISIONS: Mapping[TopUpState, str] = {
    TopUpState.PENDING: "Waits for a decision",
    TopUpState.APPROVED: "Approved",
    TopUpState.REJECTED: "Rejected",
}
ADVICE: Mapping[Advice, Look] = {
    Advice.ENOUGH: Look("Enough", "check-circle-fill", Tone.OK),
    Advice.TOP_UP: Look("Top up", "plus-lg", Tone.INFO),
    Advice.REPREPARE: Look("Prepare again", "exclamation-triangle-fill", Tone.WARN),
    Advice.FAILED: Look("Failed", "x-octagon-fill", Tone.CRIT),
}
ZONES = (TemperatureClass.MINUS_20, TemperatureClass.MINUS_80, TemperatureClass.PLUS_4)


def look_of(state: PoolState, *, is_mixed: bool, is_sequenced: bool = False) -> Look:
    """Return how a pool's state is shown; ready without a tube is ready on paper only."""
    match state:
        case PoolState.DRAFT:
            return Look("Draft", "pencil", Tone.OFF)
        case PoolState.CANCELLED:
            return Look("Cancelled", "slash-circle", Tone.OFF)
        case PoolState.READY if is_sequenced:
            return Look("Sequenced", "check-circle-fill", Tone.OK)
        case PoolState.READY if is_mixed:
            return Look("Mixed", "check-circle-fill", Tone.OK)
        case PoolState.READY:
            return Look("Planned, no tube", "dash-circle-dotted", Tone.INFO)


def by_options(laboratory: PoolingContent) -> Mapping[PipettedBy, str]:
    """Return who pipettes, with the least that the laboratory has them pipette."""
    return {
        by: f"{name}, {number(least_ul(by, laboratory))} µL and more" for by, name in BY.items()
    }


def zone_options() -> list[dict[str, str]]:
    """Return the temperatures that a pool's tube is kept at."""
    return [{"value": zone.value, "label": zone_name(zone.value)} for zone in ZONES]


def aim(view: TopUpView) -> str:
    """Return what a proposal aims at where that is not what was asked for, in one run."""
    said = ""
    if view.times_mean is not None:
        said = f", aiming at {number(view.times_mean)} × the mean"
    return f"{said}, shared out over {view.runs} runs" if view.runs > 1 else said


def href_of(code: str) -> str:
    """Return the address of a pool's page."""
    return f"{PATH}/{quote(code, safe='')}"


def number(value: Decimal | None, places: int = 3) -> str:
    """Return a number with at most so many places, none of them an empty nought."""
    if value is None:
        return ""
    return shown(value.quantize(Decimal(1).scaleb(-places)))
