"""Making samples from samples: aliquots, derivatives and pools. Exported by service.py.

Every parent's row is held, in key order, until the end of the transaction. That makes the volumes
right, and it is the lock rule of consent: withdrawing one holds the parents too, so it either
comes first (and the making is refused) or sees the child and stamps it (samples.consents).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert

from backend.auth import queries as auth_queries
from backend.core import clock
from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import handling, locking, queries, registering, rules, volume_rules, volumes
from backend.samples.errors import DrawRefused, RegistrationRefused
from backend.samples.events import SampleMade
from backend.samples.ids import (
    Lifecycle,
    LineageKind,
    MaterialType,
    SampleId,
    TemperatureClass,
    VolumeCause,
)
from backend.samples.ledger_models import SampleParent
from backend.samples.making_schemas import Aliquoting, Deriving, Pooling, PoolPart
from backend.samples.models import Project, Sample
from backend.samples.schemas import SampleRegistration
from backend.samples.views import Registered

_CAUSES: Mapping[LineageKind, VolumeCause] = {
    LineageKind.ALIQUOT: VolumeCause.ALIQUOT,
    LineageKind.DERIVATIVE: VolumeCause.DERIVATIVE,
    LineageKind.POOL: VolumeCause.POOL,
}
_INHERITED = ("is_backup", "freeze_thaw_count", "expires_on", "a260_280", "a260_230", "rin", "din")
"""What a child has from its parents and its registration does not say."""


def make_aliquots(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, aliquoting: Aliquoting
) -> list[Registered]:
    """Part a sample into tubes of the same material; all are made or none is.

    Raises:
        SampleNotFound: no such sample, or not visible to the principal.
        DrawRefused: it may not be used or does not hold so much; every reason is named.
        BarcodeTaken, ProjectClosed: as in registering.
    """
    _require(principal)
    parent = locking.lock_sample(session, principal, sample_id)
    total = sum((portion.volume_ul for portion in aliquoting.portions), Decimal(0))
    _refuse(session, parent, total, unknown=aliquoting.balance_unknown_is_fine)
    made = []
    for number, portion in enumerate(aliquoting.portions, start=1):
        child = _register(
            session,
            principal,
            parent,
            barcode=portion.barcode,
            name=portion.name or f"{parent.name} aliquot {number}",
            material=parent.material_type,
            zone=parent.temperature_class,
            container=portion.container_type or parent.container_type,
            concentration=parent.concentration_ng_per_ul,
        )
        # The same liquid: what was measured of it holds for the part, too.
        child.a260_280, child.a260_230 = parent.a260_280, parent.a260_230
        child.rin, child.din = parent.rin, parent.din
        child.is_backup = portion.is_backup
        drawn, kind = portion.volume_ul, LineageKind.ALIQUOT
        _link(session, child, parent, kind=kind, volume_ul=drawn)
        _move(session, principal, parent, child, kind=kind, volume_ul=drawn)
        made.append(_finish(session, principal, child, [parent], LineageKind.ALIQUOT))
    volumes.note_empty(session, principal, parent)
    return made


def make_derivative(
    session: WriteSession, principal: Principal, *, sample_id: SampleId, deriving: Deriving
) -> Registered:
    """Register what was extracted or prepared from a sample. Same errors as `make_aliquots`.

    What was used of the parent is drawn from it; what came out is the child's own volume.
    """
    _require(principal)
    parent = locking.lock_sample(session, principal, sample_id)
    if deriving.material_type is parent.material_type:
        name = rules.MATERIAL_NAME[parent.material_type]
        sentence = f"{parent.barcode} is {name} itself. Make an aliquot instead."
        raise RegistrationRefused(sentence, fields={"material_type": sentence})
    _refuse(session, parent, deriving.used_ul, unknown=deriving.balance_unknown_is_fine)
    child = _register(
        session,
        principal,
        parent,
        barcode=deriving.barcode,
        name=deriving.name or f"{parent.name} {rules.MATERIAL_NAME[deriving.material_type]}",
        material=deriving.material_type,
        zone=deriving.temperature_class,
        container=deriving.container_type,
        concentration=deriving.concentration_ng_per_ul,
    )
    kind = LineageKind.DERIVATIVE
    _link(session, child, parent, kind=kind, volume_ul=deriving.used_ul)
    if deriving.used_ul is not None:
        volumes.draw(
            session,
            principal,
            parent,
            volume_ul=deriving.used_ul,
            cause=VolumeCause.DERIVATIVE,
            counterpart_id=SampleId(child.id),
            balance_unknown_is_fine=deriving.balance_unknown_is_fine,
        )
    if deriving.volume_ul is not None:
        _fill(session, principal, parent, child, kind=kind, volume_ul=deriving.volume_ul)
    registered = _finish(session, principal, child, [parent], kind)
    volumes.note_empty(session, principal, parent)
    return registered


def make_pool(session: WriteSession, principal: Principal, *, pooling: Pooling) -> Registered:
    """Put volumes of several samples into one tube; all are drawn or none is.

    Shares are those given, or the volumes'. The pool belongs to the parts' project; where they
    have several, ``project_code`` says to which.

    Raises:
        SampleNotFound: one of the parts is not there or not visible.
        DrawRefused: names every part that cannot be drawn, with every reason.
        RegistrationRefused: shares that do not add up, or a project that is not said.
    """
    _require(principal)
    keys = {
        part.barcode: queries.sample_id_of(session, principal, part.barcode)
        for part in pooling.parts
    }
    parents = {key: locking.lock_sample(session, principal, key) for key in sorted(keys.values())}
    poured = [(part, parents[keys[part.barcode]]) for part in pooling.parts]
    _refuse_parts(session, poured)
    child = _register_pool(session, principal, pooling, [parent for _, parent in poured])
    for (part, parent), share in zip(poured, _shares(pooling.parts), strict=True):
        drawn, kind = part.volume_ul, LineageKind.POOL
        _link(session, child, parent, kind=kind, volume_ul=drawn, proportion=share)
        _move(session, principal, parent, child, kind=kind, volume_ul=drawn)
        volumes.note_empty(session, principal, parent)
    return _finish(session, principal, child, list(parents.values()), LineageKind.POOL)


def _require(principal: Principal) -> None:
    principal.require(Permission.SAMPLES_REGISTER)
    principal.require(Permission.SAMPLES_EDIT)


def _refuse(
    session: WriteSession, parent: Sample, volume_ul: Decimal | None, *, unknown: bool
) -> None:
    reasons = volumes.draw_refusals(session, parent, volume_ul, balance_unknown_is_fine=unknown)
    if reasons:
        raise DrawRefused(parent.barcode, reasons)


def _refuse_parts(session: WriteSession, drawn: Sequence[tuple[PoolPart, Sample]]) -> None:
    refused = {}
    for part, parent in drawn:
        reasons = volumes.draw_refusals(session, parent, part.volume_ul)
        if reasons:
            refused[parent.barcode] = reasons
    if refused:
        told = [f"{code}: {' '.join(reasons)}" for code, reasons in refused.items()]
        raise DrawRefused(" and ".join(refused), told)


def _shares(parts: Sequence[PoolPart]) -> list[Decimal]:
    given = [part.proportion for part in parts if part.proportion is not None]
    if not given:
        return volume_rules.shares([part.volume_ul for part in parts])
    if len(given) < len(parts):
        sentence = "Give the share of every part of the pool, or of none."
        raise RegistrationRefused(sentence, fields={"parts": sentence})
    fault = volume_rules.shares_fault(given)
    if fault:
        raise RegistrationRefused(fault, fields={"parts": fault})
    return given


def _register(
    session: WriteSession,
    principal: Principal,
    parent: Sample,
    *,
    barcode: str | None,
    name: str,
    material: MaterialType,
    zone: TemperatureClass,
    container: str | None,
    concentration: Decimal | None,
) -> Sample:
    project = session.get_one(Project, parent.project_id)
    made = registering.register_sample(
        session,
        principal,
        registration=registering.check_registration(
            barcode=barcode,
            project_code=project.code,
            name=name[:200],
            subject_code=parent.subject_code,
            material_type=material,
            temperature_class=zone,
            container_type=container,
            biosafety_level=parent.biosafety_level,
            concentration_ng_per_ul=concentration,
            collected_on=parent.collected_on,
            received_at=parent.received_at or clock.utc_now(),
            priority=parent.priority,
            parent_barcode=parent.barcode,
        ),
    )
    return locking.lock_sample(session, principal, made.id)


def _register_pool(
    session: WriteSession, principal: Principal, pooling: Pooling, parents: Sequence[Sample]
) -> Sample:
    projects = sorted({parent.project_id for parent in parents})
    code = pooling.project_code
    if code is None:
        if len(projects) > 1:
            sentence = "These samples are of several projects. Choose the pool's."
            raise RegistrationRefused(sentence, fields={"project_code": sentence})
        code = session.get_one(Project, projects[0]).code
    made = registering.register_sample(
        session,
        principal,
        registration=SampleRegistration(
            barcode=pooling.barcode,
            project_code=code,
            name=pooling.name,
            material_type=pooling.material_type,
            temperature_class=pooling.temperature_class,
            container_type=pooling.container_type,
            biosafety_level=max(parent.biosafety_level for parent in parents),
            received_at=clock.utc_now(),
        ),
    )
    child = locking.lock_sample(session, principal, made.id)
    families = {parent.family_id or parent.id for parent in parents}
    # Of one family it stays in it; of several it begins its own.
    child.family_id = families.pop() if len(families) == 1 else None
    return child


def _link(
    session: WriteSession,
    child: Sample,
    parent: Sample,
    *,
    kind: LineageKind,
    volume_ul: Decimal | None,
    proportion: Decimal | None = None,
) -> None:
    """Say how a child came from a parent; the database has left a bare edge to its first one."""
    said = {"kind": kind, "volume_ul": volume_ul, "proportion": proportion}
    statement = insert(SampleParent).values(child_id=child.id, parent_id=parent.id, **said)
    session.execute(
        statement.on_conflict_do_update(index_elements=["child_id", "parent_id"], set_=said)
    )


def _move(
    session: WriteSession,
    principal: Principal,
    parent: Sample,
    child: Sample,
    *,
    kind: LineageKind,
    volume_ul: Decimal,
) -> None:
    """Take µL from a parent that has been asked whether it may give them, and fill the child."""
    volumes.add_line(
        session,
        principal,
        parent,
        delta_ul=-volume_ul,
        cause=_CAUSES[kind],
        counterpart_id=SampleId(child.id),
    )
    _fill(session, principal, parent, child, kind=kind, volume_ul=volume_ul)


def _fill(
    session: WriteSession,
    principal: Principal,
    parent: Sample,
    child: Sample,
    *,
    kind: LineageKind,
    volume_ul: Decimal,
) -> None:
    volumes.add_line(
        session,
        principal,
        child,
        delta_ul=volume_ul,
        cause=_CAUSES[kind],
        counterpart_id=SampleId(parent.id),
    )


def _finish(
    session: WriteSession,
    principal: Principal,
    child: Sample,
    parents: Sequence[Sample],
    kind: LineageKind,
) -> Registered:
    """Give a child what it inherits, and its first state: it was made here, so it is accepted."""
    child.freeze_thaw_count = max(parent.freeze_thaw_count for parent in parents)
    ends = {parent.expires_on for parent in parents} - {None}
    if kind is not LineageKind.ALIQUOT:
        policy = handling.policy_of(session, child.material_type)
        ends = (ends if kind is LineageKind.POOL else set()) | {
            handling.expiry_of(policy, auth_queries.laboratory_day(session))
        }
    # The same liquid goes off with its parent; what is extracted has a life of its own, and a
    # pool lasts as long as its first part to go.
    child.expires_on = min((end for end in ends if end is not None), default=None)
    status = locking.step_to(
        session, principal, child, action=kind.value, after=Lifecycle.ACCEPTED, reason=None
    )
    event = SampleMade(
        aggregate_id=child.id,
        barcode=child.barcode,
        kind=kind.value,
        parents=tuple(parent.barcode for parent in parents),
    )
    has = {name: getattr(child, name) for name in _INHERITED}
    told = {"barcode": child.barcode, "kind": event.kind, "parents": event.parents}
    events_service.record(session, principal, event, new={**told, **has})
    return Registered(id=SampleId(child.id), barcode=child.barcode, status=status)
