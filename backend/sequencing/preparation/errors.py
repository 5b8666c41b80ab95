"""What preparing libraries refuses."""

from collections.abc import Mapping, Sequence

from backend.core.errors import Conflict, InvalidInput, NotFound


class LotNotFound(NotFound):
    """No such lot of reagents."""

    def __init__(self) -> None:
        super().__init__("There is no such lot of reagents. Choose one from the list.")


class LotTaken(Conflict):
    """Two lots cannot have one number."""

    def __init__(self, catalogue_number: str, lot: str) -> None:
        sentence = f"Lot {lot} of {catalogue_number} is on record already. Correct its reactions."
        super().__init__(sentence, fields={"lot": sentence})


class ProtocolNotFound(NotFound):
    """No such protocol, or no version of it that may be used."""

    def __init__(self) -> None:
        super().__init__("There is no such protocol. Choose one from the list.")


class ProtocolRefused(InvalidInput):
    """A protocol with something to correct; ``fields`` says what, all at once."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("Nothing was saved; there is something to correct.", fields=fields)


class ProtocolFrozen(Conflict):
    """A published version never changes."""

    def __init__(self, label: str) -> None:
        super().__init__(f"{label} is published and stays as it is. Save a draft of its next one.")


class WorksheetNotFound(NotFound):
    """No such worksheet, or one of other people's samples."""

    def __init__(self) -> None:
        super().__init__("There is no such worksheet among those of your projects.")


class WorksheetRefused(Conflict):
    """Something stands against an act; every reason is named."""

    def __init__(self, said: str, reasons: Sequence[str]) -> None:
        super().__init__(f"{said} {' '.join(reasons)}".strip())
        self.reasons = tuple(reasons)


class WorksheetInput(InvalidInput):
    """What was typed for a worksheet needs correcting; ``fields`` says what, all at once."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("Nothing was changed; there is something to correct.", fields=fields)


class ReadingsRefused(InvalidInput):
    """A file of readings that cannot be used; the sentence says why."""


class ReadingsKeptAlready(Conflict):
    """The same bytes were kept before."""

    def __init__(self, file_name: str, kept_as: str, by: str) -> None:
        super().__init__(
            f"“{file_name}” was kept already, as “{kept_as}” by {by}. Nothing was added."
        )
