"""Rack scanners as people see them."""

from dataclasses import dataclass
from uuid import UUID

from backend.core.devices import RackScanner


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerView:
    """A rack scanner of the page or of the settings."""

    scanner: RackScanner
    scanner_id: UUID | None
    """None: the variable TRACSEQ_RACK_SCANNERS names it."""
    is_active: bool
    is_hidden: bool
    """The variable names another of the same name, which is the one that is asked."""

    @property
    def is_fixed(self) -> bool:
        """It stands in the variable, and is changed there."""
        return self.scanner_id is None

    @property
    def is_asked(self) -> bool:
        """People may let it scan."""
        return self.is_active and not self.is_hidden
