"""The demonstration laboratory: whole, consistent, the same twice, and never over another."""

import stat
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

from backend.auth import passwords
from backend.core import clock, secret_files
from backend.core.config import Environment, Settings
from backend.core.errors import Conflict
from backend.core.transaction import reading
from backend.incidents import fleet, item_queries
from backend.incidents import queries as incident_queries
from backend.incidents.ids import IncidentState
from backend.samples import handling, issuing, tally
from backend.samples.ids import MaterialType
from backend.sequencing import queue_board
from backend.sequencing.turnaround import queries as turnaround_queries
from backend.storage import energy_queries as storage_energy
from backend.storage import queries as storage_queries
from backend.telemetry import energy_queries, thermal_fitting
from backend.telemetry.energy.slope import EnergyModel, NotIdentified
from backend.telemetry.thermal.fitting import ThermalFit
from db.seeds import (
    demo,
    house_rules,
    libraries,
    operations,
    past,
    power,
    sequenced,
)
from db.seeds.world import PEOPLE, TIME_ZONE
from jobs.subscriptions import SUBSCRIPTIONS
from tests.factories.samples import EVERYBODY

PAST = sequenced.draw(demo.DEFAULT_SAMPLES, clock.utc_now())
SAMPLES = demo.DEFAULT_SAMPLES + len(sequenced.libraries_of(PAST))
MADE = libraries.A_PLATE + 1
"""Libraries of the finished plate, and the pool of a top-up."""


@pytest.fixture(scope="module")
def seeded(
    module_database: Engine, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Engine, Settings]:
    settings = Settings(home=tmp_path_factory.mktemp("home"), env=Environment.TEST)
    secret_files.ensure(settings.secrets_dir)
    demo.seed(settings)
    return module_database, settings


def _rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_the_counted_steps_are_the_rows(seeded: tuple[Engine, Settings]) -> None:
    engine, _ = seeded
    counted = dict(_rows(engine, "SELECT status, count(*) FROM sample GROUP BY status"))

    with reading() as session:
        told = tally.status_counts(session, EVERYBODY)

    assert told == counted
    assert sum(told.values()) == SAMPLES + MADE


