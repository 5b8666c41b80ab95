"""The statements of a batch registration: a temporary table for its checks, and COPY for the rest.

Only what the checks ask about is staged, and only of parts that need them. A sample's row, its
first step and its audit entry are written out once and go where they stay.
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
CREATE TEMPORARY TABLE IF NOT EXISTS staged_sample (
    ord int4, id uuid, barcode text, project_code text, project_id uuid, external_id text,
    parent_barcode text, refused boolean NOT NULL
) ON COMMIT DROP
""")
# Not TRUNCATE, which makes the file anew each time: 50 ms for a part.
EMPTY = text("DELETE FROM staged_sample")
COPY = f"COPY staged_sample ({', '.join(STAGED)}) FROM STDIN"

# One row per refused registration, its first reason in the order a person would fix them. The
# first of two equal codes in a list is kept. Marking and reporting are one statement. What has a
# unique index is asked for by a list of codes: in one transaction the planner still holds a project
# that has just been filled for empty, and a join reads all of it again for each part. External IDs
# are joined: by a list they may be looked for along another index of the project, row by row.
REFUSED = text("""
WITH listed AS MATERIALIZED (
    SELECT ord, project_id, project_code, barcode, external_id, parent_barcode,
           lower(external_id) COLLATE "C" AS folded
    FROM staged_sample WHERE NOT refused
), twice AS (
    SELECT barcode, min(ord) AS first FROM listed GROUP BY barcode HAVING count(*) > 1
), named_twice AS (
    SELECT project_id, folded, min(ord) AS first FROM listed
    WHERE folded IS NOT NULL GROUP BY project_id, folded HAVING count(*) > 1
), taken AS MATERIALIZED (
    SELECT barcode FROM sample WHERE barcode = ANY(ARRAY(SELECT barcode FROM listed))
), parents AS MATERIALIZED (
    SELECT barcode FROM sample WHERE barcode = ANY(
        ARRAY(SELECT parent_barcode FROM listed WHERE parent_barcode IS NOT NULL))
), judged AS (
    SELECT n.ord,
        CASE
            WHEN n.project_id IS NULL THEN ARRAY['project_code', 'unknown', n.project_code]
            WHEN n.ord > t.first THEN ARRAY['barcode', 'repeated', n.barcode]
            WHEN b.barcode IS NOT NULL THEN ARRAY['barcode', 'taken', n.barcode]
            WHEN n.ord > d.first THEN ARRAY['external_id', 'repeated', n.external_id]
            WHEN e.id IS NOT NULL THEN ARRAY['external_id', 'taken', n.external_id]
            WHEN n.parent_barcode IS NOT NULL AND p.barcode IS NULL
                THEN ARRAY['parent_barcode', 'unknown', n.parent_barcode]
        END AS verdict
    FROM listed n
    LEFT JOIN twice t ON t.barcode = n.barcode
    LEFT JOIN named_twice d ON d.project_id = n.project_id AND d.folded = n.folded
    LEFT JOIN taken b ON b.barcode = n.barcode
    LEFT JOIN sample e
        ON lower(e.external_id) COLLATE "C" = n.folded AND e.project_id = n.project_id
        AND n.folded IS NOT NULL AND e.external_id IS NOT NULL
    LEFT JOIN parents p ON p.barcode = n.parent_barcode
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

STEPS = (
    "COPY sample_transition (id, sample_id, project_id, action, to_status, at, age_s, actor_name) "
    "FROM STDIN"
)
