"""Label templates, what a label says, and where each part of it is placed. Lengths in mm."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from backend.labels.ids import Field, PrinterKind, PrintKind, PrintState, Symbology


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSlot:
    """Room for one field in words: one line from ``y_mm`` down, as wide as ``width_mm``.

    A text that is too wide gets smaller down to ``smallest_pt``, then loses its middle.
    """

    field: Field
    x_mm: float
    y_mm: float
    width_mm: float
    size_pt: float
    smallest_pt: float
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolSlot:
    """Room for the code itself; the quiet zone lies around it and stays white."""

    symbology: Symbology
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    quiet_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTemplate:
    """A kind of label. ``is_round``: the rectangle is the one around the dot."""

    key: str
    name: str
    width_mm: float
    height_mm: float
    symbol: SymbolSlot
    texts: tuple[TextSlot, ...] = ()
    is_round: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of labels for an office printer; cells are counted along the rows from 1."""

    key: str
    name: str
    width_mm: float
    height_mm: float
    columns: int
    rows: int
    cell_width_mm: float
    cell_height_mm: float
    left_mm: float
    top_mm: float
    pitch_x_mm: float
    pitch_y_mm: float

    @property
    def count(self) -> int:
        """Return how many labels the sheet holds."""
        return self.columns * self.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelContent:
    """What one label says."""

    barcode: str
    words: Mapping[Field, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedText:
    """A line of words. ``x_mm, y_mm`` is the upper left corner of its box.

    ``was_cut``: the middle is left out. ``lost``: characters that the font cannot draw, which
    stand as a question mark.
    """

    field: Field
    text: str
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    baseline_mm: float
    """From ``y_mm`` down to the line that the letters stand on."""
    size_pt: float
    bold: bool
    was_cut: bool
    lost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSymbol:
    """The code's modules by row, True where dark; bars are one row as high as the symbol.

    ``x_mm, y_mm`` is the upper left module's corner, ``module_mm`` a whole number of dots.
    """

    symbology: Symbology
    modules: tuple[tuple[bool, ...], ...]
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    module_mm: float

    def bars(self) -> Iterator[tuple[float, float, float, float]]:
        """Yield runs of dark modules as x, y, width and height in mm from the symbol's corner."""
        side = self.module_mm
        high = self.height_mm if self.symbology is Symbology.CODE_128 else side
        for y, row in enumerate(self.modules):
            start = None
            for x, dark in enumerate((*row, False)):
                if dark and start is None:
                    start = x
                elif not dark and start is not None:
                    yield start * side, y * high, (x - start) * side, high
                    start = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A whole label, placed. Every renderer draws this and nothing else."""

    template: LabelTemplate
    content: LabelContent
    dpi: int
    symbol: PlacedSymbol
    texts: tuple[PlacedText, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterView:
    """A printer as people see it."""

    id: UUID
    name: str
    kind: PrinterKind
    host: str
    port: int
    dpi: int
    template: str
    is_active: bool
    waiting: int
    """Prints that are queued or being sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintView:
    """A print and where it stands."""

    id: UUID
    kind: PrintKind
    state: PrintState
    printer_id: UUID | None
    printer_name: str
    template: str
    labels: int
    copies: int
    first_barcode: str
    attempts: int
    detail: str
    """What the printer said, or why it failed; empty while there is nothing to say."""
    reason: str
    reprint_of: UUID | None
    requested_by_name: str
    created_at: datetime
    sent_at: datetime | None
    settled_by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyLabels:
    """What a stored query comes to in labels."""

    count: int
    first: UUID | None
    """The sample whose label comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartQueued:
    """What became of a part of many labels; ``passed`` counts samples of all parts so far."""

    passed: int
    total: int
    labels: int
    had_one: int = 0
    too_long: int = 0
    """Codes that the label has no room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintOrder:
    """What a worker needs to send a print."""

    id: UUID
    state: PrintState
    printer_name: str
    host: str
    port: int
    dpi: int
    is_active: bool
    has_answered: bool
    template: LabelTemplate
    contents: tuple[LabelContent, ...]
    copies: int
