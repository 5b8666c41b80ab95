"""The demonstration's bench: a protocol, lots, a plate that is finished and one that is planned."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from backend.auth import queries as auth_queries
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples import service as samples_service
from backend.samples.ids import Lifecycle, MaterialType, Metric, QcVerdict
from backend.samples.models import Project, Sample, SampleHold
from backend.samples.qc_schemas import ThresholdIn, ThresholdsIn
from backend.sequencing.preparation import (
    finishing,
    lots,
    measuring,
    protocols,
    worksheet_queries,
    worksheets,
)
from backend.sequencing.preparation.ids import PlateShape, ProtocolId
from backend.sequencing.preparation.schemas import LotIn, ProtocolIn, WorksheetIn
from backend.sequencing.preparation.views import WorksheetView
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference import service as reference_service
from backend.sequencing.reference.ids import ReferenceKind
from db.seeds.house_rules import OWN_KIT

A_PLATE = 6
"""Samples of a plate: enough to see a column and a half of strips."""
_LEAST_UL = Decimal(25)
_KITS = (
    ("DNA library prep", "DLP-96"),
    ("Bead clean-up", "BCU-60"),
    ("UD indexes, set A", "UDA-96"),
)
_PROJECT = "CARDIO-7"
_ASSAY, _ANALYSIS = "wgs_human_30x", "whole genome"
_STRICTER = (
    ThresholdIn(metric=Metric.MOLARITY, fail_low=Decimal(2), warn_low=Decimal(10)),
    ThresholdIn(
        metric=Metric.FRAGMENT_SIZE,
        is_required=False,
        fail_low=Decimal(300),
        warn_low=Decimal(350),
        warn_high=Decimal(550),
        fail_high=Decimal(700),
    ),
    ThresholdIn(
        metric=Metric.ADAPTER_DIMER, is_required=False, warn_high=Decimal(1), fail_high=Decimal(3)
    ),
)
"""What this laboratory asks of libraries for whole genomes: its own choice."""
_MEASURED = (Decimal("28.4"), Decimal("31.9"), Decimal("25.2"), Decimal("33.0"), Decimal("12.6"))
"""Concentrations of the finished plate's libraries in turn, ng/µL."""


def add_bench(session: WriteSession, principal: Principal) -> None:
    """Publish a protocol, receive its lots, make six libraries, and plan six more.

    A laboratory with fewer samples that may be prepared gets the protocol and its lots only.
    """
    today = auth_queries.laboratory_day(session)
    chosen = [_receive(session, principal, kit, number, today) for kit, number in _KITS]
    _judge_genomes(session, principal)
    protocol = _protocol(session, principal)
    ready = _ready(session, 2 * A_PLATE)
    if len(ready) < 2 * A_PLATE:
        return
    done = _plan(session, principal, protocol, ready[:A_PLATE], chosen)
    worksheets.start_worksheet(session, principal, worksheet_id=done.id)
    finishing.finish_worksheet(session, principal, worksheet_id=done.id)
    _measure(session, principal, done.code)
    _plan(session, principal, protocol, ready[A_PLATE:], chosen)


def _receive(
    session: WriteSession, principal: Principal, kit: str, number: str, today: date
) -> UUID:
    lot = LotIn(
        kit=kit,
        catalogue_number=number,
        lot=f"{today:%y%m}-{number}",
        expires_on=today + timedelta(days=180),
        received_on=today - timedelta(days=20),
        reactions=96,
    )
    return lots.receive_lot(session, principal, lot=lot)


def _judge_genomes(session: WriteSession, principal: Principal) -> None:
    """Publish thresholds for whole genomes and let their assay ask for them."""
    samples_service.publish_thresholds(
        session,
        principal,
        given=ThresholdsIn(
            material_type=MaterialType.LIBRARY,
            application=_ANALYSIS,
            thresholds=_STRICTER,
            reason="Genomes share no lane with shorter libraries.",
        ),
    )
    standing = reference_queries.assay(session, _ASSAY)
    reference_service.revise_entry(
        session,
        principal,
        kind=ReferenceKind.ASSAY,
        key=_ASSAY,
        based_on=standing.number,
        content=standing.content.model_copy(update={"thresholds": _ANALYSIS}),
        source=standing.source,
        reason="Judged by thresholds of its own.",
    )


