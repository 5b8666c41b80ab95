"""Two people name the kit of one library at once, on a real PostgreSQL: one after the other."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import select

from backend.core.transaction import reading, writing
from backend.events.models import AuditEntry
from backend.sequencing.kit_naming import service
from backend.sequencing.kit_naming.models import NamedKit
from backend.sequencing.kit_naming.schemas import KitNamingIn
from tests.backend.sequencing.test_library_kits import keep_kit
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_libraries, make_project, make_request

KITS = {"Ada": ("one_kit", "One kit"), "Ben": ("other_kit", "Other kit")}


@pytest.mark.slow
@pytest.mark.usefixtures("committed_database")
def test_the_second_who_names_knows_what_the_first_said() -> None:
    with writing() as session:
        for _, name in KITS.values():
            keep_kit(session, name)
        project = make_project(session)
        (library,) = make_libraries(session, project, 1)
        make_request(session, project, [library])
        barcode, key = library.barcode, library.id
    start = Barrier(len(KITS))

    def name(person: str) -> None:
        start.wait(30)
        with writing() as session:
            wish = KitNamingIn(libraries=[barcode], kit=KITS[person][0])
            service.name_kit(session, replace(EVERYBODY, name=person), wish=wish)

    with ThreadPoolExecutor(len(KITS)) as threads:
        list(threads.map(name, KITS))

    with reading() as session:
        kept_by = session.get_one(NamedKit, key).named_by_name
        told = [
            (entry.actor_name, (entry.old_values or {})["kit"], (entry.new_values or {})["kit"])
            for entry in session.scalars(
                select(AuditEntry)
                .where(AuditEntry.action == "sequencing.library_kit_named")
                .where(AuditEntry.entity_id == key)
                .order_by(AuditEntry.id)
            )
        ]
    first, second = told
    assert first[1] is None
    assert second[1] == first[2]
    assert {first[0], second[0]} == set(KITS)
    assert kept_by == second[0]
