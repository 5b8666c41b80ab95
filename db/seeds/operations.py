"""What goes on in the demonstration: sequencers, requests, two runs, and a first forecast."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.custody import service as custody_service
from backend.custody import shipment_queries
from backend.predictions import service as predictions_service
from backend.samples import service as samples_service
from backend.samples.ids import Custody, HoldKind, MaterialType, QcVerdict, SampleId, Status
from backend.samples.models import Project, Sample
from backend.samples.preanalytical.tables import Vessel
from backend.samples.preanalytical_schemas import SolidFacts
from backend.samples.qc_schemas import ThresholdIn, ThresholdsIn
from backend.samples.qc_standards import STANDARD_LIMITS
from backend.sequencing import pool_queries, queries, run_plans
from backend.sequencing import service as sequencing_service
from backend.sequencing.ids import InstrumentId, RequestId, RequestState
from backend.sequencing.indexing.balance import dark_and_doubtful
from backend.sequencing.indexing.colours import Chemistry
from backend.sequencing.schemas import (
    InstrumentIn,
    LaneIn,
    LibraryIn,
    RunPlanIn,
    SequencingRequestIn,
)
from backend.sequencing.turnaround import forecasts as turnaround_forecasts
from backend.storage import box_queries, inventory_queries, site_queries
from backend.storage import queries as storage_queries
from backend.storage import service as storage_service
from backend.storage.ids import NodeKind, PickPurpose
from backend.storage.picking import PickWish
from backend.templates.usual import add_usual_templates
from db.seeds import past, pools, run_folders
from db.seeds.signing import Signer

SEQUENCERS = (
    ("NovaSeq X-1", "novaseq_x_10b"),
    ("NextSeq 500", "nextseq_500_high"),
    ("MiSeq-2", "miseq_v3"),
)
Machines = Mapping[str, InstrumentId]


@dataclass(frozen=True, slots=True)
class ReadyLibrary:
    """A library that may be sequenced, with the indexes it carries."""

    project_code: str
    barcode: str
    index_i7: str | None
    index_i5: str | None


HOLD_REASONS = (
    (HoldKind.QUARANTINE, "Arrived with a cracked lid; the outside was wiped down."),
    (HoldKind.PAUSED_BY_REQUESTER, "The requester wants a new extraction from the backup first."),
    (HoldKind.TEMPERATURE_EXPOSURE, "Stood on the bench for about 40 minutes."),
)
LIBRARIES_A_REQUEST = 8
AUDIT_SEED = 20_261_125
SHIPPED, SENT_ACROSS = 3, 2
PICKED, PICKED_UL = 24, Decimal(10)
REQUESTS = 7
_ASKED = timedelta(hours=-30)
_MISEQ_STARTS, _NOVA_STARTS = timedelta(hours=-22), timedelta(hours=-6)
"""From now; those that run have started then."""
_READS_MILLIONS = tuple(map(Decimal, (40, 25, 30, 20, 20, 35, 1)))
"""By request; the one of 1 M goes on the MiSeq."""


def add_sequencers(session: WriteSession, principal: Principal) -> Machines:
    """Put the sequencers into service and return their keys by name."""
    return {
        name: sequencing_service.add_instrument(
            session, principal, instrument=InstrumentIn(name=name, model=model)
        )
        for name, model in SEQUENCERS
    }


def set_up(
    session: WriteSession,
    principal: Principal,
    *,
    machines: Machines,
    now: datetime,
    signer: Signer,
) -> None:
    """Publish templates, ask for sequencing, book runs, pack, pick."""
    add_usual_templates(session, principal)
    _thresholds(session, principal)
    _holds(session, principal)
    asked_at = _asked_at(session, now)
    with past.at(session, asked_at):
        requests = _requests(session, principal, now.date())
        if len(requests) == REQUESTS:
            _runs(session, principal, machines, requests, now)
    if len(requests) == REQUESTS:
        pools.set_up(session, principal, pooled=requests[2], waiting=requests[5])
        for request, starts_in in ((requests[6], _MISEQ_STARTS), (requests[0], _NOVA_STARTS)):
            with past.at(session, max(asked_at, now + starts_in)):
                _release_and_start(session, principal, request, signer)
        run_folders.arrive(session, principal, request_id=requests[6])
    _before_storage(session, principal, now)
    _shipment(session, principal)
    _between_sites(session, principal, now.date() + timedelta(days=1))
    _parcel(session, principal, now.date() + timedelta(days=2), "Biobank of the district hospital")
    with past.at(session, now - timedelta(days=6)):
        _parcel(session, principal, now.date() - timedelta(days=2), "Practice at the market")
    _pick_list(session, principal)
    _audit(session, principal)
    predictions_service.request_forecast(session, principal)
    turnaround_forecasts.request_forecast(session, principal)


def _thresholds(session: WriteSession, principal: Principal) -> None:
    """Publish the usual limits of every material that has some."""
    for material, limits in STANDARD_LIMITS.items():
        given = ThresholdsIn(
            material_type=material,
            thresholds=tuple(ThresholdIn(**asdict(each)) for each in limits),
            reason="Usual limits, to begin with.",
        )
        samples_service.publish_thresholds(session, principal, given=given)


def _before_storage(session: WriteSession, principal: Principal, now: datetime) -> None:
    """Record how the newest tissue was taken, frozen and stored; its SPREC code follows."""
    tissue = session.scalars(
        select(Sample.id)
        .where(Sample.material_type == MaterialType.TISSUE)
        .order_by(Sample.created_at.desc(), Sample.id)
        .limit(1)
    ).one_or_none()
    if tissue is None:
        return
    cut = now - timedelta(days=40)
    facts = SolidFacts(
        specimen="TIS",
        collection="SRG",
        ischaemic_at=cut,
        collected_at=cut + timedelta(minutes=14),
        fixation="SNP",
        fixed_at=cut + timedelta(minutes=36),
        stored_at=cut + timedelta(minutes=50),
        storage_c=Decimal(-80),
        vessel=Vessel.CRYOTUBE,
    )
    samples_service.record_preanalytical(
        session, principal, sample_id=SampleId(tissue), facts=facts
    )


def _shipment(session: WriteSession, principal: Principal) -> None:
    """Begin a packing list with the oldest samples that are done and stand in storage."""
    done = session.scalars(
        select(Sample.id)
        .where(Sample.status == Status.COMPLETED, Sample.custody == Custody.IN_STORAGE)
        .order_by(Sample.created_at, Sample.id)
        .limit(SHIPPED)
    ).all()
    if not done:
        return
    code = custody_service.open_shipment(
        session, principal, recipient="Reference laboratory", condition="On dry ice"
    )
    shipment = shipment_queries.get_shipment(session, principal, code)
    for sample_id in done:
        custody_service.pack_sample(
            session, principal, shipment_id=shipment.id, sample_id=SampleId(sample_id)
        )


def _between_sites(session: WriteSession, principal: Principal, expected_on: date) -> None:
    """Send samples from the laboratory's first site to a second one; they are under way."""
    [sender] = site_queries.open_sites(session)
    receiver = storage_service.create_node(
        session, principal, kind=NodeKind.SITE, label="Donor centre"
    )
    done = session.scalars(
        select(Sample.id)
        .where(Sample.status == Status.COMPLETED, Sample.custody == Custody.IN_STORAGE)
        .order_by(Sample.created_at, Sample.id)
        .limit(SENT_ACROSS)
    ).all()
    if not done:
        return
    code = custody_service.open_shipment(
        session, principal, condition="On dry ice", from_site_id=sender, to_site_id=receiver
    )
    key = shipment_queries.get_shipment(session, principal, code).id
    for sample_id in done:
        custody_service.pack_sample(
            session, principal, shipment_id=key, sample_id=SampleId(sample_id)
        )
    custody_service.close_box(session, principal, shipment_id=key)
    dispatch = custody_service.Dispatch(carrier="Own driver", expected_on=expected_on)
    custody_service.ship(session, principal, shipment_id=key, dispatch=dispatch)


