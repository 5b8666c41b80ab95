"""The labels and sheets there are, and a sample's or a place's label as it will be printed."""

from pydantic import Field

from backend.api.routing import Answer, ApiInput, ApiOutput, Call, Route, file_answer
from backend.core.principal import Permission
from backend.core.transaction import reading
from backend.labels import service, sizes
from backend.labels.ids import Symbology
from backend.labels.rendering import svg


class TemplateOut(ApiOutput):
    """A kind of label; lengths in mm."""

    key: str
    name: str
    width_mm: float
    height_mm: float
    is_round: bool
    symbology: Symbology
    fields: list[str]


class SheetOut(ApiOutput):
    """A sheet of labels for an office printer."""

    key: str
    name: str
    labels: int
    columns: int
    rows: int
    cell_width_mm: float
    cell_height_mm: float
    templates: list[str]


class TemplatesOut(ApiOutput):
    """Every label and sheet that there is."""

    items: list[TemplateOut]
    sheets: list[SheetOut]


class PreviewQuery(ApiInput):
    """Which label, and for how fine a printer."""

    template: str | None = Field(
        default=None, max_length=40, description="A tube's or a box's where none is named."
    )
    dpi: int = Field(default=203, ge=100, le=1200)


class CodeQuery(PreviewQuery):
    """Whose label."""

    of: str = Field(
        min_length=1, max_length=300, description="A sample's barcode, a place's barcode or path."
    )


def list_templates(_: Call) -> TemplatesOut:
    """Return the labels and sheets."""
    return TemplatesOut(
        items=[
            TemplateOut(
                key=each.key,
                name=each.name,
                width_mm=each.width_mm,
                height_mm=each.height_mm,
                is_round=each.is_round,
                symbology=each.symbol.symbology,
                fields=[slot.field.value for slot in each.texts],
            )
            for each in sizes.TEMPLATES.values()
        ],
        sheets=[
            SheetOut(
                key=each.key,
                name=each.name,
                labels=each.count,
                columns=each.columns,
                rows=each.rows,
                cell_width_mm=each.cell_width_mm,
                cell_height_mm=each.cell_height_mm,
                templates=[key for key, one in sizes.TEMPLATES.items() if sizes.fits(one, each)],
            )
            for each in sizes.SHEETS.values()
        ],
    )


def preview(call: Call) -> Answer:
    """Return the label of what a barcode leads to, as it will be printed."""
    return _drawn(call, call.path["barcode"], call.asked(PreviewQuery))


def preview_of(call: Call) -> Answer:
    """Return the label of a sample or a place, whose path may have slashes."""
    asked = call.asked(CodeQuery)
    return _drawn(call, asked.of, asked)


def _drawn(call: Call, code: str, asked: PreviewQuery) -> Answer:
    with reading() as session:
        layout = service.preview_label(
            session, call.caller, code, template=asked.template, dpi=asked.dpi
        )
    return file_answer(svg.draw(layout).encode(), svg.MEDIA_TYPE, "label.svg", inline=True)


_TAG = "Labels"

_PRINT = Permission.LABELS_PRINT


ROUTES = (
    Route(
        method="GET",
        path="/api/v1/labels/templates",
        handler=list_templates,
        access=_PRINT,
        summary="The labels and sheets there are",
        tag=_TAG,
        answer=TemplatesOut,
    ),
    Route(
        method="GET",
        path="/api/v1/labels/preview",
        handler=preview_of,
        access=_PRINT,
        summary="The label of a sample or a place as it will be printed",
        tag=_TAG,
        query=CodeQuery,
        answer=None,
        files=(svg.MEDIA_TYPE,),
    ),
    Route(
        method="GET",
        path="/api/v1/labels/preview/{barcode}",
        handler=preview,
        access=_PRINT,
        summary="The label of what a barcode leads to as it will be printed",
        tag=_TAG,
        query=PreviewQuery,
        answer=None,
        files=(svg.MEDIA_TYPE,),
    ),
)
