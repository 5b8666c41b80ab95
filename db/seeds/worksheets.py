"""The demonstration's workbook: a quantification worksheet in two versions, of its own samples."""

import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from openpyxl import Workbook
from sqlalchemy import Row, select

from backend.core.blobs import FileStore
from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.samples.models import Sample
from backend.workbooks import service as workbooks_service

MEASURED = 40
_HEADINGS = ("Barcode", "Well", "Type", "Concentration (ng/µL)", "A260/280", "Measured on", "Note")
_WELLS = [f"{row}{column}" for column in range(1, 13) for row in "ABCDEFGH"]
_AGAIN = frozenset({3, 11, 26})
"""Places of the samples that the second version has measured again."""
_LEGEND = (
    ("Column", "Meaning"),
    ("Well", "Place on the plate of the fluorometer"),
    ("A260/280", "Purity, from the photometer"),
)
_Measured = Row[str, str, Decimal | None, Decimal | None]


def add_worksheet(
    session: WriteSession, principal: Principal, *, files: FileStore, now: datetime
) -> None:
    """Keep a worksheet and its second version, in which three concentrations were measured again.

    A laboratory without a measured sample gets none.
    """
    measured = session.execute(
        select(
            Sample.barcode, Sample.material_type, Sample.concentration_ng_per_ul, Sample.a260_280
        )
        .where(Sample.concentration_ng_per_ul.is_not(None))
        .order_by(Sample.created_at.desc(), Sample.id)
        .limit(MEASURED)
    ).all()
    if not measured:
        return
    added = workbooks_service.add_workbook(
        session,
        principal,
        file_name="Quantification worksheet.xlsx",
        content=_workbook(measured, now, is_second=False),
        files=files,
        note="From the fluorometer",
    )
    workbooks_service.add_version(
        session,
        principal,
        added.workbook_id,
        file_name="Quantification worksheet, measured again.xlsx",
        content=_workbook(measured, now, is_second=True),
        files=files,
        note="Three samples measured again, the last one left out",
    )


def _workbook(measured: Sequence[_Measured], now: datetime, *, is_second: bool) -> bytes:
    made = Workbook()
    made.remove(made.worksheets[0])
    sheet = made.create_sheet("Quantification")
    sheet.append(_HEADINGS)
    for place, sample in enumerate(measured[:-1] if is_second else measured):
        sheet.append(_row(place, sample, now, is_again=is_second and place in _AGAIN))
    legend = made.create_sheet("Legend")
    for row in _LEGEND:
        legend.append(row)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def _row(place: int, sample: _Measured, now: datetime, *, is_again: bool) -> list[object]:
    barcode, material, concentration, purity = sample
    # Two readings of a fluorometer differ by some percent; which ones is the worksheet's own.
    read = concentration * Decimal("1.08") if concentration and is_again else concentration
    return [
        barcode,
        _WELLS[place],
        str(material),
        round(float(read or 0), 1),
        None if purity is None else float(purity),
        (now.date() - timedelta(days=0 if is_again else 1)).isoformat(),
        "Measured again" if is_again else None,
    ]