def _audit(session: WriteSession, principal: Principal) -> None:
    """Begin a physical audit of the fullest unit, its first box looked at."""
    units = storage_queries.occupancy_by_unit(session, principal)
    fullest = max(units, key=lambda unit: unit.used, default=None)
    if fullest is None or not fullest.used:
        return
    audit_id = storage_service.start_audit(
        session,
        principal,
        title="Physical inventory, fourth quarter",
        unit_ids=[fullest.unit_id],
        seed=AUDIT_SEED,
    )
    hand = inventory_queries.at_hand(session, principal, audit_id)
    if hand is None:
        return
    tubes = box_queries.box_contents(session, principal, hand.check.box_id).tubes
    for tube in tubes:
        storage_service.note_tube(
            session,
            principal,
            check_id=hand.check.id,
            position=tube.position.label,
            barcode=tube.barcode or "",
        )
    storage_service.finish_check(session, principal, check_id=hand.check.id)


def _parcel(session: WriteSession, principal: Principal, expected_on: date, sender: str) -> None:
    """Announce a parcel of tubes that nobody has registered yet."""
    project = session.scalars(select(Project.code).order_by(Project.code).limit(1)).one()
    announced = custody_service.Announcement(
        project=project,
        sender=sender,
        expected_on=expected_on,
        carrier="Parcel service",
        codes=[f"Donor {number}, plasma" for number in range(1, 7)],
    )
    custody_service.announce(session, principal, announced=announced)


def _pick_list(session: WriteSession, principal: Principal) -> None:
    """Ask for some tubes of several boxes, for a robot."""
    standing = session.scalars(
        select(Sample.id)
        .where(
            Sample.status == Status.IN_STORAGE,
            Sample.custody == Custody.IN_STORAGE,
            Sample.volume_ul >= PICKED_UL,
        )
        .order_by(Sample.created_at.desc(), Sample.id)
        .limit(PICKED)
    ).all()
    if standing:
        storage_service.make_list(
            session,
            principal,
            title="Tubes for the next run",
            purpose=PickPurpose.WORKLIST,
            lines=[PickWish(sample_id=SampleId(sample_id)) for sample_id in standing],
        )


