"""A month of the program's own health, as a laboratory in daily use has it.

Without these rows the Overview and System health would be measured over empty tables. Written anew
at each run: what a kept laboratory had is older than the day that the pages look at.
"""

from sqlalchemy import Connection, text

from backend.gateway import rules

DAYS = 30
PARTS = (
    "web",
    "database",
    "redis",
    "outbox",
    "schedules",
    "queues",
    "disk",
    "mail",
    *rules.PROCESSES,
    "worker:worker-1",
    "worker:worker-2",
)
_LEASED = (*rules.PROCESSES, "worker-1", "worker-2", "web")

_EMPTY = text(
    "TRUNCATE component_health, health_probe, health_bucket, health_change, service_instance"
)
# One probe in 4,000 finds its part down and one in 500 finds it slow, spread by a hash.
_PROBES = text(
    "INSERT INTO health_probe (component, at, status, latency_ms) "
    "SELECT part, at, CASE WHEN chance % 4000 = 0 THEN 'down' WHEN chance % 500 = 0 "
    "THEN 'degraded' ELSE 'operational' END, 2 + abs(chance) % 40 "
    "FROM unnest(CAST(:parts AS text[])) part, "
    "generate_series(now() - CAST(:kept AS interval), now(), CAST(:every AS interval)) at, "
    "LATERAL (SELECT hashint8(extract(epoch FROM at)::bigint + ascii(part)) chance) dice"
)
_BUCKETS = text(
    "INSERT INTO health_bucket "
    "(component, start_at, total, degraded, down, measured, latency_sum_ms) "
    "SELECT part, at, :probes, abs(hashint8(extract(epoch FROM at)::bigint)) % 20 / 19, "
    "abs(hashint8(extract(epoch FROM at)::bigint + 1)) % 200 / 199, :probes, :probes * 12.0 "
    "FROM unnest(CAST(:parts AS text[])) part, generate_series("
    "date_bin(CAST(:length AS interval), now() - make_interval(days => :days), 'epoch'), "
    "now(), CAST(:length AS interval)) at"
)
# Probed last by the end of the run: nobody probes while it lasts, and an old finding is none.
_NOW = text(
    "INSERT INTO component_health (component, status, since, checked_at, latency_ms, detail) "
    "SELECT part, 'operational', now() - interval '3 days', now() + interval '1 day', 12, '' "
    "FROM unnest(CAST(:parts AS text[])) part"
)
_LEASES = text(
    "INSERT INTO service_instance (id, service, instance, url, version, lease_until) "
    "SELECT gen_random_uuid(), service, service || '@bench', '', '', now() + interval '1 day' "
    "FROM unnest(CAST(:services AS text[])) service"
)
_CHANGES = text(
    "INSERT INTO health_change (id, component, at, old, new, detail) "
    "SELECT gen_random_uuid(), 'web', now() - make_interval(hours => hour), 'operational', "
    "'degraded', 'Answers in 1,200 ms.' FROM generate_series(1, :hours, 9) hour"
)


def write_month(connection: Connection) -> None:
    """Replace what stands in the health tables by a month of probes every 30 s."""
    parts = {"parts": list(PARTS)}
    connection.execute(_EMPTY)
    connection.execute(_PROBES, {**parts, "kept": rules.KEEP_PROBES, "every": rules.PROBE_EVERY})
    connection.execute(
        _BUCKETS,
        {
            **parts,
            "probes": rules.BUCKET // rules.PROBE_EVERY,
            "length": rules.BUCKET,
            "days": DAYS,
        },
    )
    connection.execute(_NOW, parts)
    connection.execute(_LEASES, {"services": list(_LEASED)})
    connection.execute(_CHANGES, {"hours": DAYS * 24})
