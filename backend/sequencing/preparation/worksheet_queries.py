"""Reading worksheets: a list, and one with its wells and what stands against its next step."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Select, func, select

from backend.auth import queries as auth_queries
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import qc_queries
from backend.samples import queries as samples_queries
from backend.samples.ids import SampleId
from backend.samples.models import Sample
from backend.sequencing.indexing.collisions import Barcode
from backend.sequencing.preparation import assays, queries, rules, usability
from backend.sequencing.preparation.errors import WorksheetNotFound
from backend.sequencing.preparation.ids import WellKind, WorksheetId, WorksheetState
from backend.sequencing.preparation.plate_indexes import plate_change, plate_findings
from backend.sequencing.preparation.protocol_models import LibraryProtocol
from backend.sequencing.preparation.readings.standard_curve import Curve
from backend.sequencing.preparation.rules import InputFlag
from backend.sequencing.preparation.usability import BenchSample
from backend.sequencing.preparation.views import (
    KeptFile,
    LotView,
    ProtocolView,
    ReadingView,
    WellView,
    WorksheetRow,
    WorksheetView,
)
from backend.sequencing.preparation.worksheet_models import (
    LibraryWorksheet,
    ReadingsFile,
    WellReading,
    WorksheetWell,
)

SHOWN = 200
"""Worksheets in a list, the newest of them."""
CURVE: TypeAdapter[Curve] = TypeAdapter(Curve)
"""How a curve is kept beside its file."""
_CONTROLS = {
    WellKind.NO_TEMPLATE: "no-template control",
    WellKind.POSITIVE: "positive control",
}


def visible_worksheets(principal: Principal) -> Select[LibraryWorksheet]:
    """Return the worksheets that hold no sample of a project which is not the principal's."""
    foreign = (
        select(WorksheetWell.place)
        .join(Sample, Sample.id == WorksheetWell.sample_id)
        .where(WorksheetWell.worksheet_id == LibraryWorksheet.id)
        .where(Sample.project_id.not_in(samples_queries.visible_project_ids(principal)))
        .correlate(LibraryWorksheet)
    )
    return select(LibraryWorksheet).where(~foreign.exists())


def list_worksheets(
    session: ReadSession, principal: Principal, *, state: WorksheetState | None = None
) -> list[WorksheetRow]:
    """Return the newest worksheets first, `SHOWN` at most."""
    principal.require(Permission.SEQUENCING_VIEW)
    wells = (
        select(
            WorksheetWell.worksheet_id,
            func.count(WorksheetWell.sample_id).label("samples"),
            func.count().label("wells"),
        )
        .group_by(WorksheetWell.worksheet_id)
        .subquery()
    )
    found = (
        visible_worksheets(principal)
        .add_columns(LibraryProtocol, wells.c.samples, wells.c.wells)
        .join(LibraryProtocol, LibraryProtocol.id == LibraryWorksheet.protocol_id)
        .outerjoin(wells, wells.c.worksheet_id == LibraryWorksheet.id)
        .order_by(LibraryWorksheet.number.desc())
        .limit(SHOWN)
    )
    if state is not None:
        found = found.where(LibraryWorksheet.state == state)
    return [
        WorksheetRow(
            id=WorksheetId(row.id),
            code=queries.worksheet_code(row.number),
            state=row.state,
            gate=row.gate,
            protocol=f"{protocol.name} v{protocol.version}",
            samples=samples or 0,
            controls=(filled or 0) - (samples or 0),
            made_by_name=row.made_by_name,
            made_at=row.made_at,
            started_at=row.started_at,
            done_at=row.done_at,
        )
        for row, protocol, samples, filled in session.execute(found)
    ]


