"""The statements of a batch registration: a temporary table, its checks, and the way out of it."""

from sqlalchemy import text

_COLUMNS: tuple[tuple[str, str], ...] = (
    ("ord", "int4"),
    ("id", "uuid"),
    ("barcode", "text"),
    ("project_code", "text"),
    ("project_id", "uuid"),
    ("name", "text"),
    ("external_id", "text"),
    ("subject_code", "text"),
    ("material_type", "text"),
    ("temperature_class", "text"),
    ("container_type", "text"),
    ("biosafety_level", "int4"),
    ("volume_ul", "numeric"),
    ("concentration_ng_per_ul", "numeric"),
    ("a260_280", "numeric"),
    ("a260_230", "numeric"),
    ("rin", "numeric"),
    ("din", "numeric"),
    ("index_i7", "text"),
    ("index_i5", "text"),
    ("collected_on", "date"),
    ("received_at", "timestamptz"),
    ("submitter", "text"),
    ("priority", "text"),
    ("analysis", "text"),
    ("notes", "text"),
    ("attributes", "jsonb"),
    ("parent_barcode", "text"),
    ("is_backup", "bool"),
    ("lifecycle", "text"),
    ("audited", "jsonb"),
)

NAMES = [*(name for name, _ in _COLUMNS), "refused"]

# The lists are sorted into their order; a batch's few MB need not go over the disk for it.
ROOM = text("SET LOCAL work_mem = '64MB'")
CREATE = text(
    "CREATE TEMPORARY TABLE staged_sample ("
    + ", ".join(f"{name} {kind}" for name, kind in _COLUMNS)
    + ", refused boolean NOT NULL DEFAULT false) ON COMMIT DROP"
)
EMPTY = text("TRUNCATE staged_sample")
DROP = text("DROP TABLE staged_sample")
COPY = f"COPY staged_sample ({', '.join(NAMES)}) FROM STDIN"

# One row per refused registration, its first reason in the order a person would fix them. The
# first of two equal codes in a list is kept. Marking and reporting are one statement.
REFUSED = text("""
WITH numbered AS (
    SELECT s.ord, s.project_id, s.project_code, s.barcode, s.external_id, s.parent_barcode,
           row_number() OVER (PARTITION BY s.barcode ORDER BY s.ord) AS barcode_turn,
           CASE WHEN s.external_id IS NULL THEN 1 ELSE
             row_number() OVER (PARTITION BY s.project_id, lower(s.external_id) ORDER BY s.ord)
           END AS external_turn
    FROM staged_sample s WHERE NOT s.refused
), judged AS (
    SELECT n.ord,
        CASE
            WHEN n.project_id IS NULL THEN ARRAY['project_code', 'unknown', n.project_code]
            WHEN n.barcode_turn > 1 THEN ARRAY['barcode', 'repeated', n.barcode]
            WHEN b.id IS NOT NULL THEN ARRAY['barcode', 'taken', n.barcode]
            WHEN n.external_turn > 1 THEN ARRAY['external_id', 'repeated', n.external_id]
            WHEN e.id IS NOT NULL THEN ARRAY['external_id', 'taken', n.external_id]
            WHEN n.parent_barcode IS NOT NULL AND p.id IS NULL
                THEN ARRAY['parent_barcode', 'unknown', n.parent_barcode]
        END AS verdict
    FROM numbered n
    LEFT JOIN sample b ON b.barcode = n.barcode
    LEFT JOIN sample e
        ON e.project_id = n.project_id AND lower(e.external_id) = lower(n.external_id)
        AND n.external_id IS NOT NULL AND e.external_id IS NOT NULL
    LEFT JOIN sample p ON p.barcode = n.parent_barcode
), marked AS (
    UPDATE staged_sample s SET refused = true
    FROM judged j WHERE j.ord = s.ord AND j.verdict IS NOT NULL
)
SELECT ord, verdict[1] AS field, verdict[2] AS why, verdict[3] AS seen
FROM judged WHERE verdict IS NOT NULL ORDER BY ord
""")

REFUSE = text("UPDATE staged_sample SET refused = true WHERE ord = ANY(:rows)")

_NOT_KEPT = {"ord", "project_code", "parent_barcode", "audited"}
_KEPT = ", ".join(name for name, _ in _COLUMNS if name not in _NOT_KEPT)
_FROM = ", ".join(f"s.{name}" for name, _ in _COLUMNS if name not in _NOT_KEPT)

INSERT = text(f"""
INSERT INTO sample ({_KEPT}, custody, qc_verdict, parent_id, family_id,
    import_id, created_by)
SELECT {_FROM}, 'not_placed', 'none', p.id,
    coalesce(p.family_id, p.id), CAST(:import_id AS uuid), CAST(:created_by AS uuid)
FROM staged_sample s LEFT JOIN sample p ON p.barcode = s.parent_barcode
WHERE NOT s.refused ORDER BY s.ord
""")  # noqa: S608 the names are the literals above

TRANSITIONS = text("""
INSERT INTO sample_transition
    (id, sample_id, project_id, action, from_status, to_status, at, age_s, actor_name)
SELECT uuidv7(), id, project_id, 'register', NULL, 'pending', clock_timestamp(), 0,
    :actor_name
FROM staged_sample WHERE NOT refused ORDER BY ord
""")

AUDIT = text("""
INSERT INTO audit_entry
    (actor_id, actor_name, origin, request_id, action, entity, entity_id, new_values)
SELECT CAST(:actor_id AS uuid), :actor_name, :origin, :request_id, 'samples.sample_registered',
    'sample', id, audited
FROM staged_sample s WHERE NOT refused ORDER BY ord
""")
