"""Which samples a list holds and in what order: the same for rows, changes and prepared lists."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from backend.core import barcodes
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.samples import sprec_codes
from backend.samples.arrival_models import SampleArrival
from backend.samples.consent_models import Consent
from backend.samples.ids import ArrivalCondition, Custody
from backend.samples.models import Project, Sample, SampleChange, SampleHold
from backend.samples.queries import visible_project_ids
from backend.samples.schemas import Amounts, Days, SampleFilters, SampleSort
from backend.samples.sprec_codes import Seen

Scope = Sequence[UUID] | None
"""Keys of the projects whose samples count, in order; None is every project."""

Facts = type[Sample] | type[SampleChange]
"""Both name the facts that lists look at alike."""

_LAST = "\U0010ffff"
_UNKNOWN_AMOUNT = -1


def scope_of(session: ReadSession, principal: Principal, filters: SampleFilters) -> Scope:
    """Return the projects that a person may see, of those that the filters name."""
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS) and not filters.project_codes:
        return None
    visible = visible_project_ids(principal).order_by(Project.id)
    if filters.project_codes:
        # However it is written: people type codes in small letters, too.
        wanted = [code.upper() for code in filters.project_codes]
        visible = visible.where(func.upper(Project.code).in_(wanted))
    return list(session.scalars(visible))


def seen_by(principal: Principal) -> Seen:
    """Return every project that a person may see, whatever a list is narrowed to."""
    if principal.may(Permission.SAMPLES_VIEW_ALL_PROJECTS):
        return None
    return visible_project_ids(principal)


def list_key(scope: Scope, filters: SampleFilters, sort: SampleSort) -> str:
    """Return the name of a prepared list: same scope, filters and sort, same name."""
    facts = [None if scope is None else [str(key) for key in scope], stored(filters), sort.value]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def stored(filters: SampleFilters) -> dict[str, Any]:
    """Return filters as JSON, without the projects, which the scope holds already."""
    named: dict[str, Any] = filters.model_dump(
        mode="json", exclude_defaults=True, exclude={"project_codes"}
    )
    return {name: _sorted(value) for name, value in named.items()}


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(inner) for name, inner in value.items() if inner is not None}
    return sorted(value) if isinstance(value, list) else value


def can_be_prepared(filters: SampleFilters) -> bool:
    """Say whether a sample's own row decides, and no table beside it."""
    others = (filters.on_hold, filters.place, filters.consent, filters.sprec)
    several = (filters.hold_kinds, filters.arrivals, filters.without.arrivals)
    return not any(several) and all(each is None for each in others)


def is_place_known(session: ReadSession, place: str) -> bool:
    """Say whether a label, path or barcode names a place."""
    return (
        session.scalars(select(func.places_named(place).column_valued("named")).limit(1)).first()
        is not None
    )


def sort_key(facts: Facts, sort: SampleSort) -> ColumnElement[Any]:
    """Return what a list is sorted by, never NULL; equal ones follow in the order of their id."""
    match sort:
        case SampleSort.REGISTERED:
            return facts.created_at.expression
        case SampleSort.BARCODE:
            return facts.barcode.collate("C")
        case SampleSort.NAME:
            return func.lower(facts.name).collate("C")
        case SampleSort.SUBJECT:
            return func.coalesce(facts.subject_code, "").collate("C")
        case SampleSort.VOLUME:
            return func.coalesce(facts.volume_ul, _UNKNOWN_AMOUNT)
        case SampleSort.CONCENTRATION:
            return func.coalesce(facts.concentration_ng_per_ul, _UNKNOWN_AMOUNT)


def conditions(
    facts: Facts, scope: Scope, filters: SampleFilters, *, seen: Seen
) -> list[ColumnElement[bool]]:
    """Return what must hold of a sample in the list; ``seen`` is `seen_by` whoever asks."""
    wanted: list[ColumnElement[bool]] = []
    if scope is not None:
        wanted.append(facts.project_id.in_(scope))
    for column, values in (
        (facts.status, filters.statuses),
        (facts.material_type, filters.material_types),
        (facts.temperature_class, filters.temperature_classes),
        (facts.priority, filters.priorities),
        (facts.qc_verdict, filters.qc_verdicts),
    ):
        if values:
            wanted.append(column.in_(values))
    if filters.placed is not None:
        is_placed = facts.custody == Custody.IN_STORAGE
        wanted.append(is_placed if filters.placed else ~is_placed)
    return [
        *wanted,
        *_left_out(facts, filters),
        *_decided_elsewhere(facts, filters, seen=seen),
        *_amounts_and_dates(facts, filters),
        *_texts(facts, filters),
    ]


