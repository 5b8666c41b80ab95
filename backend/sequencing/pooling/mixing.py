"""Mixing a pool: every tube gives its volume, the pool's tube is made, or nothing happens."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import WriteSession
from backend.events import service as events_service
from backend.samples import service as samples_service
from backend.samples.making_schemas import Pooling, PoolPart
from backend.samples.models import Sample
from backend.samples.views import Registered
from backend.samples.volume_rules import shares, shown
from backend.sequencing import following, pool_queries
from backend.sequencing.ids import PoolState
from backend.sequencing.pool_models import LibraryPool, PoolMember
from backend.sequencing.pooling import queries
from backend.sequencing.pooling import settings as kept
from backend.sequencing.pooling.drafting import lock_pool, refuse_closed
from backend.sequencing.pooling.errors import PoolNotMade
from backend.sequencing.pooling.events import PoolMade
from backend.sequencing.pooling.recipe import Line, Recipe
from backend.sequencing.pooling.schemas import PoolReadyIn
from backend.sequencing.pooling.views import PoolView

_LEAST_SHARE = Decimal("0.000001")


def make_pool(
    session: WriteSession, principal: Principal, *, code: str, ready: PoolReadyIn
) -> PoolView:
    """Draw each tube's volume, register the pool's tube, and keep the recipe as it was pipetted.

    The board's cards follow: a library in a mixed pool is pooled. Everything happens in one
    transaction.

    Raises:
        PoolNotFound: no such pool, or not visible to the principal.
        PoolClosed: it is mixed or cancelled already.
        PoolNotMade: something stands against it; every reason is named.
        DrawRefused, RegistrationRefused, BarcodeTaken, ProjectClosed: as in making samples.
    """
    principal.require(Permission.SEQUENCING_PREPARE)
    pool = lock_pool(session, principal, code)
    refuse_closed(session, pool)
    view = queries.view_of(session, pool)
    recipe = _checked(view)
    made = samples_service.make_pool(
        session,
        principal,
        pooling=Pooling(
            name=f"{view.code} {view.name}".strip(),
            parts=_parts(recipe.lines),
            temperature_class=ready.temperature_class,
            project_code=ready.project_code or _only(view.project_codes),
            barcode=ready.barcode,
        ),
    )
    _fill_up(session, principal, made, view, recipe)
    _keep(session, pool, view, recipe)
    pool.sample_id, pool.state = made.id, PoolState.READY
    pool.version += 1
    event = PoolMade(
        aggregate_id=pool.id, code=view.code, barcode=made.barcode, tubes=len(recipe.lines)
    )
    told = {"state": pool.state.value, "tube": made.barcode, "recipe": pool.recipe}
    events_service.record(session, principal, event, old={"state": view.state.value}, new=told)
    following.follow(session, principal, pool_queries.requests_of_pools(session, [pool.id]))
    return queries.view_of(session, pool)


def _checked(view: PoolView) -> Recipe:
    """Return the recipe of a pool that nothing stands against."""
    reasons = [finding.sentence for finding in view.findings if finding.is_error]
    if len(view.parts) == 1:
        only = view.parts[0].barcode
        reasons.append(f"Only {only} is in it. Load that tube as it is, or pool more libraries.")
    if reasons or view.recipe is None:
        raise PoolNotMade(view.code, reasons or ["It has no libraries."])
    return view.recipe


def _parts(lines: Sequence[Line]) -> tuple[PoolPart, ...]:
    """Return what leaves each tube, with its share of the pool's molecules."""
    given = shares([max(line.achieved_share, _LEAST_SHARE) for line in lines])
    return tuple(
        PoolPart(barcode=line.name, volume_ul=line.drawn_ul, proportion=share)
        for line, share in zip(lines, given, strict=True)
    )


def _fill_up(
    session: WriteSession, principal: Principal, made: Registered, view: PoolView, recipe: Recipe
) -> None:
    """Write down what the tube holds beside its libraries: buffer, PhiX, dilutions' diluent."""
    drawn = sum((line.drawn_ul for line in recipe.lines), Decimal(0))
    if drawn == view.target_ul:
        return
    samples_service.correct_volume(
        session,
        principal,
        sample_id=made.id,
        measured_ul=view.target_ul,
        reason=f"Mixed as {view.code}: {shown(recipe.buffer_ul)} µL of buffer and "
        f"{shown(recipe.phix_ul)} µL of PhiX added.",
    )


def _keep(session: WriteSession, pool: LibraryPool, view: PoolView, recipe: Recipe) -> None:
    pool.target_nm, pool.target_ul = view.target_nm, view.target_ul
    pool.recipe = kept.written(view.settings, recipe)
    lines = {line.name: line for line in recipe.lines}
    members = session.execute(
        select(PoolMember, Sample.barcode)
        .join(Sample, Sample.id == PoolMember.sample_id)
        .where(PoolMember.pool_id == pool.id)
    ).all()
    for member, barcode in members:
        if (line := lines.get(barcode)) is not None:
            member.molarity_nm = line.molarity_nm.quantize(Decimal("0.0001"))
            member.volume_ul = line.drawn_ul
    session.flush()


def _only(codes: Sequence[str]) -> str | None:
    return codes[0] if len(codes) == 1 else None
