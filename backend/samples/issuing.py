"""Giving tubes their codes, and judging codes that tubes bring along. See codes.py, service.py."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from backend.core import barcodes, clock
from backend.core.errors import Conflict, InvalidInput, NotFound
from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession, WriteSession
from backend.events import service as events_service
from backend.samples import codes
from backend.samples.code_events import (
    CodePolicySet,
    CodeSeriesSet,
    TubeRangeAdded,
    TubeRangeClosed,
)
from backend.samples.code_models import CodePolicy, CodeSeries, TubeRange
from backend.samples.code_views import CodeSeriesView, TubeRangeView
from backend.samples.codes import CodeRules, ForeignCodes, Series, Tubes
from backend.samples.ids import MaterialType
from backend.samples.models import Sample

_POLICY_KEY = UUID(int=1)


def list_series(session: ReadSession) -> list[CodeSeriesView]:
    """Return the laboratory's series by prefix."""
    rows = session.scalars(select(CodeSeries).order_by(CodeSeries.prefix))
    return [
        CodeSeriesView(id=row.id, created_at=row.created_at, series=_series(row)) for row in rows
    ]


def next_numbers(session: ReadSession) -> dict[str, int]:
    """Return the number that each series gives out next, by prefix."""
    prefixes = {_sequence(each): each for each in session.scalars(select(CodeSeries.prefix))}
    rows = session.execute(
        text(
            "SELECT sequencename, coalesce(last_value + 1, start_value) FROM pg_sequences "
            "WHERE schemaname = current_schema() AND sequencename = ANY(:names)"
        ),
        {"names": list(prefixes)},
    )
    return {prefixes[name]: int(number) for name, number in rows}


def list_tube_ranges(session: ReadSession) -> list[TubeRangeView]:
    """Return the ranges of bought tubes, newest first, with how many of each are in use."""
    rows = session.scalars(select(TubeRange).order_by(TubeRange.created_at.desc()))
    return [_range_view(session, row) for row in rows]


def foreign_codes(session: ReadSession) -> ForeignCodes:
    """Return which codes from elsewhere the laboratory takes."""
    return session.scalar(select(CodePolicy.foreign_codes)) or ForeignCodes.ANY


def set_series(
    session: WriteSession,
    principal: Principal,
    *,
    prefix: str,
    digits: int,
    material_types: Sequence[MaterialType] = (),
    is_active: bool = True,
    start_at: int = 1,
) -> UUID:
    """Make a series of codes, or change which materials take their codes from it.

    ``start_at`` is the number that a new series begins with.

    Raises:
        InvalidInput: prefix, digits or first number will not do.
        Conflict: the series exists with another number of digits; its codes are on tubes.
    """
    principal.require(Permission.LABELS_CONFIGURE)
    prefix = prefix.strip().upper()
    faults = codes.series_faults(prefix, digits)
    if not 0 < start_at < 10**digits:
        faults["start_at"] = f"Start between 1 and {10**digits - 1:,}."
    if faults:
        raise InvalidInput("The series cannot be made yet.", fields=faults)
    series = session.scalars(select(CodeSeries).where(CodeSeries.prefix == prefix)).one_or_none()
    if series is not None and series.digits != digits:
        raise Conflict(
            f"Series {prefix} has {series.digits} digits, and tubes carry its codes. "
            "Choose another prefix."
        )
    if series is None:
        series = CodeSeries(
            prefix=prefix, digits=digits, material_types=[], created_by=principal.user_id
        )
        session.add(series)
        # The prefix is capitals and digits only, so the name needs no quoting of strangers' text.
        session.execute(text(f"CREATE SEQUENCE {_sequence(prefix)} START {int(start_at)}"))
    series.material_types = [material.value for material in material_types]
    series.is_active = is_active
    session.flush()
    event = CodeSeriesSet(
        aggregate_id=series.id,
        prefix=prefix,
        digits=digits,
        material_types=series.material_types,
        is_active=is_active,
    )
    events_service.record(session, principal, event)
    return series.id


def add_tube_range(
    session: WriteSession, principal: Principal, *, first: str, last: str, note: str = ""
) -> UUID:
    """Register tubes that came with codes on them, by scanning the first and the last.

    Raises:
        InvalidInput: the two codes span no range.
        Conflict: some of them belong to another range.
    """
    principal.require(Permission.LABELS_CONFIGURE)
    tubes = codes.tubes_between(barcodes.tidy(first), barcodes.tidy(last))
    if isinstance(tubes, str):
        raise InvalidInput(tubes, fields={"last": tubes})
    # Two people with one delivery: the second waits here and then sees the first one's range.
    session.execute(text("LOCK TABLE tube_range IN SHARE ROW EXCLUSIVE MODE"))
    overlap = select(TubeRange).where(
        TubeRange.stem == tubes.stem,
        TubeRange.digits == tubes.digits,
        TubeRange.first_number <= tubes.last,
        TubeRange.last_number >= tubes.first,
        TubeRange.closed_at.is_(None),
    )
    if (other := session.scalars(overlap.limit(1)).one_or_none()) is not None:
        seen = _tubes(other)
        raise Conflict(
            f"The range {seen.code(seen.first)} to {seen.code(seen.last)} holds some of these "
            "tubes already. Close it, or scan tubes of the new delivery."
        )
    row = TubeRange(
        stem=tubes.stem,
        digits=tubes.digits,
        first_number=tubes.first,
        last_number=tubes.last,
        note=note.strip()[:200],
        created_by=principal.user_id,
        created_by_name=principal.name,
    )
    session.add(row)
    session.flush()
    added = TubeRangeAdded(
        aggregate_id=row.id, first=tubes.code(tubes.first), last=tubes.code(tubes.last)
    )
    events_service.record(session, principal, added)
    return row.id


