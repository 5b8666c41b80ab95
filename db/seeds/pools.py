"""Libraries that have been measured, one pool that waits for its tube, and a draft."""

from decimal import Decimal

from sqlalchemy import select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples import service as samples_service
from backend.samples.ids import Metric, SampleId
from backend.samples.models import Sample
from backend.samples.qc_schemas import Measured
from backend.sequencing import queries
from backend.sequencing.ids import RequestId
from backend.sequencing.models import RequestSample
from backend.sequencing.pooling import service
from backend.sequencing.pooling.molarity import molarity_nm
from backend.sequencing.pooling.schemas import PoolIn

_SHORTEST_BP, _STEP_BP, _DIMER_PERCENT = 318, 17, Decimal("1.2")
_USUAL, _AMPLIFIABLE = Decimal(18), Decimal("0.93")
"""ng/µL where none was registered, and the share of molecules that qPCR amplifies."""


def set_up(
    session: WriteSession, principal: Principal, *, pooled: RequestId, waiting: RequestId
) -> None:
    """Measure the libraries of two requests, and draft a pool of the one that waits."""
    for request in (pooled, waiting):
        samples = session.execute(
            select(RequestSample.sample_id, Sample.concentration_ng_per_ul)
            .join(Sample, Sample.id == RequestSample.sample_id)
            .where(RequestSample.request_id == request)
            .order_by(RequestSample.place)
        ).all()
        for number, (sample_id, mass) in enumerate(samples):
            size = Decimal(_SHORTEST_BP + _STEP_BP * number)
            by_qpcr = (molarity_nm(mass or _USUAL, size) * _AMPLIFIABLE).quantize(Decimal("0.01"))
            samples_service.record_measurements(
                session,
                principal,
                sample_id=SampleId(sample_id),
                measured=[
                    Measured(metric=Metric.MOLARITY, value=by_qpcr, method="qPCR"),
                    Measured(metric=Metric.FRAGMENT_SIZE, value=size, method="TapeStation"),
                    Measured(
                        metric=Metric.ADAPTER_DIMER, value=_DIMER_PERCENT, method="TapeStation"
                    ),
                ],
            )
    code = queries.get_card(session, principal, waiting).code
    service.draft_pool(
        session,
        principal,
        pool=PoolIn(requests=[code], name="First pool of the week", target_ul=Decimal(60)),
    )
