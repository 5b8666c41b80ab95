"""Ids of a sample's page."""

WHICH = "sample-which"
"""Store: ``{"barcode", "tab", "view"}`` of the sample that is shown."""
BODY = "sample-body"

STATUS_DIALOG = "sample-status-dialog"
STEP = "sample-step"
STEP_WHY = "sample-step-why"
STEP_REASON = "sample-step-reason"
STEP_PROBLEMS = "sample-step-problems"
STEP_SEND = "sample-step-send"

HOLD_DIALOG = "sample-hold-dialog"
HOLD_KIND = "sample-hold-kind"
HOLD_REASON = "sample-hold-reason"
HOLD_RULE = "sample-hold-rule"
HOLD_PROBLEMS = "sample-hold-problems"
HOLD_SEND = "sample-hold-send"

RELEASE_DIALOG = "sample-release-dialog"
RELEASE_KIND = "sample-release-kind"
RELEASE_REASON = "sample-release-reason"
RELEASE_PROBLEMS = "sample-release-problems"
RELEASE_SEND = "sample-release-send"

VERDICT_DIALOG = "sample-verdict-dialog"
VERDICT = "sample-verdict"
VERDICT_REASON = "sample-verdict-reason"
VERDICT_PASSWORD = "sample-verdict-password"  # noqa: S105 -- an id
VERDICT_PROBLEMS = "sample-verdict-problems"
VERDICT_SEND = "sample-verdict-send"

CLOSE = "sample-close"
"""Store: ``{"dialog", "at"}`` of the dialog whose act is done, which the browser closes."""
CLOSE_SINK = "sample-close-sink"

RELEASE_EVIDENCE = "sample-release-evidence"

ALIQUOT_DIALOG = "sample-aliquot-dialog"
ALIQUOT_COUNT = "sample-aliquot-count"
ALIQUOT_VOLUME = "sample-aliquot-volume"
ALIQUOT_UNKNOWN = "sample-aliquot-unknown"
ALIQUOT_PROBLEMS = "sample-aliquot-problems"
ALIQUOT_SEND = "sample-aliquot-send"

EXTRACT_DIALOG = "sample-extract-dialog"
EXTRACT_MATERIAL = "sample-extract-material"
EXTRACT_ZONE = "sample-extract-zone"
EXTRACT_USED = "sample-extract-used"
EXTRACT_VOLUME = "sample-extract-volume"
EXTRACT_CONCENTRATION = "sample-extract-concentration"
EXTRACT_PROBLEMS = "sample-extract-problems"
EXTRACT_SEND = "sample-extract-send"

VOLUME_DIALOG = "sample-volume-dialog"
VOLUME_KIND = "sample-volume-kind"
VOLUME_UL = "sample-volume-ul"
VOLUME_UNKNOWN = "sample-volume-unknown"
VOLUME_REASON = "sample-volume-reason"
VOLUME_PROBLEMS = "sample-volume-problems"
VOLUME_SEND = "sample-volume-send"

THAW_DIALOG = "sample-thaw-dialog"
THAW_REASON = "sample-thaw-reason"
THAW_PROBLEMS = "sample-thaw-problems"
THAW_SEND = "sample-thaw-send"

EXPIRY_DIALOG = "sample-expiry-dialog"
EXPIRY_ON = "sample-expiry-on"
EXPIRY_REASON = "sample-expiry-reason"
EXPIRY_PROBLEMS = "sample-expiry-problems"
EXPIRY_SEND = "sample-expiry-send"

CONSENT_DIALOG = "sample-consent-dialog"
CONSENT_REFERENCE = "sample-consent-reference"
CONSENT_SCOPE = "sample-consent-scope"
CONSENT_EXPIRES = "sample-consent-expires"
CONSENT_PROBLEMS = "sample-consent-problems"
CONSENT_SEND = "sample-consent-send"

WITHDRAW_DIALOG = "sample-withdraw-dialog"
WITHDRAW_WHICH = "sample-withdraw-which"
WITHDRAW_REASON = "sample-withdraw-reason"
WITHDRAW_PROBLEMS = "sample-withdraw-problems"
WITHDRAW_SEND = "sample-withdraw-send"

MEASURE_DIALOG = "sample-measure-dialog"
MEASURE_METRIC = "sample-measure-metric"
MEASURE_VALUE = "sample-measure-value"
MEASURE_METHOD = "sample-measure-method"
MEASURE_INSTRUMENT = "sample-measure-instrument"
MEASURE_PROBLEMS = "sample-measure-problems"
MEASURE_SEND = "sample-measure-send"

OVERRULE_DIALOG = "sample-overrule-dialog"
OVERRULE_VERDICT = "sample-overrule-verdict"
OVERRULE_REASON = "sample-overrule-reason"
OVERRULE_PASSWORD = "sample-overrule-password"  # noqa: S105 -- an id
OVERRULE_PROBLEMS = "sample-overrule-problems"
OVERRULE_SEND = "sample-overrule-send"

DISCARD_DIALOG = "sample-discard-dialog"
DISCARD_REASON = "sample-discard-reason"
DISCARD_EMAIL = "sample-discard-email"
DISCARD_PASSWORD = "sample-discard-password"  # noqa: S105 -- an id
DISCARD_PROBLEMS = "sample-discard-problems"
DISCARD_SEND = "sample-discard-send"

HOLDS = {
    "aliquot": "sample-aliquot-holds",
    "extract": "sample-extract-holds",
    "volume": "sample-volume-holds",
}
"""Sentences in dialogs that say how much is in the tube now."""
UNKNOWN_BOXES = {"aliquot": "sample-aliquot-unknown-box", "volume": "sample-volume-unknown-box"}
DISCARD_WHO = "sample-discard-who"
DISCARD_SECOND = "sample-discard-second"
"""Fields of the second person, hidden where nobody has to sign."""

SPREC_DIALOG = "sample-sprec-dialog"
SPREC_SPECIMEN = "sample-sprec-specimen"
SPREC_CONTAINER = "sample-sprec-container"
SPREC_COLLECTED = "sample-sprec-collected"
SPREC_KEPT = "sample-sprec-kept"
SPREC_SPUN = "sample-sprec-spun"
SPREC_SPUN_AT = "sample-sprec-spun-at"
SPREC_STORED = "sample-sprec-stored"
SPREC_STORAGE = "sample-sprec-storage"
SPREC_VESSEL = "sample-sprec-vessel"
SPREC_PROBLEMS = "sample-sprec-problems"
SPREC_SEND = "sample-sprec-send"

OVERRIDE_DIALOG = "sample-override-dialog"
OVERRIDE_CODE = "sample-override-code"
OVERRIDE_REASON = "sample-override-reason"
OVERRIDE_PROBLEMS = "sample-override-problems"
OVERRIDE_SEND = "sample-override-send"

PAST_WHICH = "sample-past-which"
"""Store: the barcode whose record at a past time can be asked for."""
PAST_WHEN = "sample-past-when"
PAST_SHOW = "sample-past-show"
PAST_PROBLEM = "sample-past-problem"

ARRIVAL_DIALOG = "sample-arrival-dialog"
ARRIVAL_REASON = "sample-arrival-reason"
ARRIVAL_PROBLEMS = "sample-arrival-problems"
ARRIVAL_SEND = "sample-arrival-send"
ARRIVAL_WRITTEN = "sample-arrival-written"
"""Store: what the dialog that corrects an arrival starts from; set again only when it changed."""
