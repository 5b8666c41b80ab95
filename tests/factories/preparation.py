"""Lots, protocols and worksheets of tests, through the services."""

import itertools
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.samples import service as samples_service
from backend.samples.ids import Metric, SampleId
from backend.samples.models import Project
from backend.samples.qc_schemas import Measured
from backend.sequencing.preparation import (
    finishing,
    lots,
    protocols,
    queries,
    worksheet_queries,
    worksheets,
)
from backend.sequencing.preparation.ids import LotId, ProtocolId
from backend.sequencing.preparation.schemas import LotIn, ProtocolIn, WorksheetIn
from backend.sequencing.preparation.views import LotView, WorksheetView
from tests.factories.samples import EVERYBODY, make_sample

_numbers = itertools.count(1)

BENCH = (
    Permission.SEQUENCING_VIEW,
    Permission.SEQUENCING_PREPARE,
    Permission.SAMPLES_VIEW,
    Permission.SAMPLES_REGISTER,
    Permission.SAMPLES_EDIT,
    Permission.SAMPLES_HOLD,
)
# The UDI 8-mers of the checkMyIndex set and others, each told apart from every other.
PAIRS = """\
A1, U01, CCGCGGTT, AGCGCTAG
B1, U02, TTATAACC, GATATCGA
C1, U03, GGACTTGG, CGCAGACG
D1, U04, AAGTCCAA, TATGAGTA
A2, U05, ATCCACTG, AGGTGCGT
B2, U06, GCTTGTCA, GAACATAC
C2, U07, CAAGCTAG, ACATAGCG
D2, U08, TGGATCGA, GTGCGATA
"""


def lot_in(**given: Any) -> LotIn:
    today = clock.utc_now().date()
    values: dict[str, Any] = {
        "kit": "DNA Prep",
        "catalogue_number": "20060060",
        "lot": f"L{next(_numbers):05d}",
        "expires_on": today + timedelta(days=90),
        "received_on": today - timedelta(days=10),
        "reactions": 96,
    }
    return LotIn(**(values | given))


def make_lot(session: WriteSession, **given: Any) -> LotId:
    return lots.receive_lot(session, EVERYBODY, lot=lot_in(**given))


def lot_of(session: WriteSession, lot_id: LotId) -> LotView:
    """A lot as the page lists it."""
    return next(each for each in queries.list_lots(session, EVERYBODY) if each.id == lot_id)


def protocol_in(**given: Any) -> ProtocolIn:
    """The input of DOMAIN 2c's worked example: 50 ng in 20 µL, 0.2 µL at least."""
    values: dict[str, Any] = {
        "name": f"DNA Prep {next(_numbers)}",
        "input_ng_min": "10",
        "input_ng_target": "50",
        "input_ng_max": "100",
        "input_volume_ul": "20",
        "pipette_min_ul": "0.2",
        "final_volume_ul": "25",
        "fragment_size_bp": 450,
        "index_kit": f"UD set {next(_numbers)}",
        "index_pairs": PAIRS,
        "no_template_controls": 1,
        "no_template_limit_ng_per_ul": "0.5",
    }
    return ProtocolIn.model_validate(values | given)


def make_protocol(session: WriteSession, **given: Any) -> ProtocolId:
    """A published protocol."""
    key = protocols.save_draft(session, EVERYBODY, protocol=protocol_in(**given))
    protocols.publish_protocol(session, EVERYBODY, protocol_id=key)
    return key


def make_input(
    session: WriteSession, project: Project, concentration: str | None = "10", **given: Any
) -> str:
    """An accepted sample with a concentration; returns its barcode."""
    made = make_sample(session, project.code, **given)
    samples_service.change_status(
        session, EVERYBODY, sample_id=made.id, action="receive", reason=None
    )
    samples_service.change_status(
        session, EVERYBODY, sample_id=made.id, action="accept", reason=None
    )
    if concentration is not None:
        measure(session, made.id, concentration)
    return made.barcode


def measure(session: WriteSession, sample_id: SampleId, concentration: str) -> None:
    value = Measured(metric=Metric.CONCENTRATION, value=Decimal(concentration), method="Qubit")
    samples_service.record_measurements(session, EVERYBODY, sample_id=sample_id, measured=[value])


def make_worksheet(
    session: WriteSession,
    principal: Principal,
    barcodes: list[str],
    *,
    protocol_id: ProtocolId | None = None,
    lot_ids: tuple[UUID, ...] = (),
    **given: Any,
) -> WorksheetView:
    plan = WorksheetIn(
        protocol_id=protocol_id or make_protocol(session),
        barcodes=tuple(barcodes),
        lot_ids=lot_ids,
        **given,
    )
    code = worksheets.plan_worksheet(session, principal, plan=plan)
    return worksheet_queries.get_worksheet(session, principal, code)


def finish(session: WriteSession, principal: Principal, sheet: WorksheetView) -> WorksheetView:
    """Start and finish a draft."""
    worksheets.start_worksheet(session, principal, worksheet_id=sheet.id)
    finishing.finish_worksheet(session, principal, worksheet_id=sheet.id)
    return worksheet_queries.get_worksheet(session, principal, sheet.code)
