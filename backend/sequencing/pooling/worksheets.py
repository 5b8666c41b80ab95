"""A pool's worksheets: a workbook and paper for hands, transfers for robots."""

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.labels import fonts
from backend.labels.adapters.paper import BOLD, FONT, FOOT, LEFT, RIGHT, TOP, Paper
from backend.samples.ids import SampleId
from backend.samples.volume_rules import shown
from backend.sequencing.pooling.errors import PoolNotMade
from backend.sequencing.pooling.recipe import NO_DILUTION, Line, Recipe
from backend.sequencing.pooling.views import PartView, PoolView
from backend.storage import deck, worklists
from backend.storage.deck import Tube
from backend.storage.rules import BoxShape, Position
from backend.storage.sheet_writing import Cell, SheetWriter
from backend.storage.worklists import Source, Transfer

_HEADS = (
    "Line",
    "Tube",
    "Sample name",
    "Request",
    "Stands in",
    "Molarity nM",
    "Share",
    "Dilute 1:",
    "Take µL",
    "Diluent µL",
    "Into the pool µL",
    "Achieved share",
    "Amount fmol",
    "Mass ng",
    "Molecules",
)
_SHARES = (6, 11)
_RACK = BoxShape(8, 12)
_TUBE = BoxShape(1, 1)
_ROW_MM = 7.0
_COLUMNS = (
    (16, "Tube"),
    (56, "Stands in"),
    (104, "1:"),
    (116, "Take"),
    (136, "Diluent"),
    (158, "Pool"),
)

_Where = Mapping[SampleId, str]


def places_of(session: ReadSession, principal: Principal, view: PoolView) -> _Where:
    """Return in words where a pool's tubes are, by key."""
    keys = [SampleId(part.sample_id) for part in view.parts]
    return deck.where_of(session, principal, keys)


def as_xlsx(view: PoolView, places: _Where) -> bytes:
    """Return a workbook: what to take of each tube, then what the pool is filled up with.

    Raises:
        PoolNotMade: there is no recipe yet.
    """
    recipe = _recipe(view)
    rows: list[Sequence[Cell]] = [
        _row(number, part, line, places)
        for number, (part, line) in enumerate(_pairs(view, recipe), start=1)
    ]
    rows += [
        ("", name, "", "", "", None, None, None, None, None, volume, None, None, None, None)
        for name, volume in _rest(recipe)
    ]
    book = SheetWriter()
    book.add_sheet(view.code, _HEADS, rows, frozen_columns=2, share_columns=_SHARES)
    return book.content()


