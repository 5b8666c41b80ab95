"""What a sample's label says: of the record where there is one, else of what was typed so far."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from backend.core.principal import Permission, Principal
from backend.core.sessions import ReadSession
from backend.labels.ids import Field
from backend.labels.views import LabelContent
from backend.samples import queries, rules
from backend.samples.errors import SampleNotFound
from backend.samples.ids import MaterialType, TemperatureClass
from backend.samples.labels import LabelText, serial_of
from backend.samples.models import Project, Sample


def of_samples(
    session: ReadSession, principal: Principal, sample_ids: Sequence[UUID]
) -> list[LabelContent]:
    """Return the labels of samples in the order given.

    Raises:
        SampleNotFound: one is not visible to the principal.
    """
    principal.require(Permission.SAMPLES_VIEW)
    visible = queries.visible_samples(principal).with_only_columns(
        Sample.id,
        Sample.barcode,
        Sample.name,
        Sample.subject_code,
        Sample.material_type,
        Sample.temperature_class,
        Sample.collected_on,
        Project.code,
    )
    rows = session.execute(
        visible.join(Project, Project.id == Sample.project_id).where(Sample.id.in_(sample_ids))
    )
    found = {
        row.id: of_text(
            LabelText(
                barcode=row.barcode,
                name=row.name,
                subject_code=row.subject_code,
                material_type=row.material_type,
                temperature_class=row.temperature_class,
                on=row.collected_on,
            ),
            project=row.code,
        )
        for row in rows
    }
    if len(found) < len(set(sample_ids)):
        raise SampleNotFound("One of these samples is not among yours. Choose them again.")
    return [found[key] for key in sample_ids]


def of_text(text: LabelText, *, project: str = "") -> LabelContent:
    """Return a label of what is known of a tube."""
    words = {
        Field.SERIAL: serial_of(text.barcode),
        Field.BARCODE: text.barcode,
        Field.NAME: text.name,
        Field.SUBJECT: text.subject_code or "",
        Field.PROJECT: project,
        Field.KEPT_AT: _kept_at(text.material_type, text.temperature_class),
        Field.DATE: _day(text.on),
    }
    return LabelContent(
        barcode=text.barcode, words={field: word for field, word in words.items() if word}
    )


def of_test(printer: str, on: date) -> LabelContent:
    """Return what a test print says; its code is that of no tube."""
    words = {
        Field.SERIAL: "TEST",
        Field.BARCODE: "TRACSEQ-TEST",
        Field.NAME: printer,
        Field.PROJECT: "No sample",
        Field.KEPT_AT: "Test, −80 °C, µL, Łé",
        Field.DATE: _day(on),
    }
    return LabelContent(barcode="TRACSEQ-TEST", words=words)


def sample_ids_of(
    session: ReadSession, principal: Principal, barcodes: Iterable[str]
) -> list[UUID]:
    """Return the keys of samples by their codes, in the order given.

    Raises:
        SampleNotFound: no visible sample carries one of them; the sentence names the first.
    """
    wanted = [code.strip().upper() for code in barcodes]
    visible = queries.visible_samples(principal).with_only_columns(Sample.barcode, Sample.id)
    found = dict(session.execute(visible.where(Sample.barcode.in_(wanted))).all())
    for code in wanted:
        if code not in found:
            raise SampleNotFound(f"No sample of yours carries the barcode {code}. Check the label.")
    return [found[code] for code in wanted]


def of_import(session: ReadSession, principal: Principal, import_id: UUID) -> list[UUID]:
    """Return the visible samples that came with an import, in the order of their registration."""
    principal.require(Permission.SAMPLES_VIEW)
    visible = queries.visible_samples(principal).with_only_columns(Sample.id)
    found = select(visible.where(Sample.import_id == import_id).subquery().c.id)
    ordered = select(Sample.id).where(Sample.id.in_(found)).order_by(Sample.created_at, Sample.id)
    return list(session.scalars(ordered))


def _kept_at(material: MaterialType | None, zone: TemperatureClass | None) -> str:
    words = (
        rules.MATERIAL_NAME[material] if material else "",
        rules.ZONE_NAME[zone] if zone else "",
    )
    return ", ".join(word for word in words if word)


def _day(on: date | None) -> str:
    return f"{on:%d %b %Y}".lstrip("0") if on else ""
