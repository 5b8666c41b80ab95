"""Searches for low amounts read an index, by the planner's own choice among many samples."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql

from backend.core.sessions import WriteSession
from backend.samples import finding_terms, listed
from backend.samples.models import Sample
from tests.factories.samples import make_project

_MANY = text("""
INSERT INTO sample (
    id, barcode, project_id, name, material_type, temperature_class, priority, lifecycle, custody,
    qc_verdict, rin, concentration_ng_per_ul
)
SELECT
    gen_random_uuid(), 'MANY-' || number, :project, 'Tube', 'rna', '-80', 'normal', 'registered',
    'not_placed', 'none', CASE WHEN number % 50 = 0 THEN 4 ELSE 9 END,
    CASE WHEN number % 50 = 0 THEN 2 ELSE 80 END
FROM generate_series(1, 5000) AS number
""")


@pytest.mark.parametrize(
    ("key", "value", "index"),
    [("rin", "<7", "ix_sample_rin"), ("conc", "<5 ng/uL", "ix_sample_concentration")],
)
def test_the_few_below_a_bound_are_found_by_an_index(
    session: WriteSession, key: str, value: str, index: str
) -> None:
    session.execute(_MANY, {"project": make_project(session).id})
    session.execute(text("ANALYZE sample"))
    filters = finding_terms.filters_of([(key, value)], ZoneInfo("UTC"), date(2026, 11, 28))
    found = select(Sample.id).where(*listed.conditions(Sample, None, filters, seen=None))
    newest = found.order_by(Sample.created_at.desc(), Sample.id.desc()).limit(100)

    written = newest.compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    ).string
    plan = "\n".join(line for (line,) in session.execute(text(f"EXPLAIN {written}")))

    assert index in plan, plan
    assert "Seq Scan" not in plan
    assert session.scalars(found).all() != []
