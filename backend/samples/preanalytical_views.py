"""What readers receive about the time before a sample was ours."""

from dataclasses import dataclass

from backend.samples.preanalytical.rules import FluidRecord, Sprec
from backend.samples.preanalytical.solids import SolidRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class PreanalyticalView:
    """Facts, the code derived from them now, and the code that stands instead.

    ``inherited_from`` is the barcode of the ancestor whose record this is; then the last element
    is unknown, for the storage recorded there is not this tube's.
    """

    record: FluidRecord | SolidRecord
    sprec: Sprec
    version: int
    override_code: str | None
    override_reason: str | None
    override_by_name: str | None
    inherited_from: str | None

    @property
    def code(self) -> str:
        """The code that counts."""
        return self.override_code or self.sprec.code