def as_pdf(view: PoolView, places: _Where, *, printed: str) -> bytes:
    """Return A4 pages to tick off at the bench. Same errors as `as_xlsx`."""
    recipe = _recipe(view)
    for bold, name in ((False, FONT), (True, BOLD)):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(fonts.file_of(bold=bold))))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, pageCompression=1, invariant=1)
    canvas.setTitle(f"Pool {view.code}")
    sheet = _Sheet(canvas, view, printed)
    for part, line in _pairs(view, recipe):
        diluent = _diluent(line)
        sheet.line(
            (
                part.barcode,
                _place(part, places),
                str(line.dilution) if line.dilution > NO_DILUTION else "",
                shown(line.drawn_ul),
                shown(diluent) if diluent else "",
                shown(line.volume_ul),
            )
        )
    for name, volume in _rest(recipe):
        sheet.line((name, "", "", "", "", shown(volume)))
    sheet.line(("Together", "", "", "", "", shown(view.target_ul)))
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def transfers(session: ReadSession, principal: Principal, view: PoolView) -> tuple[Transfer, ...]:
    """Return what a robot does: dilutions first, then every tube, buffer and PhiX into the pool.

    Tubes are taken rack by rack from where they stand. Dilutions are made on a plate "Dilutions",
    filled column by column in the order of the pool.

    Raises:
        PoolNotMade: there is no recipe yet.
        WorklistRefused: a volume or name that a robot cannot be given, or tubes in no rack.
    """
    principal.require(Permission.SEQUENCING_VIEW)
    pairs = _pairs(view, _recipe(view))
    sources = _sources(session, principal, view)
    wells = worklists.wells_by_column(_RACK)
    if sum(line.dilution > NO_DILUTION for _, line in pairs) > len(wells):
        raise PoolNotMade(view.code, ["More than 96 dilutions do not fit on a plate."])
    first: list[Transfer] = []
    then: list[Transfer] = []
    for part, line in pairs:
        source = sources[SampleId(part.sample_id)]
        if line.dilution == NO_DILUTION:
            then.append(_into_pool(source, view, line.volume_ul))
            continue
        well = wells[len(first) // 2]
        first.append(_transfer(_stock("BUFFER"), "Dilutions", _RACK, well, _diluent(line)))
        first.append(_transfer(source, "Dilutions", _RACK, well, line.drawn_ul))
        diluted = Source(
            line=source.line,
            barcode=source.barcode,
            labware="Dilutions",
            shape=_RACK,
            position=well,
            available_ul=None,
        )
        then.append(_into_pool(diluted, view, line.volume_ul))
    rest = [_into_pool(_stock(name.upper()), view, volume) for name, volume in _rest(_recipe(view))]
    return worklists.poured([*first, *rest, *worklists.by_rack(then)])


def _recipe(view: PoolView) -> Recipe:
    if view.recipe is None:
        raise PoolNotMade(view.code, [finding.sentence for finding in view.findings])
    return view.recipe


def _pairs(view: PoolView, recipe: Recipe) -> list[tuple[PartView, Line]]:
    lines = {line.name: line for line in recipe.lines}
    return [(part, lines[part.barcode]) for part in view.parts if part.barcode in lines]


def _rest(recipe: Recipe) -> list[tuple[str, Decimal]]:
    rest = (("Buffer", recipe.buffer_ul), ("PhiX", recipe.phix_ul))
    return [(name, volume) for name, volume in rest if volume > 0]


def _row(number: int, part: PartView, line: Line, places: _Where) -> Sequence[Cell]:
    return (
        number,
        part.barcode,
        part.name,
        ", ".join(part.request_codes),
        _place(part, places),
        round(line.molarity_nm, 3),
        line.share,
        line.dilution if line.dilution > NO_DILUTION else None,
        line.drawn_ul,
        _diluent(line) or None,
        line.volume_ul,
        line.achieved_share,
        *_amounts(part),
    )


def _amounts(part: PartView) -> Sequence[Cell]:
    """Return fmol, ng and molecules that a tube brings into the pool."""
    if part.amount is None:
        return (None, None, None)
    mass = None if part.amount.ng is None else round(part.amount.ng, 3)
    return (round(part.amount.fmol, 3), mass, round(part.amount.molecules))


def _diluent(line: Line) -> Decimal:
    return line.drawn_ul * (line.dilution - 1)


def _place(part: PartView, places: _Where) -> str:
    return places.get(SampleId(part.sample_id), deck.NOWHERE)


def _sources(session: ReadSession, principal: Principal, view: PoolView) -> dict[SampleId, Source]:
    tubes = [
        Tube(
            line=number,
            sample_id=SampleId(part.sample_id),
            barcode=part.barcode,
            available_ul=part.available_ul,
        )
        for number, part in enumerate(view.parts, start=1)
    ]
    return deck.sources_of(session, principal, tubes)


def _stock(name: str) -> Source:
    return Source(
        line=0,
        barcode=name,
        labware=name.capitalize(),
        shape=_TUBE,
        position=Position(1, 1),
        available_ul=None,
    )


def _into_pool(source: Source, view: PoolView, volume: Decimal) -> Transfer:
    return _transfer(source, view.code, _TUBE, Position(1, 1), volume)


def _transfer(
    source: Source, plate: str, shape: BoxShape, well: Position, volume: Decimal
) -> Transfer:
    return Transfer(source=source, plate=plate, plate_shape=shape, well=well, volume_ul=volume)


class _Sheet(Paper):
    """A page of a pool that begins another when it is full."""

    size = 9.0

    def __init__(self, canvas: Canvas, view: PoolView, printed: str) -> None:
        super().__init__(canvas)
        self._view, self._printed = view, printed
        self._turn()

    def line(self, cells: Sequence[str]) -> None:
        """Write a line with its box to tick."""
        if self.y - _ROW_MM < FOOT:
            self._turn()
        self.y -= _ROW_MM
        self._canvas.setLineWidth(0.3)
        self._canvas.rect(RIGHT * mm - 4 * mm, self.y * mm, 3.2 * mm, 3.2 * mm, stroke=1, fill=0)
        for (x, _), cell, room in zip(_COLUMNS, cells, (38, 46, 10, 18, 20, 18), strict=True):
            self.say(x, self.y, cell, room=room, bold=x == LEFT)

    def _turn(self) -> None:
        self.begin()
        view = self._view
        self.say(LEFT, TOP - 5, f"Pool {view.code} {view.name}".strip(), size=14, bold=True)
        told = f"{shown(view.target_nm)} nM, {shown(view.target_ul)} µL, {len(view.parts)} tubes"
        self.say(LEFT, TOP - 11, told, room=140)
        self.foot(f"{view.code}, printed {self._printed}")
        self.y = TOP - 20
        for x, head in _COLUMNS:
            unit = " µL" if head in {"Take", "Diluent", "Pool"} else ""
            self.say(x, self.y, f"{head}{unit}", size=8, bold=True)
        self.y -= 1.5
