"""Two projects, one of which belongs to somebody else: what a test looks for."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from backend.auth.ids import Role
from backend.core import clock
from backend.core.blobs import MemoryStore
from backend.core.transaction import writing
from backend.custody import service as custody_service
from backend.custody import shipment_queries
from backend.samples import service as samples_service
from backend.samples.ids import AttachmentKind, SampleId
from backend.samples.models import Project, ProjectMember
from backend.sequencing.pooling import service as pooling_service
from backend.sequencing.pooling.schemas import PoolIn
from backend.storage import pick_queries
from backend.storage import service as storage_service
from backend.storage.ids import PickPurpose
from backend.storage.models import StorageNode
from backend.storage.picking import PickWish
from backend.templates.service import imports
from backend.workbooks import service as workbooks_service
from tests.factories.incidents import code_of, follow, only_incident, warm_up, watch_freezer
from tests.factories.people import make_user
from tests.factories.preparation import make_input, make_worksheet
from tests.factories.releases import make_planned_run
from tests.factories.run_folders import make_run_folder
from tests.factories.samples import EVERYBODY
from tests.factories.sequencing import make_libraries, make_request
from tests.factories.storage import make_tube, stand
from tests.support.sample_files import manifest

MINE, THEIRS = "MINE-1", "THEIRS-9"
BARCODE, FILE = "DNA-THEIRS-0001", "their-own-list.csv"
TELLTALES = (BARCODE, THEIRS, FILE, "Their tube", "SUBJECT-THEIRS")


@dataclass(frozen=True, slots=True)
class Scene:
    """What belongs to the other project, by its keys."""

    sample_id: UUID
    library: str
    request_id: UUID
    import_id: UUID
    box_path: str
    shipment: str
    pick_list: str
    worksheet: str
    workbook_id: UUID
    parcel: str
    attachment_id: UUID
    audit_id: UUID
    folder_id: UUID
    incident: str
    pool: str
    run: str


def make_scene() -> Scene:
    """Make a project of somebody else with something of every kind."""
    with writing() as session:
        mine, theirs = (
            Project(code=code, name=f"Project {code}", owner_id=None) for code in (MINE, THEIRS)
        )
        session.add_all([mine, theirs])
        session.flush()
        for project in (mine, theirs):
            user = make_user(session, Role.SCIENTIST, email=f"{project.code}@laboratory.example")
            session.add(ProjectMember(project_id=project.id, user_id=user.id))
        session.flush()
        watched = watch_freezer(session)
        freezer = watched.freezer
        sample_id = make_tube(
            session, theirs, barcode=BARCODE, name="Their tube", subject_code="SUBJECT-THEIRS"
        )
        long_ago = clock.utc_now() - timedelta(hours=2)
        stand(session, sample_id, freezer.box_id, 1, 1, placed_at=long_ago)
        warm_up(session, watched, clock.utc_now())
        follow(session)
        libraries = make_libraries(session, theirs, 2)
        request = make_request(session, theirs, libraries)
        pooled = make_libraries(session, theirs, 4)[2:]
        make_request(session, theirs, pooled)
        wish = PoolIn(libraries=[each.barcode for each in pooled], name="Their tube")
        drafted = pooling_service.draft_pool(session, EVERYBODY, pool=wish)
        run = make_planned_run(session, theirs)
        draft = imports.start_import(
            session,
            EVERYBODY,
            file_name=FILE,
            content=manifest(),
            project_code=THEIRS,
            files=MemoryStore(),
        )
        packed = make_tube(session, theirs, barcode="DNA-THEIRS-0002", name="Their tube")
        shipment = custody_service.open_shipment(session, EVERYBODY, recipient="Laboratory B")
        custody_service.pack_sample(
            session,
            EVERYBODY,
            shipment_id=shipment_queries.get_shipment(session, EVERYBODY, shipment).id,
            sample_id=packed,
        )
        picks = storage_service.make_list(
            session,
            EVERYBODY,
            title="Their tube",
            purpose=PickPurpose.TAKE_OUT,
            lines=[PickWish(sample_id=sample_id)],
        )
        workbook = workbooks_service.add_workbook(
            session,
            EVERYBODY,
            file_name=FILE,
            content=f"Tube,Subject\n{BARCODE},SUBJECT-THEIRS\n".encode(),
            files=MemoryStore(),
            project_id=theirs.id,
        )
        announced = custody_service.Announcement(
            project=THEIRS,
            sender="Their tube's sender",
            expected_on=clock.utc_now().date(),
            codes=[BARCODE],
        )
        parcel = custody_service.announce(session, EVERYBODY, announced=announced)
        attached = samples_service.attach_file(
            session,
            EVERYBODY,
            sample_id=SampleId(sample_id),
            kind=AttachmentKind.CONSENT,
            file_name=FILE,
            content=b"Their tube\n",
            files=MemoryStore(),
        )
        prepared = make_input(session, theirs, name="Their tube")
        audit_id = storage_service.start_audit(
            session, EVERYBODY, title="Second quarter", unit_ids=[freezer.unit_id]
        )
        folder_id = make_run_folder(session, libraries)
        box = session.get_one(StorageNode, freezer.box_id)
        return Scene(
            sample_id=sample_id,
            library=libraries[0].barcode,
            request_id=request.id,
            import_id=draft.id,
            box_path=box.path,
            shipment=shipment,
            pick_list=pick_queries.get_list(session, EVERYBODY, picks).label,
            worksheet=make_worksheet(session, EVERYBODY, [prepared]).code,
            workbook_id=workbook.workbook_id,
            parcel=parcel,
            incident=code_of(only_incident(session)),
            attachment_id=attached.id,
            audit_id=audit_id,
            pool=drafted.code,
            run=run,
            folder_id=folder_id,
        )