def _left_out(facts: Facts, filters: SampleFilters) -> list[ColumnElement[bool]]:
    without = filters.without
    unwanted: list[ColumnElement[bool]] = [
        column.not_in(values)
        for column, values in (
            (facts.status, without.statuses),
            (facts.material_type, without.material_types),
            (facts.temperature_class, without.temperature_classes),
            (facts.priority, without.priorities),
            (facts.qc_verdict, without.qc_verdicts),
        )
        if values
    ]
    if without.project_codes:
        codes = [code.upper() for code in without.project_codes]
        theirs = select(Project.id).where(func.upper(Project.code).in_(codes))
        unwanted.append(facts.project_id.not_in(theirs))
    return unwanted


def _decided_elsewhere(
    facts: Facts, filters: SampleFilters, *, seen: Seen
) -> list[ColumnElement[bool]]:
    """Return what other tables decide; no list of these is prepared (`can_be_prepared`)."""
    wanted: list[ColumnElement[bool]] = []
    held = select(SampleHold.sample_id).where(SampleHold.released_at.is_(None))
    if filters.on_hold is not None:
        is_held = facts.id.in_(held)
        wanted.append(is_held if filters.on_hold else ~is_held)
    if filters.hold_kinds:
        wanted.append(facts.id.in_(held.where(SampleHold.kind.in_(filters.hold_kinds))))
    if filters.place is not None:
        # Storage stands above samples and offers this function (db/migrations/sql/20_storage.sql).
        wanted.append(
            facts.id.in_(select(func.samples_in_place(filters.place).column_valued("inside")))
        )
    if filters.consent is not None:
        reference = func.lower(Consent.reference) == filters.consent.lower()
        tied = select(Sample.id).join(Consent, Consent.id == Sample.consent_id).where(reference)
        wanted.append(facts.id.in_(tied))
    if filters.sprec is not None:
        wanted.append(facts.id.in_(sprec_codes.having_code(seen, filters.sprec)))
    if filters.arrivals:
        wanted.append(facts.id.in_(_arrived(filters.arrivals)))
    if filters.without.arrivals:
        wanted.append(facts.id.not_in(_arrived(filters.without.arrivals)))
    return wanted


def _arrived(conditions: Sequence[ArrivalCondition]) -> Select[UUID]:
    named = [each.value for each in conditions]
    shared = SampleArrival.conditions.bool_op("&&")(named)
    return select(SampleArrival.sample_id).where(shared)


def _amounts_and_dates(facts: Facts, filters: SampleFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.created_from is not None:
        wanted.append(facts.created_at >= filters.created_from)
    if filters.created_before is not None:
        wanted.append(facts.created_at < filters.created_before)
    if filters.received is not None:
        if filters.received.since is not None:
            wanted.append(facts.received_at >= filters.received.since)
        if filters.received.before is not None:
            wanted.append(facts.received_at < filters.received.before)
    wanted += _within_days(facts.collected_on, filters.collected)
    wanted += _within_days(facts.expires_on, filters.expires)
    wanted += _within(facts.volume_ul, filters.volume_ul)
    wanted += _within(facts.concentration_ng_per_ul, filters.concentration_ng_per_ul)
    wanted += _within(facts.rin, filters.rin)
    if filters.import_id is not None:
        wanted.append(facts.import_id == filters.import_id)
    return wanted


def _within(column: Any, bounds: Amounts | None) -> list[ColumnElement[bool]]:
    if bounds is None:
        return []
    wanted: list[ColumnElement[bool]] = []
    if bounds.least is not None:
        wanted.append(column >= bounds.least)
    if bounds.above is not None:
        wanted.append(column > bounds.above)
    if bounds.most is not None:
        wanted.append(column <= bounds.most)
    if bounds.below is not None:
        wanted.append(column < bounds.below)
    return wanted


def _within_days(column: Any, days: Days | None) -> list[ColumnElement[bool]]:
    if days is None:
        return []
    wanted: list[ColumnElement[bool]] = []
    if days.first is not None:
        wanted.append(column >= days.first)
    if days.last is not None:
        wanted.append(column <= days.last)
    return wanted


def _texts(facts: Facts, filters: SampleFilters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.subject_code:
        wanted.append(facts.subject_code == filters.subject_code)
    typed = (filters.search or "").strip()
    if typed:
        code, low = barcodes.tidy(typed), typed.lower()
        # Ranges, not LIKE: they can use the indexes.
        wanted.append(
            or_(
                facts.barcode.between(code, code + _LAST),
                func.lower(facts.name).collate("C").between(low, low + _LAST),
                func.lower(facts.external_id).collate("C").between(low, low + _LAST),
                facts.subject_code == typed,
            )
        )
    return wanted
