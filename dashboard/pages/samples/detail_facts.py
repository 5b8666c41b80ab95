"""Everything that a sample's page shows, read in one go under the reader's own rights."""

from collections.abc import Sequence
from dataclasses import dataclass

from backend.auth.views import SignatureView
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.custody import queries as custody_queries
from backend.custody.views import ChainLink, CheckoutView, Receiver
from backend.events import checking
from backend.events import queries as events_queries
from backend.events.views import AuditView, RecordChain
from backend.samples import (
    attachments,
    consents,
    family,
    handling,
    lineage,
    preanalytics,
    qc_queries,
    queries,
    signing,
    volumes,
)
from backend.samples.attachment_views import AttachmentView
from backend.samples.family import Relative
from backend.samples.ids import MaterialType, SampleId
from backend.samples.lineage_views import LineageGraph
from backend.samples.preanalytical_views import PreanalyticalView
from backend.samples.rules import Standing
from backend.samples.views import (
    ConsentView,
    HoldView,
    JudgementView,
    LineageEdge,
    SampleDetail,
    VolumeLine,
)
from backend.storage import box_queries
from backend.storage import queries as storage_queries
from backend.storage.ids import NodeId
from backend.storage.views import BoxContents, LocationView, PlacementView

AUDIT_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFacts:
    """A sample, where it stands, its family and what was done to it."""

    sample: SampleDetail
    location: LocationView | None
    box: BoxContents | None
    """The box that it stands in; None where it stands nowhere or storage may not be seen."""
    in_alarm: bool
    """Its freezer has an open temperature alarm."""
    stays: Sequence[PlacementView]
    relatives: Sequence[Relative]
    audit: Sequence[AuditView]
    graph: LineageGraph
    above: Sequence[LineageEdge]
    below: Sequence[LineageEdge]
    """What it came from and what came from it, nearest first."""
    ledger: Sequence[VolumeLine]
    judgements: Sequence[JudgementView]
    consents: Sequence[ConsentView]
    thaw_limit: int | None
    chain: Sequence[ChainLink]
    checkout: CheckoutView | None
    receivers: Sequence[Receiver]
    """To whom it may be offered; nobody where the reader may not hand over."""
    signatures: Sequence[SignatureView]
    """Everything that was signed of it, newest first; a voided one says by what."""
    record_chain: RecordChain
    """How its audit entries stand in the chain."""
    preanalytical: PreanalyticalView | None
    """What is recorded of the time before storage, its own or an ancestor's."""
    attachments: Sequence[AttachmentView]

    @property
    def open_holds(self) -> list[HoldView]:
        """Holds that keep it from being used now."""
        return [hold for hold in self.sample.holds if hold.released_at is None]

    @property
    def standing(self) -> Standing:
        """What guards look at, so that the page can say beforehand what stands against a step."""
        return self.sample.standing


def facts_of(session: ReadSession, principal: Principal, barcode: str) -> SampleFacts:
    """Return what a person may see of the sample that carries a barcode.

    Raises:
        SampleNotFound: no such sample, or not visible: the answer does not tell which.
    """
    sample = queries.get_by_barcode(session, principal, barcode)
    key = SampleId(sample.row.id)
    location = storage_queries.locations_of(session, principal, [key]).get(key)
    stays = storage_queries.custody_history(session, principal, key)
    box = _box(session, principal, stays)
    above, below = lineage.lineage_of(session, principal, key)
    policy = handling.policy_of(session, MaterialType(sample.row.material_type))
    alarms = storage_queries.units_in_alarm(session) if location else frozenset()
    return SampleFacts(
        sample=sample,
        location=location,
        box=box,
        in_alarm=location is not None and location.unit_id in alarms,
        stays=stays,
        relatives=family.family_of(session, principal, key, family_id=sample.family_id),
        audit=events_queries.entity_history(session, "sample", key, AUDIT_SHOWN),
        graph=lineage.graph_of(session, principal, sample.row, above=above, below=below),
        above=above,
        below=below,
        ledger=volumes.ledger_of(session, principal, key),
        judgements=qc_queries.judgements_of(session, principal, key),
        consents=consents.consents_of(session, principal, key),
        thaw_limit=policy.thaw_limit,
        chain=custody_queries.chain_of(session, principal, key),
        checkout=custody_queries.checkout_of(session, principal, key),
        receivers=custody_queries.receivers(session, principal)
        if principal.may(Permission.CUSTODY_HANDLE)
        else [],
        signatures=signing.signatures_of_sample(session, principal, key),
        record_chain=checking.record_chain(session, "sample", key),
        preanalytical=preanalytics.preanalytical_of(session, principal, key),
        attachments=attachments.attachments_of(session, principal, key),
    )


def _box(
    session: ReadSession, principal: Principal, stays: Sequence[PlacementView]
) -> BoxContents | None:
    stay = next((each for each in stays if each.removed_at is None), None)
    if stay is None or not principal.may(Permission.STORAGE_VIEW):
        return None
    return box_queries.box_contents(session, principal, NodeId(stay.box_id))
