"""What follows from the loaded rows: occupancy by day, and the audit entries of the load."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

DAYS = 90

# Counted from the placements themselves, so that history and box maps cannot disagree.
# What was placed before the first day is counted as placed on it: the running sum begins there.
_OCCUPANCY = text("""
INSERT INTO occupancy_snapshot (unit_id, taken_on, temperature_class, used, capacity)
WITH boxes AS (
    SELECT id, unit_id, capacity FROM storage_node WHERE kind IN ('box', 'plate')
), room AS (
    SELECT unit_id, sum(capacity) AS capacity FROM boxes GROUP BY unit_id
), steps AS (
    SELECT b.unit_id, greatest(p.placed_at::date, CAST(:first AS date)) AS on_day, 1 AS step
    FROM placement p JOIN boxes b ON b.id = p.box_id
    UNION ALL
    SELECT b.unit_id, greatest(p.removed_at::date, CAST(:first AS date)), -1
    FROM placement p JOIN boxes b ON b.id = p.box_id WHERE p.removed_at IS NOT NULL
), daily AS (
    SELECT unit_id, on_day, sum(step) AS net FROM steps GROUP BY unit_id, on_day
), days AS (
    SELECT generate_series(CAST(:first AS date), CAST(:last AS date), '1 day')::date AS on_day
)
SELECT u.id, d.on_day, u.temperature_class,
       sum(coalesce(daily.net, 0)) OVER (PARTITION BY u.id ORDER BY d.on_day), room.capacity
FROM storage_node u JOIN room ON room.unit_id = u.id CROSS JOIN days d
LEFT JOIN daily ON daily.unit_id = u.id AND daily.on_day = d.on_day
WHERE u.kind = 'unit'
""")

# Everything that holds from the registration on. Custody, place and verdict came later, and the
# load kept no entry of when.
_AUDIT = text("""
INSERT INTO audit_entry (actor_name, origin, request_id, action, entity, entity_id, new_values)
SELECT 'Demonstration loader', 'import', :request, 'samples.sample_registered', 'sample', s.id,
       jsonb_build_object('barcode', s.barcode, 'material_type', s.material_type,
                          'temperature_class', s.temperature_class, 'volume_ul', s.volume_ul,
                          'project_code', p.code, 'name', s.name, 'subject_code', s.subject_code,
                          'container_type', s.container_type, 'priority', s.priority,
                          'biosafety_level', s.biosafety_level, 'collected_on', s.collected_on,
                          'concentration_ng_per_ul', s.concentration_ng_per_ul,
                          'rin', s.rin, 'din', s.din, 'is_backup', s.is_backup)
    || jsonb_build_object('parent_barcode', parent.barcode, 'external_id', s.external_id,
                          'a260_280', s.a260_280, 'a260_230', s.a260_230,
                          'index_i7', s.index_i7, 'index_i5', s.index_i5,
                          'received_at', s.received_at, 'lifecycle', 'received',
                          'freeze_thaw_count', s.freeze_thaw_count, 'expires_on', s.expires_on,
                          'consent', NULL, 'sprec', NULL, 'submitter', s.submitter,
                          'analysis', s.analysis, 'notes', s.notes, 'attributes', s.attributes,
                          'envelope', CAST(:envelope AS text))
FROM sample s JOIN project p ON p.id = s.project_id
LEFT JOIN sample parent ON parent.id = s.parent_id
ORDER BY s.id
""")


def write_occupancy(session: Session, now: datetime) -> int:
    """Write each unit's occupancy at the end of each of the last DAYS days; return the rows."""
    span = {"first": (now - timedelta(days=DAYS)).date(), "last": (now - timedelta(days=1)).date()}
    return _rows(session.execute(_OCCUPANCY, span))


def write_audit(session: Session, envelope: UUID) -> int:
    """Write one audit entry a loaded sample, under one envelope; return the rows."""
    return _rows(
        session.execute(_AUDIT, {"request": f"seed-{envelope}"[:64], "envelope": str(envelope)})
    )


def _rows(result: object) -> int:
    count: int = getattr(result, "rowcount", 0)
    return count
