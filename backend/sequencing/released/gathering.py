"""What a run is made of now, as its checks and its sheet need it.

Who may see a run is the caller's to decide.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.auth import queries as auth_queries
from backend.sequencing import flow_cells, instruments, pool_queries, queries
from backend.sequencing.codes import pool_code, run_code
from backend.sequencing.flow_cells import Cell
from backend.sequencing.ids import PoolId, RunId
from backend.sequencing.models import Instrument, SequencingRequest, SequencingRun
from backend.sequencing.pool_models import LibraryPool, PoolMember, RunLoad
from backend.sequencing.reference import queries as reference_queries
from backend.sequencing.reference.content import SheetSettingContent
from backend.sequencing.reference.errors import ReferenceNotFound
from backend.sequencing.reference.ids import VersionId
from backend.sequencing.reference.views import Make, Recipe
from backend.sequencing.released import library_kits
from backend.sequencing.released.checks import check_run, lane_clashes
from backend.sequencing.released.facts import Check, Operator, PoolFact, RunFacts
from backend.sequencing.released.library_kits import LibraryKits
from backend.sequencing.released.models import RunLoadingCheck
from backend.sequencing.released.platforms import Platform, platform_of
from backend.sequencing.released.schemas import ReleaseIn
from backend.sequencing.released.sheet_making import Draft, PlannedRun, cycles_by, make_sheet
from backend.sequencing.released.views import Load
from backend.sequencing.sheets.model import Cycles
from backend.sequencing.sheets.values import Dialect
from backend.sequencing.views import LaneLibrary
from backend.templates.reading.values import Severity

_MOST_SHEET_ERRORS = 10
_COLLISION = "index_collision"


@dataclass(frozen=True, slots=True)
class OnRun:
    """A run with its instrument and what is on its lanes."""

    run: SequencingRun
    instrument: Instrument
    make: Make | None
    """None: the instrument's flow cell is not among the reference data."""
    recipe: Recipe | None
    """As it stood when the run was planned."""
    usable_millions: float
    """Reads that may be planned on one lane, millions."""
    loads: Sequence[Load]
    libraries: Sequence[LaneLibrary]
    cell: Cell
    """What it is booked with."""
    kits: LibraryKits

    @property
    def code(self) -> str:
        """Return what people call the run."""
        return run_code(self.instrument.run_prefix, self.run.number)

    @property
    def platform(self) -> Platform | None:
        """Return what is known of the instrument's make; None is a make without sheets."""
        return platform_of(self.make) if self.make else None

    @property
    def cycles(self) -> Cycles | None:
        """Return the cycles of its recipe; None follow from the libraries."""
        return cycles_by(self.recipe.content) if self.recipe else None

    @property
    def sheet_settings(self) -> Sequence[SheetSettingContent]:
        """Return what the recipe sets in the sheet."""
        return self.recipe.content.sheet_settings if self.recipe else ()

    @property
    def model(self) -> str:
        """Return what people call the make."""
        return self.make.flow_cell.name if self.make else self.cell.name

    @property
    def digest(self) -> bytes:
        """Return a SHA-256 of the lanes: equal as long as nothing on them has changed."""
        told = [
            [
                each.lane,
                each.pool_code,
                each.barcode,
                each.index_i7,
                each.index_i5,
                each.project_code,
                str(each.reads_millions.normalize()),
                each.read_length,
            ]
            for each in self.libraries
        ]
        held: list[object] = [self.cell.key, self.instrument.i5_orientation.value, told]
        carried = {str(key): asdict(each) for key, each in self.kits.layouts.items()}
        if carried:
            held.append(carried)
        if self.recipe is not None:
            held.append(str(self.recipe.version_id))
        sorted_keys = orjson.OPT_SORT_KEYS
        return hashlib.sha256(orjson.dumps(held, option=sorted_keys)).digest()


def on_run(session: Session, run: SequencingRun) -> OnRun:
    """Return what is on a run's lanes now."""
    instrument = session.get_one(Instrument, run.instrument_id)
    rows = session.execute(
        select(RunLoad.pool_id, LibraryPool.number, RunLoad.lane, RunLoad.reads_millions)
        .join(LibraryPool, LibraryPool.id == RunLoad.pool_id)
        .where(RunLoad.run_id == run.id)
        .order_by(RunLoad.lane, LibraryPool.number)
    )
    loads = [
        Load(pool_id=PoolId(pool_id), pool_code=pool_code(number), lane=lane, reads_millions=reads)
        for pool_id, number, lane, reads in rows
    ]
    libraries = pool_queries.lane_libraries(session, RunId(run.id))
    cell = flow_cells.of_run(run, instrument, reference_queries.flow_cells(session))
    make = _make_of(session, cell.key)
    recipe = None
    if run.recipe_version_id is not None:
        recipe = reference_queries.recipe_version(session, VersionId(run.recipe_version_id))
    usable = instruments.usable_reads_millions(
        cell.lane_reads_millions,
        reference_queries.pooling(session),
        phix_percent=float(recipe.content.phix_percent) if recipe else None,
    )
    kits = library_kits.kits_of(session, libraries)
    return OnRun(run, instrument, make, recipe, usable, loads, libraries, cell, kits)