def get_worksheet(session: ReadSession, principal: Principal, code: str) -> WorksheetView:
    """Return a worksheet by what people call it. Raises WorksheetNotFound."""
    principal.require(Permission.SEQUENCING_VIEW)
    digits = code.strip().upper().removeprefix("LP-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:  # noqa: PLR2004 a bigint
        raise WorksheetNotFound
    row = session.scalars(
        visible_worksheets(principal).where(LibraryWorksheet.number == int(digits))
    ).one_or_none()
    if row is None:
        raise WorksheetNotFound
    return view_of(session, row)


def view_of(session: ReadSession, row: LibraryWorksheet) -> WorksheetView:
    """Return a worksheet's row as readers receive it; who may see it was decided before."""
    stored = session.get_one(LibraryProtocol, row.protocol_id)
    protocol = queries.protocol_view(stored)
    rows = session.scalars(
        select(WorksheetWell)
        .where(WorksheetWell.worksheet_id == row.id)
        .order_by(WorksheetWell.place)
        .execution_options(populate_existing=True)
    ).all()
    samples = usability.samples_of(
        session, [each.sample_id for each in rows if each.sample_id is not None]
    )
    wells = _wells(session, row, protocol, rows, samples)
    lots = queries.lots_of(session, row.id)
    return WorksheetView(
        id=WorksheetId(row.id),
        code=queries.worksheet_code(row.number),
        state=row.state,
        shape=row.shape,
        notes=row.notes,
        protocol=protocol,
        made_for=assays.made_for(session, stored),
        wells=wells,
        lots=lots,
        files=_files(session, row.id),
        made_by_name=row.made_by_name,
        made_at=row.made_at,
        started_by_name=row.started_by_name,
        started_at=row.started_at,
        done_by_name=row.done_by_name,
        done_at=row.done_at,
        cancel_reason=row.cancel_reason,
        gate=row.gate,
        gate_reasons=list(row.gate_reasons),
        gate_decided_by_name=row.gate_decided_by_name,
        gate_decision_reason=row.gate_decision_reason,
        index_findings=_index_findings(row.state, wells, protocol),
        obstacles=_obstacles(session, row.state, protocol, wells=wells, samples=samples, lots=lots),
    )


def _wells(
    session: ReadSession,
    worksheet: LibraryWorksheet,
    protocol: ProtocolView,
    rows: Sequence[WorksheetWell],
    samples: Mapping[UUID, BenchSample],
) -> list[WellView]:
    made = [each.library_id for each in rows if each.library_id is not None]
    libraries = {
        key: (barcode, verdict.value)
        for key, barcode, verdict in session.execute(
            select(Sample.id, Sample.barcode, Sample.qc_verdict).where(Sample.id.in_(made))
        )
    }
    judged_by = qc_queries.labels_of(session, made)
    readings = _readings(session, worksheet.id)
    drawn = []
    for each in rows:
        sample = samples[each.sample_id] if each.sample_id is not None else None
        volume, diluent, strength = each.volume_ul, each.diluent_ul, each.concentration_ng_per_ul
        if worksheet.state is WorksheetState.DRAFT and sample is not None:
            strength = sample.concentration_ng_per_ul
            reckoned = rules.normalise(strength, protocol.wish) if strength is not None else None
            volume = reckoned.volume_ul if reckoned else None
            diluent = reckoned.diluent_ul if reckoned else None
        elif each.kind is WellKind.NO_TEMPLATE:
            diluent = protocol.wish.volume_ul
        mass = None if strength is None else rules.normalise(strength, protocol.wish).mass_ng
        library = libraries.get(each.library_id) if each.library_id else None
        drawn.append(
            WellView(
                place=each.place,
                well=rules.well_of(each.place, worksheet.shape).label,
                kind=each.kind,
                sample_id=SampleId(sample.id) if sample else None,
                barcode=sample.barcode if sample else None,
                name=sample.name if sample else None,
                project_code=sample.project_code if sample else None,
                concentration_ng_per_ul=strength,
                volume_ul=volume,
                diluent_ul=diluent,
                mass_ng=mass,
                flag=InputFlag.UNKNOWN if mass is None else rules.input_flag(mass, protocol.wish),
                index_well=each.index_well,
                index_name=each.index_name,
                index_i7=each.index_i7,
                index_i5=each.index_i5,
                library_barcode=library[0] if library else None,
                library_verdict=library[1] if library else None,
                library_judged_by=judged_by.get(each.library_id) if each.library_id else None,
                readings=readings[each.place],
            )
        )
    return drawn


def _obstacles(
    session: ReadSession,
    state: WorksheetState,
    protocol: ProtocolView,
    *,
    wells: Sequence[WellView],
    samples: Mapping[UUID, BenchSample],
    lots: Sequence[LotView],
) -> list[str]:
    if state not in {WorksheetState.DRAFT, WorksheetState.STARTED}:
        return []
    by_code = {each.barcode: each for each in samples.values()}
    said: list[str] = []
    for well in wells:
        if well.barcode is not None:
            said += usability.refusals(
                by_code[well.barcode], material=protocol.input_material, volume_ul=well.volume_ul
            )
    if state is WorksheetState.DRAFT:
        said += _unmeasured(wells) + _index_obstacles(wells) + _controls_lacking(protocol, wells)
        said += _lot_obstacles(session, protocol, lots, len(wells))
    return said


def _unmeasured(wells: Sequence[WellView]) -> list[str]:
    if not any(well.kind is WellKind.SAMPLE for well in wells):
        return ["No sample is on the plate. Scan the first one."]
    return [
        f"{well.barcode} has no concentration. Measure it first."
        for well in wells
        if well.kind is WellKind.SAMPLE and well.volume_ul is None
    ]


def _barcodes(wells: Sequence[WellView]) -> list[Barcode]:
    return [
        Barcode(name=well.well, i7=well.index_i7, i5=well.index_i5 or "")
        for well in wells
        if well.index_i7 is not None
    ]


def _index_findings(
    state: WorksheetState, wells: Sequence[WellView], protocol: ProtocolView
) -> list[str]:
    placed = _barcodes(wells)
    change = plate_change(placed, protocol.index_pairs) if state is WorksheetState.DRAFT else []
    return [*change, *plate_findings(placed)]


def _index_obstacles(wells: Sequence[WellView]) -> list[str]:
    bare = [well.well for well in wells if well.index_i7 is None]
    said = [f"{', '.join(bare)}: no index pair is chosen. Choose a column of the kit."] * bool(bare)
    pairs = {well.well: (well.index_i7, well.index_i5) for well in wells if well.index_i7}
    return said + rules.repeated_pairs({at: (i7 or "", i5) for at, (i7, i5) in pairs.items()})


def _controls_lacking(protocol: ProtocolView, wells: Sequence[WellView]) -> list[str]:
    wanted = {
        WellKind.NO_TEMPLATE: protocol.no_template_controls,
        WellKind.POSITIVE: protocol.positive_controls,
    }
    said = []
    for kind, number in wanted.items():
        there = sum(well.kind is kind for well in wells)
        if there < number:
            said.append(
                f"{protocol.label} wants {number} × {_CONTROLS[kind]}; {there} on the plate."
            )
    return said


def _lot_obstacles(
    session: ReadSession, protocol: ProtocolView, lots: Sequence[LotView], reactions: int
) -> list[str]:
    today = auth_queries.laboratory_day(session)
    said = [
        f"No lot of {name} is chosen."
        for name in rules.lacking_reagents(protocol.reagents, [lot.kit for lot in lots])
    ]
    refused = (
        rules.lot_refusal(queries.facts_of_view(lot), today=today, reactions=reactions)
        for lot in lots
    )
    return said + [sentence for sentence in refused if sentence is not None]


def _readings(session: ReadSession, worksheet_id: UUID) -> defaultdict[int, list[ReadingView]]:
    """Return what was read of each well last, a line a metric."""
    rows = session.execute(
        select(WellReading)
        .join(ReadingsFile, ReadingsFile.id == WellReading.file_id)
        .where(WellReading.worksheet_id == worksheet_id)
        .order_by(ReadingsFile.kept_at, WellReading.metric)
    ).scalars()
    newest = {(row.place, row.metric): row for row in rows}
    found: defaultdict[int, list[ReadingView]] = defaultdict(list)
    for (place, metric), row in newest.items():
        found[place].append(
            ReadingView(metric=metric, value=row.value, below=row.below, said=row.said)
        )
    return found


def _files(session: ReadSession, worksheet_id: UUID) -> list[KeptFile]:
    rows = session.scalars(
        select(ReadingsFile)
        .where(ReadingsFile.worksheet_id == worksheet_id)
        .order_by(ReadingsFile.kept_at)
    )
    return [
        KeptFile(
            file_name=row.file_name,
            instrument=row.instrument,
            readings=row.readings,
            kept_by_name=row.kept_by_name,
            kept_at=row.kept_at,
            curve=None if row.curve is None else CURVE.validate_python(row.curve),
        )
        for row in rows
    ]