def _holds(session: WriteSession, principal: Principal) -> None:
    newest_failed = session.scalars(
        select(Sample.id)
        .where(Sample.status == Status.FAILED.value)
        .order_by(Sample.created_at.desc())
        .limit(len(HOLD_REASONS))
    ).all()
    for sample_id, (kind, reason) in zip(newest_failed, HOLD_REASONS, strict=False):
        samples_service.set_hold(
            session, principal, sample_id=SampleId(sample_id), kind=kind, reason=reason
        )


def _asked_at(session: WriteSession, now: datetime) -> datetime:
    """Return when the open requests were made: a while ago, and no library came after them."""
    newest = session.scalar(
        select(func.max(Sample.created_at)).where(
            Sample.material_type == MaterialType.LIBRARY, Sample.created_at < now
        )
    )
    return max(now + _ASKED, newest or now + _ASKED)


def _requests(session: WriteSession, principal: Principal, today: date) -> list[RequestId]:
    found = session.execute(
        select(Project.code, Sample.barcode, Sample.index_i7, Sample.index_i5)
        .join(Project, Project.id == Sample.project_id)
        .where(
            Sample.material_type == MaterialType.LIBRARY,
            Sample.qc_verdict == QcVerdict.PASS,
            Sample.status == Status.IN_STORAGE.value,
        )
        .order_by(Sample.created_at.desc())
    ).all()
    made = []
    for number, libraries in enumerate(full_requests([ReadyLibrary(*row) for row in found])):
        card = sequencing_service.request_sequencing(
            session,
            principal,
            request=SequencingRequestIn(
                project_code=libraries[0].project_code,
                libraries=[LibraryIn(barcode=each.barcode) for each in libraries],
                reads_millions=_READS_MILLIONS[number],
                read_length=151,
                due_on=today + timedelta(days=6 + 2 * number),
            ),
        )
        made.append(card.id)
    return made


def full_requests(ready: Sequence[ReadyLibrary]) -> list[list[ReadyLibrary]]:
    """Return the full requests: each can go on a lane of any sequencer by itself."""
    requests: list[list[ReadyLibrary]] = [[] for _ in range(REQUESTS)]
    for library in ready:
        for chosen in requests:
            if _fits(library, chosen):
                chosen.append(library)
                break
    return [chosen for chosen in requests if len(chosen) == LIBRARIES_A_REQUEST]


def _fits(library: ReadyLibrary, chosen: Sequence[ReadyLibrary]) -> bool:
    """Tell whether no other carries its index, and the last one leaves no cycle without light.

    Where four channels see, two bases light each of two colours: of eight libraries that are drawn
    one set in eight is dark in some cycle, and a run with it would be refused (DOMAIN 2c).
    """
    if len(chosen) == LIBRARIES_A_REQUEST or library.index_i7 in {one.index_i7 for one in chosen}:
        return False
    if len(chosen) < LIBRARIES_A_REQUEST - 1:
        return True
    whole = [*chosen, library]
    reads = ([one.index_i7 or "" for one in whole], [one.index_i5 or "" for one in whole])
    return all(dark_and_doubtful(read, Chemistry.FOUR_CHANNEL)[0] == 0 for read in reads)


def _runs(
    session: WriteSession,
    principal: Principal,
    machines: Machines,
    requests: list[RequestId],
    now: datetime,
) -> None:
    for request in (*requests[:5], requests[6]):
        sequencing_service.move_card(session, principal, request_id=request, to=RequestState.POOLED)
    for name, on_lanes, starts_in, takes in (
        ("NovaSeq X-1", requests[:1], _NOVA_STARTS, timedelta(hours=26)),
        ("NextSeq 500", requests[1:2], timedelta(hours=15), timedelta(hours=18)),
        ("NovaSeq X-1", requests[3:5], timedelta(hours=24), timedelta(hours=26)),
        ("MiSeq-2", requests[6:7], _MISEQ_STARTS, timedelta(hours=24)),
    ):
        run_plans.plan_run(
            session,
            principal,
            plan=RunPlanIn(
                instrument_id=machines[name],
                start_at=now + starts_in,
                end_at=now + starts_in + takes,
                lanes=[
                    LaneIn(pool_id=pool_id, lane=lane)
                    for lane, request in enumerate(on_lanes, start=1)
                    for pool_id in pool_queries.ready_pools_of(session, [request])
                ],
            ),
        )


def _release_and_start(
    session: WriteSession, principal: Principal, request: RequestId, signer: Signer
) -> None:
    """Sign for the run that a request is planned on, and let it run."""
    signer.release(session, queries.get_card(session, principal, request).places[0].run_code)
    sequencing_service.move_card(session, principal, request_id=request, to=RequestState.RUNNING)
