"""The statements of a batch registration: a temporary table for its checks, and COPY for the rest.

Only what the checks ask about is staged. A sample's row and its audit entry are written out once
and go where they stay.
"""

from sqlalchemy import text

STAGED = (
    "ord",
    "id",
    "barcode",
    "project_code",
    "project_id",
    "external_id",
    "parent_barcode",
    "refused",
)

# The lists are sorted into their order; a batch's few MB need not go over the disk for it.
ROOM = text("SET LOCAL work_mem = '64MB'")
CREATE = text("""
CREATE TEMPORARY TABLE staged_sample (
    ord int4, id uuid, barcode text, project_code text, project_id uuid, external_id text,
    parent_barcode text, refused boolean NOT NULL
) ON COMMIT DROP
""")
# Not TRUNCATE, which makes the file anew each time: 50 ms for a part.
EMPTY = text("DELETE FROM staged_sample")
DROP = text("DROP TABLE staged_sample")
COPY = f"COPY staged_sample ({', '.join(STAGED)}) FROM STDIN"

# One row per refused registration, its first reason in the order a person would fix them. The
# first of two equal codes in a list is kept. Marking and reporting are one statement. Joins, not
# subqueries: where few samples had an external ID so far, the planner takes the index of those for
# empty and has each row of the list go through all of it.
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

PARENTS = text("""
SELECT s.ord, p.id, coalesce(p.family_id, p.id) AS family_id
FROM staged_sample s JOIN sample p ON p.barcode = s.parent_barcode WHERE NOT s.refused
""")

GIVEN = (
    "id",
    "barcode",
    "project_id",
    "name",
    "external_id",
    "subject_code",
    "material_type",
    "temperature_class",
    "container_type",
    "biosafety_level",
    "volume_ul",
    "concentration_ng_per_ul",
    "a260_280",
    "a260_230",
    "rin",
    "din",
    "index_i7",
    "index_i5",
    "collected_on",
    "received_at",
    "submitter",
    "priority",
    "analysis",
    "notes",
    "attributes",
    "is_backup",
    "lifecycle",
)
"""Columns of a sample that differ from row to row."""

SAMPLES = (
    f"COPY sample ({', '.join(GIVEN)}, parent_id, family_id, custody, qc_verdict, import_id, "
    "created_by) FROM STDIN"
)
AUDIT = (
    "COPY audit_entry (actor_id, actor_name, origin, request_id, action, entity, entity_id, "
    "new_values) FROM STDIN"
)

TRANSITIONS = text("""
INSERT INTO sample_transition
    (id, sample_id, project_id, action, from_status, to_status, at, age_s, actor_name)
SELECT uuidv7(), id, project_id, 'register', NULL, 'pending', clock_timestamp(), 0,
    :actor_name
FROM staged_sample WHERE NOT refused ORDER BY ord
""")