def _protocol(session: WriteSession, principal: Principal) -> ProtocolId:
    key = protocols.save_draft(
        session,
        principal,
        protocol=ProtocolIn(
            name="DNA library prep, 300 ng",
            input_material=MaterialType.GDNA,
            input_ng_min=Decimal(100),
            input_ng_target=Decimal(300),
            input_ng_max=Decimal(500),
            input_volume_ul=Decimal(30),
            pipette_min_ul=Decimal(1),
            final_volume_ul=Decimal(25),
            fragment_size_bp=450,
            assay=_ASSAY,
            kit_key=OWN_KIT,
            reagents=tuple(kit for kit, _ in _KITS),
            no_template_controls=1,
            positive_controls=1,
            no_template_limit_ng_per_ul=Decimal("0.5"),
            positive_least_ng_per_ul=Decimal(5),
        ),
    )
    protocols.publish_protocol(session, principal, protocol_id=key)
    return key


def _ready(session: WriteSession, number: int) -> list[str]:
    """Return barcodes of measured DNA that nothing stands against."""
    held = select(SampleHold.sample_id).where(SampleHold.released_at.is_(None))
    return list(
        session.scalars(
            select(Sample.barcode)
            .join(Project, Project.id == Sample.project_id)
            .where(
                Sample.material_type == MaterialType.GDNA,
                Sample.lifecycle == Lifecycle.ACCEPTED,
                Sample.qc_verdict == QcVerdict.PASS,
                Sample.concentration_ng_per_ul > 0,
                Sample.volume_ul >= _LEAST_UL,
                Sample.consent_id.is_(None),
                Sample.expires_on.is_(None),
                Sample.parent_id.is_(None),
                Sample.id.not_in(held),
            )
            # Of one project, so that its scientist sees the plates, too.
            .order_by((Project.code == _PROJECT).desc(), Sample.created_at.desc(), Sample.id)
            .limit(number)
        )
    )


def _plan(
    session: WriteSession,
    principal: Principal,
    protocol: ProtocolId,
    barcodes: Sequence[str],
    chosen: Sequence[UUID],
) -> WorksheetView:
    plan = WorksheetIn(
        protocol_id=protocol,
        shape=PlateShape.STRIPS_24,
        barcodes=tuple(barcodes),
        lot_ids=tuple(chosen),
    )
    code = worksheets.plan_worksheet(session, principal, plan=plan)
    return worksheet_queries.get_worksheet(session, principal, code)


def _measure(session: WriteSession, principal: Principal, code: str) -> None:
    """Keep a TapeStation's table of the libraries and a plate reader's of all wells."""
    sheet = worksheet_queries.get_worksheet(session, principal, code)
    rows = ["Well,Concentration (ng/µL)"]
    regions = ["WellId,Sample Description,Average Size [bp],Conc. [ng/µl],Region Molarity [nmol/l]"]
    for number, well in enumerate(sheet.wells):
        if well.library_barcode is None:
            rows.append(f"{well.well},{'<0.05' if well.diluent_ul else '18.3'}")
            continue
        strength = _MEASURED[number % len(_MEASURED)]
        size = 440 + 7 * (number % 4)
        molarity = strength * 1_000_000 / (660 * size)
        rows.append(f"{well.well},{strength}")
        regions.append(f"{well.well},{well.library_barcode},{size},{strength},{molarity:.1f}")
    for name, lines in (("tapestation.csv", regions), ("plate-reader.csv", rows)):
        content = "".join(f"{line}\n" for line in lines).encode()
        measuring.keep_file(
            session, principal, worksheet_id=sheet.id, file_name=name, content=content
        )
