"""Ids of the Predictions page."""

BODY = "predictions-body"
FAN = "predictions-fan"
RUN = "predictions-run"
JOB = "predictions-job"
ZONE = "predictions-zone"
CARD = "predictions-card"