def _make_of(session: Session, flow_cell: str) -> Make | None:
    try:
        return reference_queries.make_of(session, flow_cell)
    except ReferenceNotFound:
        return None


def draft_of(there: OnRun, *, said: ReleaseIn | None = None) -> Draft | None:
    """Return the sheet of a run as it would be handed out, None where its make needs none."""
    platform = there.platform
    if platform is None:
        return None
    planned = PlannedRun(
        code=there.code,
        platform=platform,
        lanes=there.cell.lanes,
        orientation=there.instrument.i5_orientation,
        libraries=there.libraries,
        cycles=there.cycles,
        layouts=there.kits.layouts,
        settings=[(each.key, each.value) for each in there.sheet_settings],
        flow_cell=said.flow_cell if said else "",
        kit=said.reagent_kit if said else "",
    )
    wanted = said.dialect if said else None
    made = make_sheet(planned, wanted if wanted in platform.dialects else platform.dialects[0])
    if made.dialect is Dialect.ONT:
        return made  # which has neither adapters nor UMIs
    return replace(made, notes=(*there.kits.notes, *made.notes))


def checks_of(
    session: Session, there: OnRun, draft: Draft | None, *, said: ReleaseIn | None = None
) -> list[Check]:
    """Return every check of a run as it stands, with what is said at its release."""
    keys = {each.pool_id for each in there.loads}
    reads: defaultdict[int, float] = defaultdict(float)
    for each in there.loads:
        reads[each.lane] += float(each.reads_millions)
    make = there.make.platform.content if there.make else None
    collide = lane_clashes(there.libraries, there.instrument.i5_orientation)
    return check_run(
        RunFacts(
            lanes=there.cell.lanes,
            usable_millions=there.usable_millions,
            orientation=there.instrument.i5_orientation,
            chemistry=there.platform.chemistry if there.platform else None,
            libraries=there.libraries,
            cycles=there.cycles,
            layouts=there.kits.layouts,
            pools=_pools(session, keys),
            loads=reads,
            unusable=_unusable(session, keys),
            today=auth_queries.laboratory_day(session),
            flow_cell=said.flow_cell if said else "",
            reagents_expire_on=said.reagents_expire_on if said else None,
            sheet_errors=_errors(draft, collide=bool(collide)),
            kits=reference_queries.kit_indexes(session),
            is_patterned=make is not None and make.is_patterned,
            low_diversity_phix=make.low_diversity_phix_percent if make else None,
            is_indexed=draft is None or draft.dialect is not Dialect.ONT,
            operator=_operator(session, there),
        )
    )


def _operator(session: Session, there: OnRun) -> Operator | None:
    seen = session.get(RunLoadingCheck, there.run.id)
    if seen is None:
        return None
    by_planner = seen.checked_by is not None and seen.checked_by == there.run.created_by
    return Operator(seen.checked_by_name, seen.lanes_sha256 == there.digest, by_planner)


def _errors(draft: Draft | None, *, collide: bool) -> list[str]:
    """Say what a demultiplexer would refuse; ``collide``: lanes collide by their own check."""
    if draft is None:
        return []
    found = [
        f"Line {each.line}: {each.message}" if each.line else each.message
        for each in draft.seen.findings
        # Collisions have a check of their own, which knows the lanes' pools; settings of the recipe
        # may forgive more mismatches than it does.
        if each.severity is Severity.ERROR and not (collide and each.code == _COLLISION)
    ]
    more = len(found) - _MOST_SHEET_ERRORS
    return found[:_MOST_SHEET_ERRORS] + ([f"And {more} more errors."] if more > 0 else [])


def _pools(session: Session, keys: set[PoolId]) -> list[PoolFact]:
    rows = session.execute(
        select(
            LibraryPool.id,
            LibraryPool.number,
            LibraryPool.phix_percent,
            LibraryPool.target_nm,
        )
        .where(LibraryPool.id.in_(keys))
        .order_by(LibraryPool.number)
    )
    asked = _asked_phix(session, keys)
    return [
        PoolFact(
            code=pool_code(number),
            phix_percent=phix,
            molarity_nm=molarity,
            asked_phix=asked[key],
        )
        for key, number, phix, molarity in rows
    ]


def _asked_phix(session: Session, keys: set[PoolId]) -> defaultdict[UUID, dict[str, Decimal]]:
    """Return by pool the least PhiX of each assay that its libraries were asked with, by name."""
    rows = session.execute(
        select(PoolMember.pool_id, SequencingRequest.assay)
        .join(SequencingRequest, SequencingRequest.id == PoolMember.request_id)
        .where(PoolMember.pool_id.in_(keys), SequencingRequest.assay != "")
        .group_by(PoolMember.pool_id, SequencingRequest.assay)
        .order_by(SequencingRequest.assay)
    ).all()
    known = reference_queries.every_assay(session) if rows else {}
    found: defaultdict[UUID, dict[str, Decimal]] = defaultdict(dict)
    for pool_id, key in rows:
        if (assay := known.get(key)) is not None:
            found[pool_id][assay.name] = assay.content.phix_percent
    return found


def _unusable(session: Session, keys: set[PoolId]) -> list[str]:
    requests: set[UUID] = pool_queries.requests_of_pools(session, keys)
    return [
        sentence for found in queries.unusable_of(session, requests).values() for sentence in found
    ]
