"""Writes the drawn laboratory by COPY; every constraint and trigger holds here too."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy.orm import Session

from backend.core import ids
from backend.samples.ids import MaterialType
from backend.storage.place_kinds import HOLDERS
from db.seeds.indexes import unique_dual_indexes
from db.seeds.places import DemoNode, Shelver
from db.seeds.population import DemoSample
from db.seeds.world import CONTAINER, KEPT_AT

PLACED_BY = "Tomasz Nowak"
TRANSITION_HISTORY_DAYS = 400

_SAMPLE_COLUMNS = (
    "id, barcode, project_id, name, subject_code, material_type, temperature_class, "
    "container_type, biosafety_level, volume_ul, concentration_ng_per_ul, rin, din, "
    "index_i7, index_i5, collected_on, received_at, priority, attributes, parent_id, family_id, "
    "is_backup, lifecycle, custody, qc_verdict, state_since, created_at, updated_at"
)
_NODE_COLUMNS = (
    "id, parent_id, unit_id, kind, label, path, barcode, sort_order, temperature_class, "
    "setpoint_c, status, biosafety_level, box_rows, box_columns, capacity, used, "
    "box_slots"
)
_PLACEMENT_COLUMNS = (
    'id, sample_id, box_id, "row", "column", source, placed_at, placed_by_name, removed_at, '
    "removed_by_name, removal_reason"
)
_TRANSITION_COLUMNS = (
    "id, sample_id, project_id, action, from_status, to_status, at, age_s, actor_name"
)


def copy_rows(session: Session, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> int:
    """COPY rows into a table in the session's transaction and return how many went in."""
    connection: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]  # any driver's
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def nodes(session: Session, tree: Sequence[DemoNode]) -> None:
    """Write the storage tree; boxes start empty and the placement trigger counts them up."""
    copy_rows(session, "storage_node", _NODE_COLUMNS, (_node_row(node) for node in tree))


def _node_row(node: DemoNode) -> tuple[Any, ...]:
    barcode = f"BOX-{node.path.replace('/', '-')}" if node.kind in HOLDERS else None
    return (
        node.id,
        node.parent_id,
        node.unit_id,
        node.kind.value,
        node.label,
        node.path,
        barcode,
        node.sort_order,
        node.temperature_class.value if node.temperature_class else None,
        node.setpoint_c,
        "active",
        2,
        node.rows,
        node.columns,
        node.rows * node.columns,
        0,
        node.box_slots,
    )


def samples(
    session: Session,
    drawn: Iterable[DemoSample],
    project_ids: dict[str, UUID],
    now: datetime,
) -> int:
    """Write the samples."""
    return copy_rows(
        session, "sample", _SAMPLE_COLUMNS, (_sample_row(s, project_ids, now) for s in drawn)
    )


def _sample_row(sample: DemoSample, project_ids: dict[str, UUID], now: datetime) -> tuple[Any, ...]:
    steps = (
        sample.closed_at,
        sample.completed_at,
        sample.started_at,
        sample.placed_at,
        sample.accepted_at,
    )
    since = next((at for at in steps if at is not None), sample.created_at)
    is_rna = sample.material is MaterialType.RNA
    volume = 0.0 if sample.closed_at else sample.volume_ul
    return (
        sample.id,
        sample.barcode,
        project_ids[sample.project.code],
        f"{sample.project.code}-{sample.number:06d}",
        sample.subject_code,
        sample.material.value,
        KEPT_AT[sample.material].value,
        CONTAINER[sample.material],
        2 if sample.material in (MaterialType.BLOOD, MaterialType.TISSUE) else 1,
        volume,
        sample.concentration_ng_per_ul,
        sample.integrity if is_rna else None,
        None if is_rna else sample.integrity,
        *_indexes(sample),
        (sample.created_at - timedelta(days=1)).date(),
        sample.created_at,
        sample.priority.value,
        Jsonb({}),
        sample.parent_id,
        sample.family_id,
        sample.is_backup,
        sample.lifecycle.value,
        sample.custody.value,
        sample.qc_verdict.value,
        min(since, now),
        sample.created_at,
        min(since, now),
    )


def _indexes(sample: DemoSample) -> tuple[str | None, str | None]:
    if sample.material is not MaterialType.LIBRARY:
        return None, None
    pairs = unique_dual_indexes()
    return pairs[sample.number % len(pairs)]


def placements(session: Session, drawn: Iterable[DemoSample], shelver: Shelver) -> int:
    """Write where each placed sample stands, or stood until it was used up."""
    return copy_rows(session, "placement", _PLACEMENT_COLUMNS, _placement_rows(drawn, shelver))


def _placement_rows(drawn: Iterable[DemoSample], shelver: Shelver) -> Iterable[tuple[Any, ...]]:
    placed = (s for s in drawn if s.placed_at is not None)
    for sample in sorted(placed, key=lambda s: (s.placed_at, s.number)):
        place = shelver.next_position(KEPT_AT[sample.material])
        if place is None:
            raise RuntimeError(
                f"The zone {KEPT_AT[sample.material].value} was laid out too small for its samples."
            )
        box_id, row, column = place
        yield (
            ids.new_id(),
            sample.id,
            box_id,
            row,
            column,
            "import",
            sample.placed_at,
            PLACED_BY,
            sample.closed_at,
            PLACED_BY if sample.closed_at else None,
            "Used up" if sample.closed_at else None,
        )


def transitions(
    session: Session,
    drawn: Iterable[DemoSample],
    project_ids: dict[str, UUID],
    now: datetime,
) -> int:
    """Write each step of the samples registered in the last TRANSITION_HISTORY_DAYS."""
    since = now - timedelta(days=TRANSITION_HISTORY_DAYS)
    rows = (
        row
        for s in drawn
        if s.created_at >= since
        for row in _steps(s, project_ids[s.project.code])
    )
    return copy_rows(session, "sample_transition", _TRANSITION_COLUMNS, rows)


def _steps(sample: DemoSample, project_id: UUID) -> Iterable[tuple[Any, ...]]:
    rejected = sample.lifecycle.value == "rejected"
    failed = sample.qc_verdict.value == "fail"
    judged = "rejected" if rejected else "failed" if failed else "validated"
    chain = [
        ("register", "pending", sample.created_at),
        ("reject" if rejected else "accept", judged, sample.accepted_at),
        ("place", "in_storage", sample.placed_at),
        ("start", "in_sequencing", sample.started_at),
        ("complete", "completed", sample.completed_at),
        ("deplete", "discarded", sample.closed_at),
    ]
    before: str | None = None
    for action, status, at in chain:
        if at is None:
            continue
        age_s = (at - sample.created_at).total_seconds()
        yield (ids.new_id(), sample.id, project_id, action, before, status, at, age_s, PLACED_BY)
        before = status