def test_who_is_in_storage_stands_in_one_box_of_the_right_temperature(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, _ = seeded

    wrong = _rows(
        engine,
        """
        SELECT s.barcode, s.custody, s.temperature_class, n.temperature_class
          FROM sample s
          LEFT JOIN placement p ON p.sample_id = s.id AND p.removed_at IS NULL
          LEFT JOIN storage_node n ON n.id = p.box_id
         WHERE (s.custody = 'in_storage') <> (p.id IS NOT NULL)
            OR n.temperature_class <> s.temperature_class
        """,
    )

    assert wrong == []


def test_every_box_says_how_many_tubes_it_holds(seeded: tuple[Engine, Settings]) -> None:
    engine, _ = seeded

    wrong = _rows(
        engine,
        """
        SELECT n.path, n.used, count(p.id)
          FROM storage_node n
          LEFT JOIN placement p ON p.box_id = n.id AND p.removed_at IS NULL
         WHERE n.box_columns > 0 GROUP BY n.id, n.path, n.used HAVING n.used <> count(p.id)
        """,
    )

    assert wrong == []


def test_history_ends_where_the_boxes_stand(seeded: tuple[Engine, Settings]) -> None:
    engine, _ = seeded
    days = _rows(engine, "SELECT count(DISTINCT taken_on), count(*) FROM occupancy_snapshot")
    yesterday = dict(
        _rows(
            engine,
            """
            SELECT temperature_class, sum(used)::int FROM occupancy_snapshot
             WHERE taken_on = (SELECT max(taken_on) FROM occupancy_snapshot) GROUP BY 1
            """,
        )
    )
    today = dict(
        _rows(
            engine,
            """
            SELECT n.temperature_class,
                   count(*) FILTER (WHERE p.placed_at::date < current_date
                     AND (p.removed_at IS NULL OR p.removed_at::date >= current_date))
              FROM placement p JOIN storage_node n ON n.id = p.box_id GROUP BY 1
            """,
        )
    )

    assert days == [(90, 90 * 12)]
    assert yesterday == today


def test_the_freezer_that_failed_has_its_incident_closed_and_signed(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, _ = seeded
    with reading() as session:
        [row] = incident_queries.list_incidents(session, EVERYBODY)
        incident = incident_queries.get_incident(session, EVERYBODY, row.code)
        [signature] = incident.signatures
        [worst] = [each.worst for each in fleet.fleet(session, EVERYBODY) if each.worst] or [None]
        words = [each.words for each in item_queries.timeline(session, EVERYBODY, row.code)]

    assert (row.state, row.undecided, row.units) == (IncidentState.CLOSED, 0, ("ULT-01",))
    assert row.began_at < signature.signed_at < clock.utc_now() - timedelta(hours=6)
    assert (incident.closed_by_name, signature.signer_name) == ("Tomasz Nowak", "Tomasz Nowak")
    assert worst is None or worst.code == row.code  # the fleet page remembers thirty days
    assert words[0] == "ULT-01: too warm, by version 1 of its rule"
    assert words[-1] == "Closed and signed"
    assert "12 holds accepted" in words
    assert _rows(engine, "SELECT count(*) FROM alarm WHERE closed_at IS NULL") == [(0,)]


def test_what_stood_in_the_failing_freezer_is_what_its_incident_lists(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, _ = seeded

    differing = _rows(
        engine,
        """
        WITH incident AS (SELECT unit_id, began_at, ended_at FROM incident_unit),
             stood AS (
                SELECT p.id FROM incident i JOIN storage_node b ON b.unit_id = i.unit_id
                  JOIN placement p ON p.box_id = b.id
                 WHERE p.placed_at < i.ended_at
                   AND (p.removed_at IS NULL OR p.removed_at > i.began_at)
             )
        SELECT stood.id, placement_id FROM stood FULL JOIN incident_item ON placement_id = stood.id
         WHERE stood.id IS NULL OR placement_id IS NULL
        """,
    )

    assert differing == []
    kept = _rows(engine, "SELECT count(*) FROM sample_hold WHERE released_at IS NULL")
    assert kept == [(len(operations.HOLD_REASONS),)]


def test_people_are_not_told_today_of_what_happened_then(seeded: tuple[Engine, Settings]) -> None:
    engine, _ = seeded

    ahead = _rows(
        engine,
        """
        SELECT type FROM outbox_event
         WHERE (type LIKE 'incidents.%' OR type LIKE 'telemetry.%'
                OR type LIKE 'sequencing.%' AND at < now() - interval '4 days')
           AND coalesce(pos, 10000) > (SELECT pos FROM event_consumer WHERE name = 'notifications')
        """,
    )

    assert ahead == []
    assert past.TOLD in SUBSCRIPTIONS


@pytest.mark.slow
def test_units_that_stood_without_power_twice_have_a_thermal_model(
    seeded: tuple[Engine, Settings],
) -> None:
    found = {}
    with reading() as session:
        for unit_id in thermal_fitting.due_units(session, EVERYBODY):
            readings = thermal_fitting.load_readings(session, EVERYBODY, unit_id)
            assert readings is not None
            found[readings.unit_label] = thermal_fitting.fit_unit(readings)
    models = {label: each.outcome for label, each in found.items() if each.warm_ups > 1}

    assert set(models) == {"ULT-01", "ULT-02", "ULT-05"}
    assert found["ULT-03"].warm_ups == 1
    for model in models.values():
        assert isinstance(model, ThermalFit)
        assert 0 < model.rmse_k < 2


def test_there_is_work_to_do(seeded: tuple[Engine, Settings]) -> None:
    engine, _ = seeded

    with reading() as session:
        waiting = storage_queries.unplaced_count(session, EVERYBODY)

    assert waiting > 0
    assert _rows(engine, "SELECT state, count(*) FROM sequencing_run GROUP BY 1 ORDER BY 1") == [
        ("finished", len(PAST)),
        ("planned", 2),
        ("running", 2),
    ]


def test_the_sign_ins_stand_in_a_file_of_the_owner_only_and_work(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, settings = seeded
    file = settings.secrets_dir / demo.SIGN_INS_FILE
    lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    hashes = dict(_rows(engine, "SELECT email, password_hash FROM user_account"))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [email for _, email, _ in lines] == [person.email for person in PEOPLE]
    _, email, password = lines[0]
    assert passwords.verifies(str(hashes[email]), password)


def test_a_laboratory_that_is_there_is_never_seeded_over(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, settings = seeded

    with pytest.raises(Conflict, match="already holds a laboratory"):
        demo.seed(settings)

    assert _rows(engine, "SELECT count(*) FROM sample") == [(SAMPLES + MADE,)]


def test_production_takes_no_demonstration(seeded: tuple[Engine, Settings]) -> None:
    _, settings = seeded

    with pytest.raises(Conflict, match="tracseq init"):
        demo.seed(Settings(home=settings.home, env=Environment.PRODUCTION))


def test_the_worksheet_stands_there_in_two_versions_that_were_read(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, _ = seeded

    versions = _rows(
        engine,
        """
        SELECT v.number, v.state, count(s.id)
          FROM workbook_version v LEFT JOIN workbook_sheet s ON s.version_id = v.id
         GROUP BY v.id ORDER BY v.number
        """,
    )

    assert versions == [(1, "read", 2), (2, "read", 2)]


def test_materials_have_rules_and_new_tubes_take_codes_of_a_series(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, _ = seeded

    with reading() as session:
        rules = {each.material_type: each for each in handling.policies(session, EVERYBODY)}
        series = {each.series.prefix: each.series for each in issuing.list_series(session)}
        (tubes,) = issuing.list_tube_ranges(session)

    assert rules.keys() == house_rules.HANDLING.keys()
    assert rules[MaterialType.TISSUE].disposal_witnessed
    assert series["HLXP"].material_types == (MaterialType.POOL,)
    assert tubes.tubes.count == 960
    # Through the services: each stands in the audit trail.
    written = dict(
        _rows(
            engine,
            "SELECT action, count(*) FROM audit_entry WHERE action IN "
            "('samples.handling_set', 'samples.code_series_set') GROUP BY 1",
        )
    )
    assert sorted(written.values()) == [len(house_rules.SERIES), len(house_rules.HANDLING)]


def test_meters_read_since_the_first_day_and_one_set_point_can_be_judged(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, _ = seeded
    labels = dict(_rows(engine, "SELECT label, id FROM storage_node WHERE kind = 'unit'"))
    zone = ZoneInfo(TIME_ZONE)

    with reading() as session:
        taken = energy_queries.last_days(session, EVERYBODY, zone=zone)
        models = {
            label: storage_energy.setpoint_model(
                session, EVERYBODY, UUID(str(labels[label])), zone=zone
            )
            for label in sorted(power.METERED)
        }

    rates = {each.unit_label: each.period.kwh_a_day for each in taken.values()}
    metered = [rates[label] for label in sorted(power.METERED)]
    assert all(rate is not None and 1 < rate < 15 for rate in metered)
    # No room sensor stands beside the −20 °C unit; the others share one.
    fitted = {label: type(model.fitted) for label, model in models.items() if model is not None}
    assert fitted == {"FRZ-02": NotIdentified, "ULT-03": EnergyModel, "ULT-05": EnergyModel}


def test_four_months_of_sequencing_are_finished_and_ends_are_expected_by_them(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, _ = seeded
    asked = [each for run in PAST for each in run.requests]
    with reading() as session:
        found = turnaround_queries.turnaround(session, EVERYBODY, zone=ZoneInfo(TIME_ZONE))
        done = queue_board.board(session, EVERYBODY)[-1]
    late = _rows(
        engine,
        """
        SELECT r.number FROM sequencing_request r
         WHERE r.state = 'done' AND r.state_since::date > r.due_on
        """,
    )
    paused = _rows(engine, "SELECT count(*) FROM sample_hold WHERE kind = 'paused_by_requester'")

    assert found.by_history
    assert found.done == len(asked) >= 30
    assert found.open == operations.REQUESTS
    assert found.median_days is not None
    assert 4 < found.median_days < 21
    assert len(late) == 2
    assert paused == [(2 + 1,)]  # and one that a sample is held by today
    assert (done.total + done.long_done, done.total > 0) == (len(asked), True)


def test_what_ran_was_released_signed_and_never_two_at_once(
    seeded: tuple[Engine, Settings],
) -> None:
    engine, _ = seeded

    unsigned = _rows(
        engine,
        """
        SELECT r.number FROM sequencing_run r
          LEFT JOIN run_release l ON l.run_id = r.id AND l.voided_at IS NULL
               AND l.released_at <= r.started_at
          LEFT JOIN electronic_signature s ON s.id = l.signature_id AND s.signed_at <= r.started_at
         WHERE r.state IN ('finished', 'running') AND s.id IS NULL
        """,
    )
    at_once = _rows(
        engine,
        """
        SELECT a.number, b.number FROM sequencing_run a JOIN sequencing_run b
            ON b.instrument_id = a.instrument_id AND b.number > a.number
           AND tstzrange(a.started_at, coalesce(a.finished_at, 'infinity'))
            && tstzrange(b.started_at, coalesce(b.finished_at, 'infinity'))
         WHERE a.started_at IS NOT NULL AND b.started_at IS NOT NULL
        """,
    )
    topped_up = _rows(
        engine,
        """
        SELECT t.state, p.state, count(l.run_id) FROM pool_top_up t
          JOIN library_pool p ON p.id = t.made_pool_id
          LEFT JOIN sequencing_run_load l ON l.pool_id = p.id GROUP BY t.id, p.id
        """,
    )
    read = _rows(engine, "SELECT state, count(*) FROM run_folder GROUP BY 1 ORDER BY 1")

    assert unsigned == []
    assert at_once == []
    assert topped_up == [("approved", "ready", 1)]
    assert read == [("confirmed", sum(run.instrument == "MiSeq-2" for run in PAST)), ("read", 1)]
