"""What the axes of a sample are called, with a mark where one says more than the word."""

from dash import html

from backend.samples.ids import Custody, HoldKind, QcVerdict
from dashboard.components.icon import icon
from dashboard.components.tones import Tone

_CUSTODY: dict[str, str] = {
    Custody.NOT_PLACED: "Not placed yet",
    Custody.IN_STORAGE: "In storage",
    Custody.CHECKED_OUT: "Taken out",
    Custody.ON_BENCH: "On the bench",
    Custody.ON_INSTRUMENT: "On an instrument",
    Custody.SHIPPED: "Shipped",
    Custody.HAND_TRAY: "In the hand tray",
}
_HOLDS: dict[HoldKind, str] = {
    HoldKind.QUARANTINE: "Quarantine",
    HoldKind.QC_PENDING: "Quality control pending",
    HoldKind.CONSENT_WITHDRAWN: "Consent withdrawn",
    HoldKind.LEGAL_HOLD: "Legal hold",
    HoldKind.TEMPERATURE_EXPOSURE: "Temperature exposure",
    HoldKind.PAUSED_BY_REQUESTER: "Paused by requester",
    HoldKind.PAYMENT: "Payment",
}
VERDICTS: dict[QcVerdict, str] = {
    QcVerdict.NONE: "No verdict yet",
    QcVerdict.PASS: "Passed",
    QcVerdict.PASS_WITH_WARNING: "Passed with a warning",
    QcVerdict.FAIL: "Failed",
    QcVerdict.FAIL_PROCEED: "Failed, goes on",
}


def custody_words(custody: str) -> str:
    """Return where a sample is, in words."""
    return _CUSTODY[custody]


def hold_words(kind: HoldKind) -> str:
    """Return why a sample may not be used, in words."""
    return _HOLDS[kind]


def verdict_words(verdict: str) -> tuple[html.I, str]:
    """Return the mark of a verdict and its words."""
    return _verdict_icon(QcVerdict(verdict)), VERDICTS[QcVerdict(verdict)]


def _verdict_icon(verdict: QcVerdict) -> html.I:
    match verdict:
        case QcVerdict.NONE:
            return icon("dash-circle-dotted", Tone.OFF)
        case QcVerdict.PASS:
            return icon("check-circle-fill", Tone.OK)
        case QcVerdict.PASS_WITH_WARNING | QcVerdict.FAIL_PROCEED:
            return icon("exclamation-triangle-fill", Tone.WARN)
        case QcVerdict.FAIL:
            return icon("x-octagon-fill", Tone.CRIT)
