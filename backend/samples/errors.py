"""What samples refuse."""

from collections.abc import Sequence
from datetime import datetime

from backend.core.errors import Conflict, InvalidInput, NotFound

_MOST_TOLD = 5


class SampleNotFound(NotFound):
    """No such sample, or not one of the principal's projects."""


class ProjectNotFound(NotFound):
    """No such project, or not one of the principal's."""


class ProjectClosed(Conflict):
    """The project takes no more samples."""


class ProjectCodeTaken(Conflict):
    """Two projects cannot have one code."""


class BarcodeTaken(Conflict):
    """Another tube carries this barcode."""


class BarcodeRefused(InvalidInput):
    """The code was misread, or belongs to no tube that the laboratory takes."""


class ExternalIdTaken(Conflict):
    """The project already has a sample of this name from its submitter."""


class RegistrationRefused(InvalidInput):
    """One or more fields need another value."""


class HoldNotFound(NotFound):
    """The sample is not on this hold."""


class HoldAlreadySet(Conflict):
    """The sample is on this hold already."""


class ConsentStillWithdrawn(Conflict):
    """The hold goes with the consent: a new one comes first."""


class SampleChanged(Conflict):
    """Somebody changed the sample since it was looked at."""


class SamplePromised(Conflict):
    """It is offered to somebody: nobody moves it until they have answered."""


class TransitionRefused(Conflict):
    """A status change that is not possible now; ``reasons`` names every guard that failed."""

    code = "transition_refused"

    def __init__(self, barcode: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{barcode} stays as it is. " + " ".join(reasons))
        self.reasons = tuple(reasons)


class DiscardRefused(Conflict):
    """Some of several samples may not be discarded, so that none was."""

    code = "transition_refused"

    def __init__(self, refused: Sequence[tuple[str, Sequence[str]]]) -> None:
        told = [f"{barcode}: {' '.join(reasons)}" for barcode, reasons in refused[:_MOST_TOLD]]
        if len(refused) > _MOST_TOLD:
            told.append(f"And {len(refused) - _MOST_TOLD} more.")
        super().__init__("Nothing was discarded. " + " ".join(told))


class DisposalNotSigned(Conflict):
    """The signature does not stand under what is to be discarded: another set, used, or voided."""


class DrawRefused(Conflict):
    """Nothing can be drawn from the tube now; ``reasons`` names every one."""

    code = "draw_refused"

    def __init__(self, barcode: str, reasons: Sequence[str]) -> None:
        super().__init__(f"Nothing was drawn from {barcode}. " + " ".join(reasons))
        self.reasons = tuple(reasons)


class ConsentNotFound(NotFound):
    """Nobody recorded this consent, or it is of other people's samples."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            f"No consent of yours has the reference {reference.strip()[:100]}. Record it first.",
            fields={"reference": "Check the reference on the form."},
        )


class PreanalyticalNotFound(NotFound):
    """Nothing is recorded of the time before the sample was ours."""

    def __init__(self, barcode: str) -> None:
        super().__init__(
            f"Nothing is recorded of {barcode} before storage. Record what is known first."
        )


class AttachmentNotFound(NotFound):
    """No such file is attached, it was removed, or the sample is not the principal's."""

    def __init__(self) -> None:
        super().__init__("There is no such attachment that you may see. Open it from the sample.")


class AttachmentRefused(InvalidInput):
    """What was sent is not attached; the sentence says what to send."""


class AlreadyAttached(Conflict):
    """The same bytes stand in the sample's list already."""

    def __init__(self, file_name: str, barcode: str, attached_as: str, by: str) -> None:
        super().__init__(
            f"“{file_name}” is attached to {barcode} already, as “{attached_as}” by {by}. "
            "Nothing was added."
        )


class ConsentTaken(Conflict):
    """Two consents cannot have one reference."""

    def __init__(self, reference: str) -> None:
        sentence = f"A consent {reference} is on record already."
        super().__init__(sentence, fields={"reference": sentence})


class ConsentWithdrawn(Conflict):
    """It holds no longer, for good."""

    def __init__(self, reference: str) -> None:
        sentence = f"Consent {reference} is withdrawn. A new agreement is a new consent."
        super().__init__(sentence, fields={"reference": sentence})


class ThresholdsDecide(Conflict):
    """A verdict against the thresholds is given with a signature, not by hand."""

    def __init__(self, barcode: str, thresholds: str | None) -> None:
        by = f"The thresholds {thresholds} judge {barcode}." if thresholds else ""
        super().__init__(
            f"{by} Another verdict takes a reason and a signature: overrule it.".strip()
        )


class NotRegisteredThen(NotFound):
    """A sample has no record of the time before it was registered."""

    def __init__(self, barcode: str, registered_at: datetime) -> None:
        super().__init__(
            f"{barcode} was registered later, on {registered_at:%d %b %Y at %H:%M:%S} UTC. "
            "Choose a time after that."
        )
        self.registered_at = registered_at


class StillToCome(InvalidInput):
    """Nobody knows what a record will be."""

    def __init__(self) -> None:
        sentence = "This time is still to come. Choose one that has passed."
        super().__init__(sentence, fields={"at": sentence})
