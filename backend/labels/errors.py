"""What labels and printers refuse."""

from backend.core.errors import Conflict, InvalidInput, NotFound


class TemplateNotFound(NotFound):
    """No such label template."""


class SheetNotFound(NotFound):
    """No such sheet of labels."""


class PrinterNotFound(NotFound):
    """No such printer."""


class PrintNotFound(NotFound):
    """No such print."""


class PrinterNameTaken(Conflict):
    """Two printers cannot have one name."""


class PrinterSwitchedOff(Conflict):
    """The printer takes no prints."""


class CodeTooLong(InvalidInput):
    """The code does not fit the label at a module size that scanners read."""


class ReasonNeeded(InvalidInput):
    """A label that was printed before is printed again only with a reason."""


class WrongPrintState(Conflict):
    """The print is not in a state in which this can be done."""