def close_tube_range(
    session: WriteSession, principal: Principal, *, range_id: UUID, reason: str
) -> None:
    """Take no more tubes from a range; those registered stay as they are.

    Raises:
        NotFound: no such open range.
        InvalidInput: no reason is given.
    """
    principal.require(Permission.LABELS_CONFIGURE)
    if not reason.strip():
        sentence = "Write why no more of these tubes are taken."
        raise InvalidInput(sentence, fields={"reason": sentence})
    row = session.get(TubeRange, range_id, with_for_update=True)
    if row is None or row.closed_at is not None:
        raise NotFound("There is no such open range of tubes. Look at the list again.")
    row.closed_at = clock.utc_now()
    session.flush()
    closed = TubeRangeClosed(aggregate_id=row.id, first=_tubes(row).code(row.first_number))
    events_service.record(session, principal, closed, reason=reason.strip())


def set_foreign_codes(session: WriteSession, principal: Principal, accepted: ForeignCodes) -> None:
    """Say which codes from elsewhere registrations take from now on."""
    principal.require(Permission.LABELS_CONFIGURE)
    before = foreign_codes(session)
    session.execute(
        insert(CodePolicy)
        .values(is_only=True, foreign_codes=accepted)
        .on_conflict_do_update(
            index_elements=["is_only"], set_={"foreign_codes": accepted, "updated_at": func.now()}
        )
    )
    event = CodePolicySet(aggregate_id=_POLICY_KEY, foreign_codes=accepted.value)
    events_service.record(session, principal, event, old={"foreign_codes": before.value})


def new_codes(session: ReadSession, material: MaterialType, count: int) -> list[str]:
    """Return that many unused codes of the material's series; none where it has no series.

    Safe between transactions: a number is given out once, whatever becomes of the registration.

    Raises:
        Conflict: the series has come to its last number.
    """
    series = codes.series_for([each.series for each in list_series(session)], material)
    if series is None:
        return []
    made: list[str] = []
    while len(made) < count:
        numbers = session.scalars(
            select(func.nextval(_sequence(series.prefix))).select_from(
                func.generate_series(1, count - len(made)).alias("n")
            )
        ).all()
        if max(numbers) >= 10**series.digits:
            raise Conflict(
                f"Series {series.prefix} has come to its last number. Set up a series with "
                "another prefix."
            )
        fresh = [codes.code_of(series, number) for number in numbers]
        taken = set(
            session.scalars(select(Sample.barcode).where(Sample.barcode == func.any(fresh)))
        )
        made += [code for code in fresh if code not in taken]
    return made


def code_rules(session: ReadSession) -> CodeRules:
    """Return by what the laboratory judges codes that tubes bring along, as it stands now."""
    is_any = foreign_codes(session) is ForeignCodes.ANY
    open_rows = select(TubeRange).where(TubeRange.closed_at.is_(None))
    return CodeRules(
        series=tuple(each.series for each in list_series(session)),
        ranges=None if is_any else tuple(map(_tubes, session.scalars(open_rows))),
    )


def _sequence(prefix: str) -> str:
    return f"code_number_{prefix.lower()}"


def _series(row: CodeSeries) -> Series:
    return Series(
        prefix=row.prefix,
        digits=row.digits,
        material_types=tuple(MaterialType(each) for each in row.material_types),
        is_active=row.is_active,
    )


def _tubes(row: TubeRange) -> Tubes:
    return Tubes(stem=row.stem, digits=row.digits, first=row.first_number, last=row.last_number)


def _range_view(session: ReadSession, row: TubeRange) -> TubeRangeView:
    tubes = _tubes(row)
    # Codes of one length between two others of one stem: a range of the barcode's unique index.
    inside = (
        Sample.barcode.between(tubes.code(tubes.first), tubes.code(tubes.last)),
        func.length(Sample.barcode) == len(tubes.stem) + tubes.digits,
    )
    used = session.scalar(select(func.count()).select_from(Sample).where(*inside))
    return TubeRangeView(
        id=row.id,
        tubes=tubes,
        used=used or 0,
        note=row.note,
        created_by_name=row.created_by_name,
        created_at=row.created_at,
        closed_at=row.closed_at,
    )
