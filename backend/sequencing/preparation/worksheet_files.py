"""A worksheet as files: a workbook, and the worklist of a robot.

A robot takes the tubes from the racks that they stand in; diluent comes from the first well of a
trough. Diluent goes first: what is thin is pipetted into it.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from backend.core.principal import Principal
from backend.core.sessions import ReadSession
from backend.samples import qc_rules
from backend.samples.ids import Metric, SampleId
from backend.sequencing.preparation import rules
from backend.sequencing.preparation.errors import WorksheetRefused
from backend.sequencing.preparation.ids import WellKind
from backend.sequencing.preparation.readings.standard_curve import Curve, in_words
from backend.sequencing.preparation.views import KeptFile, WellView, WorksheetView
from backend.storage import deck, worklists
from backend.storage.deck import Tube
from backend.storage.rules import BoxShape, Position
from backend.storage.sheet_writing import Cell, SheetWriter
from backend.storage.worklists import Robot, Source, Transfer

DILUENT = "DILUENT"
_TROUGH = BoxShape(8, 12)
_HEADS = (
    "Well",
    "Kind",
    "Sample",
    "Name",
    "Project",
    "Stands in",
    "Concentration (ng/µL)",
    "Sample (µL)",
    "Diluent (µL)",
    "Mass (ng)",
    "Input",
    "Index",
    "i7",
    "i5",
    "Library",
)
_CURVE_HEADS = (
    "File",
    "Curve",
    "Well",
    "Concentration",
    "Unit",
    "Signal over blank",
    "Residual",
    "Reads back as",
    "Standard",
)
_STEP_UL = Decimal("0.001")
"""Of what a protocol's volumes are reckoned to."""
_READ = (Metric.CONCENTRATION, Metric.FRAGMENT_SIZE, Metric.IN_RANGE, Metric.MOLARITY)


def as_worklist(
    session: ReadSession, principal: Principal, sheet: WorksheetView, robot: Robot
) -> str:
    """Return the transfers of samples and diluent as a robot reads them, volumes in µL.

    Raises:
        WorksheetRefused: nothing on the plate, or a volume that nobody knows yet.
        WorklistRefused: tubes that stand in no rack, or what a robot cannot be given.
    """
    unknown = [
        f"{well.barcode} has no concentration, so its volume is not known."
        for well in sheet.wells
        if well.kind is WellKind.SAMPLE and well.volume_ul is None
    ]
    if unknown or not sheet.wells:
        reasons = unknown or ["Nothing is on the plate."]
        raise WorksheetRefused(f"There is no worklist of {sheet.code} yet.", reasons)
    made = transfers(session, principal, sheet)
    return worklists.written(robot, worklists.poured(made, step_ul=_STEP_UL))


def transfers(session: ReadSession, principal: Principal, sheet: WorksheetView) -> list[Transfer]:
    """Return every aspiration and dispensation: diluent well by well, then samples rack by rack.

    Raises:
        WorklistRefused: tubes that stand in no rack; every one is named.
    """
    tubes = [
        Tube(line=number, sample_id=well.sample_id, barcode=well.barcode or "")
        for number, well in enumerate(sheet.wells, start=1)
        if well.sample_id is not None
    ]
    sources = deck.sources_of(session, principal, tubes)
    diluent = [
        _transfer(sheet, well, _trough(number), well.diluent_ul)
        for number, well in enumerate(sheet.wells, start=1)
        if well.diluent_ul
    ]
    samples = [
        _transfer(sheet, well, sources[well.sample_id], well.volume_ul)
        for well in sheet.wells
        if well.volume_ul and well.sample_id is not None
    ]
    return [*diluent, *worklists.by_rack(samples)]


def places_of(
    session: ReadSession, principal: Principal, sheet: WorksheetView
) -> Mapping[SampleId, str]:
    """Return in words where a worksheet's samples are, by key."""
    keys = [well.sample_id for well in sheet.wells if well.sample_id is not None]
    return deck.where_of(session, principal, keys)


def as_xlsx(sheet: WorksheetView, places: Mapping[SampleId, str]) -> bytes:
    """Return a workbook: the wells, the lots that the plate takes, and its standard curves."""
    book = SheetWriter()
    read = [f"{qc_rules.NAMES[metric]} ({qc_rules.UNITS[metric]})" for metric in _READ]
    book.add_sheet(
        sheet.code,
        (*_HEADS, *read),
        [_cells(well, places) for well in sheet.wells],
        frozen_columns=1,
    )
    heads = ("Kit", "Catalogue number", "Lot", "Expires", "Reactions left")
    lots: list[list[Cell]] = [
        [lot.kit, lot.catalogue_number, lot.lot, f"{lot.expires_on}", lot.reactions_left]
        for lot in sheet.lots
    ]
    book.add_sheet("Lots", heads, lots)
    curves = [line for file in sheet.files if file.curve for line in _curve(file, file.curve)]
    if curves:
        book.add_sheet("Standard curves", _CURVE_HEADS, curves)
    return book.content()


def _curve(file: KeptFile, curve: Curve) -> list[Sequence[Cell]]:
    said = in_words(curve)
    return [
        [
            file.file_name,
            said,
            each.well,
            each.concentration,
            curve.unit,
            each.signal,
            each.residual,
            each.read_back,
            "used" if each.is_kept else "left out",
        ]
        for each in curve.standards
    ]


def _trough(line: int) -> Source:
    return Source(
        line=line,
        barcode=DILUENT,
        labware="Diluent",
        shape=_TROUGH,
        position=Position(1, 1),
        available_ul=None,
    )


def _transfer(sheet: WorksheetView, well: WellView, source: Source, volume_ul: Decimal) -> Transfer:
    return Transfer(
        source=source,
        plate=sheet.code,
        plate_shape=rules.SHAPES[sheet.shape],
        well=rules.well_of(well.place, sheet.shape),
        volume_ul=volume_ul,
    )


def _cells(well: WellView, places: Mapping[SampleId, str]) -> Sequence[Cell]:
    read = {each.metric: each.value for each in well.readings}
    return [
        well.well,
        well.kind.value.replace("_", " "),
        well.barcode,
        well.name,
        well.project_code,
        None if well.sample_id is None else places.get(well.sample_id, deck.NOWHERE),
        well.concentration_ng_per_ul,
        well.volume_ul,
        well.diluent_ul,
        well.mass_ng,
        well.flag.value.replace("_", " ") if well.kind is WellKind.SAMPLE else None,
        well.index_name,
        well.index_i7,
        well.index_i5,
        well.library_barcode,
        *(read.get(metric) for metric in _READ),
    ]
