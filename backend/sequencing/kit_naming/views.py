"""What readers of libraries' kits receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from backend.sequencing.kit_naming.ids import KitSource


class Carrying(Protocol):
    """A library with the index pair that it carries, i5 forward."""

    @property
    def sample_id(self) -> UUID: ...

    @property
    def barcode(self) -> str: ...

    @property
    def index_i7(self) -> str: ...

    @property
    def index_i5(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryKit:
    """The kit of a library, and how it is known."""

    name: str
    """Of a guess every kit that it may be, “ or ” between."""
    source: KitSource
    worksheet: str = ""
    """Code of the worksheet that says it, "" where none does."""
    named_by_name: str = ""
    named_at: datetime | None = None
    """Who named it by hand, and when."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedPair:
    """A library with a pair that it is asked for with, and where it stands."""

    sample_id: UUID
    barcode: str
    request_code: str
    lanes: tuple[int, ...]
    """Of the run that was asked for; none where none was."""
    index_i7: str
    index_i5: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KitLine:
    """A library with its kit; None is not known, and ``why_unknown`` says why."""

    library: CarriedPair
    kit: LibraryKit | None
    why_unknown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KitChoice:
    """A kit on offer, and how many of the libraries carry one of its pairs."""

    key: str
    name: str
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KitsSeen:
    """Libraries by lane and request with their kits, and the kits that they could be of."""

    lines: Sequence[KitLine]
    choices: Sequence[KitChoice]
    """Those first that have the most of the libraries' pairs."""
