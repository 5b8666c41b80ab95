"""Ids of the page that checks sample sheets."""

FILE = "sheets-file"
PASTED = "sheets-pasted"
CHECK = "sheets-check"
RUN_INFO_FILE = "sheets-run-info-file"
OTHER_FILE = "sheets-other-file"
ORIENTATION = "sheets-orientation"
AS_KNOWN = "known"
"""Choice of the direction of i5 that leaves it to the sheet's instrument."""

SHEET = "sheets-sheet"
RUN_INFO = "sheets-run-info"
OTHER = "sheets-other"
"""What is dropped stays in the browser, in these."""

SAID = "sheets-said"
RUN_INFO_SAID = "sheets-run-info-said"
ACTS = "sheets-acts"
FIX_ALL = "sheets-fix-all"
TURN = "sheets-turn"
TO_V2 = "sheets-to-v2"
UNDO = "sheets-undo"
FORGET = "sheets-forget"
DOWNLOAD = "sheets-download"
SENT = "sheets-sent"
RESULT = "sheets-result"
DIFFERENCE = "sheets-difference"
LAST_EXPORT = "sheets-last-export"


def fix(place: object, of: object) -> dict[str, object]:
    """Return the id of the button that carries out one finding's fix; ALL fits too.

    ``of`` names the text that the finding is about: a press that arrives late changes nothing.
    """
    return {"type": "sheets-fix", "place": place, "of": of}
