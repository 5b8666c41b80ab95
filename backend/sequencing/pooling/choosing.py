"""What goes into a pool: libraries of open requests, and mixed pools with theirs."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Sample
from backend.sequencing import following, pool_queries
from backend.sequencing import queries as board_queries
from backend.sequencing.codes import pool_code, request_code
from backend.sequencing.ids import PoolState, RequestState
from backend.sequencing.models import RequestSample, SequencingRequest
from backend.sequencing.pool_models import LibraryPool, PoolMember
from backend.sequencing.pooling import queries
from backend.sequencing.pooling.errors import PoolRefused
from backend.sequencing.pooling.schemas import PoolIn

_OVER = (RequestState.DONE, RequestState.CANCELLED)
_REQUEST = re.compile(r"SQ-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A library of a request that goes into a pool."""

    request_id: UUID
    sample_id: UUID
    barcode: str
    reads_millions: Decimal


@dataclass(frozen=True, slots=True)
class _Asked:
    """A library of an open request, and the pool that has it already."""

    library: Chosen
    request: str
    pooled_in: str | None


def choose(
    session: WriteSession, principal: Principal, pool: PoolIn
) -> tuple[list[Chosen], dict[str, list[Chosen]]]:
    """Return the libraries that are asked for, and those of mixed pools by the pools' codes.

    The requests stay locked, so that two people do not pool a library at once.

    Raises:
        PoolRefused: with every reason at once: libraries that nobody asked for, that are pooled
            already or would come in twice, requests and pools that are not there or not mixed.
    """
    found = _asked(session, principal, pool)
    problems = _library_problems(found, pool.libraries) | _request_problems(found, pool.requests)
    chosen = [each.library for each in found if each.pooled_in is None]
    inner, missing = _pools(session, principal, pool.pools)
    problems |= missing | _twice(chosen, inner)
    if not problems and not chosen and not inner:
        problems["libraries"] = "Choose libraries, requests or pools that go into it."
    if problems:
        raise PoolRefused(problems)
    return chosen, inner


def _asked(session: WriteSession, principal: Principal, pool: PoolIn) -> list[_Asked]:
    visible = (
        board_queries.visible_requests(principal)
        .where(SequencingRequest.state.not_in(_OVER))
        .with_only_columns(SequencingRequest.id)
    )
    numbers = [int(found[1]) for code in pool.requests if (found := _REQUEST.fullmatch(code))]
    rows = session.execute(
        select(
            SequencingRequest.id,
            RequestSample.sample_id,
            Sample.barcode,
            SequencingRequest.reads_millions,
            SequencingRequest.number,
        )
        .join(RequestSample, RequestSample.request_id == SequencingRequest.id)
        .join(Sample, Sample.id == RequestSample.sample_id)
        .where(SequencingRequest.id.in_(visible))
        .where(Sample.barcode.in_(pool.libraries) | SequencingRequest.number.in_(numbers))
        .order_by(SequencingRequest.number, RequestSample.place)
    ).all()
    following.lock_requests(session, {row[0] for row in rows})
    pooled = _pooled(session, {row[1] for row in rows})
    return [
        _Asked(
            Chosen(request_id, sample_id, barcode, reads),
            request_code(number),
            pooled.get((request_id, sample_id)),
        )
        for request_id, sample_id, barcode, reads, number in rows
    ]


def _library_problems(found: Sequence[_Asked], barcodes: Sequence[str]) -> dict[str, str]:
    problems = {}
    for barcode in barcodes:
        asked = [each for each in found if each.library.barcode == barcode]
        if not asked:
            problems[barcode] = f"{barcode} is in no open request of yours. Request it first."
        elif all(each.pooled_in for each in asked):
            code = asked[0].pooled_in
            problems[barcode] = f"{barcode} is in {code} already. Cancel that pool first."
    return problems


def _request_problems(found: Sequence[_Asked], codes: Sequence[str]) -> dict[str, str]:
    problems = {}
    for code in codes:
        asked = [each for each in found if each.request == code]
        if not asked:
            problems[code] = f"{code} is no open request of yours. Check its number."
        elif all(each.pooled_in for each in asked):
            problems[code] = f"Every library of {code} is in a pool already."
    return problems


def _pooled(session: Session, samples: Collection[UUID]) -> dict[tuple[UUID, UUID], str]:
    rows = session.execute(
        select(PoolMember.request_id, PoolMember.sample_id, LibraryPool.number)
        .join(LibraryPool, LibraryPool.id == PoolMember.pool_id)
        .where(PoolMember.sample_id.in_(samples), LibraryPool.state != PoolState.CANCELLED)
        .order_by(LibraryPool.number)
    )
    return {(request, sample): pool_code(number) for request, sample, number in rows}


def _pools(
    session: Session, principal: Principal, codes: Sequence[str]
) -> tuple[dict[str, list[Chosen]], dict[str, str]]:
    numbers = [queries.number_of(code) for code in codes]
    statement = pool_queries.visible_pools(principal).where(LibraryPool.number.in_(numbers))
    visible = {pool_code(each.number): each for each in session.scalars(statement)}
    found: dict[str, list[Chosen]] = {}
    problems = {}
    for code in codes:
        pool = visible.get(code)
        if pool is None or pool.state is PoolState.CANCELLED:
            problems[code] = f"{code} is no pool of yours. Check its number."
        elif pool.sample_id is None:
            problems[code] = f"{code} has no tube yet. Make it first."
        else:
            found[code] = members_of(session, pool.id)
    return found, problems


def members_of(session: Session, pool_id: UUID) -> list[Chosen]:
    """Return the libraries of a pool in its order."""
    rows = session.execute(
        select(
            PoolMember.request_id,
            PoolMember.sample_id,
            Sample.barcode,
            PoolMember.reads_millions,
        )
        .join(Sample, Sample.id == PoolMember.sample_id)
        .where(PoolMember.pool_id == pool_id)
        .order_by(PoolMember.place)
    )
    return [Chosen(request, sample, barcode, reads) for request, sample, barcode, reads in rows]


def _twice(chosen: Sequence[Chosen], inner: Mapping[str, Sequence[Chosen]]) -> dict[str, str]:
    codes = [each.barcode for each in chosen]
    codes += [each.barcode for libraries in inner.values() for each in libraries]
    return {
        code: f"{code} would be in the pool twice. Name it once."
        for code in sorted(set(codes))
        if codes.count(code) > 1
    }
