"""What a library carries beside its insert and its indexes: adapters, and molecular identifiers."""

from dataclasses import dataclass
from enum import StrEnum


class UmiRead(StrEnum):
    """The read that a molecular identifier (UMI) is read in."""

    READ_1 = "read1"
    READ_2 = "read2"
    INDEX_1 = "index1"
    INDEX_2 = "index2"

    @property
    def name_in_masks(self) -> str:
        """Return what masks call it: R1, R2, I1 or I2."""
        return f"{self.value[0].upper()}{self.value[-1]}"

    @property
    def in_words(self) -> str:
        """Return what people call it: read 1, index 2."""
        return f"{self.value[:-1]} {self.value[-1]}"

    @property
    def is_index(self) -> bool:
        """Say whether it is an index read."""
        return self in (UmiRead.INDEX_1, UmiRead.INDEX_2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Umi:
    """A UMI of so many bases, with bases beside it that are left out.

    In a read of the library it stands in front. In an index read it stands behind the index, or
    before it, as the kit lists both: i5 forward, whichever way the sequencer reads it.
    """

    read: UmiRead
    length: int
    skipped_before: int = 0
    skipped_after: int = 0
    before_index: bool = False

    @property
    def cycles(self) -> int:
        """Return the cycles that it takes, those beside it included."""
        return self.skipped_before + self.length + self.skipped_after

    @property
    def segments(self) -> list[tuple[str, int]]:
        """Return its cycles by kind, as of OverrideCycles: N left out, U of the UMI."""
        parts = [("N", self.skipped_before), ("U", self.length), ("N", self.skipped_after)]
        return [(kind, count) for kind, count in parts if count]


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryLayout:
    """What a kit says of its libraries; adapters are A, C, G and T, several parted by ``+``."""

    adapter_read1: str = ""
    adapter_read2: str = ""
    umis: tuple[Umi, ...] = ()

    def umi(self, read: UmiRead) -> Umi | None:
        """Return the UMI of a read, None where it has none."""
        return next((each for each in self.umis if each.read is read), None)

    def index_cycles(self, read: UmiRead, index_length: int) -> int:
        """Return the cycles of an index read that the library needs: its index and its UMI."""
        umi = self.umi(read)
        return index_length + (umi.cycles if umi else 0)

    @property
    def says_anything(self) -> bool:
        """Say whether anything is recorded at all."""
        return bool(self.adapter_read1 or self.adapter_read2 or self.umis)


NOTHING_KNOWN = LibraryLayout()
"""Of a library whose kit nobody knows, or has recorded nothing of."""
