"""Words, looks and figures of runs."""

from urllib.parse import quote

from backend.sequencing.run_folders.verdicts import Verdict
from backend.sequencing.runs.ids import FolderState, MatchedBy, ProposalKind, ProposalState
from dashboard import format as fmt
from dashboard.components.status import Look
from dashboard.components.tones import Tone

PATH = "/sequencing/runs"
LIMITS = f"{PATH}?view=limits"
POOLS = "/sequencing/pools"
NOT_KNOWN = "not known"
_MILLION, _BILLION = 1_000_000, 1_000_000_000

VERDICTS: dict[str, Look] = {
    Verdict.PASS: Look("Pass", "check-circle-fill", Tone.OK),
    Verdict.WARN: Look("Warning", "exclamation-triangle-fill", Tone.WARN),
    Verdict.FAIL: Look("Fail", "x-octagon-fill", Tone.CRIT),
    Verdict.UNKNOWN: Look("Unknown", "question-circle", Tone.OFF),
}
STATES: dict[str, Look] = {
    FolderState.ARRIVING: Look("Arriving", "dash-circle-dotted", Tone.OFF),
    FolderState.READ: Look("To confirm", "info-circle", Tone.INFO),
    FolderState.FAILED: Look("Ended badly", "x-octagon-fill", Tone.CRIT),
    FolderState.CONFIRMED: Look("Confirmed", "check-circle-fill", Tone.OK),
}
FINDINGS: dict[str, Look] = {
    "error": Look("Error", "x-octagon-fill", Tone.CRIT),
    "warning": Look("Warning", "exclamation-triangle-fill", Tone.WARN),
    "info": Look("Note", "info-circle", Tone.INFO),
}
MATCHED: dict[MatchedBy, str] = {
    MatchedBy.NAME: "named so in its sheet or parameters",
    MatchedBy.LIBRARIES: "by the libraries of its sheet",
    MatchedBy.PERSON: "a person said so",
}
PROPOSALS: dict[ProposalKind, str] = {
    ProposalKind.REQUEUE: "Sequence again",
    ProposalKind.TOP_UP: "Top-up",
}
DECIDED: dict[ProposalState, str] = {
    ProposalState.PENDING: "",
    ProposalState.ACCEPTED: "Accepted",
    ProposalState.DISMISSED: "Dismissed",
}


def address(code: str) -> str:
    """Return the address of a run's page."""
    return f"{PATH}/{quote(code, safe='')}"


def millions(value: int | None) -> str:
    """Write a number of clusters or reads: ``412.00 M``."""
    return "" if value is None else fmt.with_unit(value / _MILLION, "M", 2)


def bases(value: int | None) -> str:
    """Write a yield in gigabases."""
    return "" if value is None else fmt.with_unit(value / _BILLION, "Gb", 1)


def share(percent: float | None, places: int = 1) -> str:
    """Write a share that is in percent already."""
    return "" if percent is None else fmt.percent(percent / 100, places)


def density(mean: float | None, sd: float | None) -> str:
    """Write a cluster density with its spread over the tiles, thousands per mm²."""
    if mean is None:
        return ""
    spread = "" if sd is None else f" ± {fmt.decimal(sd, 1)}"
    return f"{fmt.decimal(mean)}{spread}"
