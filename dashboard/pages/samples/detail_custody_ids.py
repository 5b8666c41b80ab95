"""Ids of the custody dialogs on a sample's page."""

from dashboard.pages.custody.offer_dialog import OfferIds

OFFER = OfferIds("sample-offer")

OUT_DIALOG = "sample-out-dialog"
OUT_PROBLEMS = "sample-out-problems"
OUT_PURPOSE = "sample-out-purpose"
OUT_DUE = "sample-out-due"
OUT_TEMPERATURE = "sample-out-temperature"
OUT_SEND = "sample-out-send"

RETURN_DIALOG = "sample-return-dialog"
RETURN_PROBLEMS = "sample-return-problems"
RETURN_WHO = "sample-return-who"
RETURN_USED = "sample-return-used"
RETURN_THAWED = "sample-return-thawed"
RETURN_BENCH = "sample-return-bench"
RETURN_SEND = "sample-return-send"
