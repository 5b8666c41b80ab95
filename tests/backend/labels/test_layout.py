"""One layout for preview, printer and sheet: nothing overflows, and all three agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.core.errors import InvalidInput
from backend.labels import fonts, sizes
from backend.labels.errors import CodeTooLong, SheetNotFound, TemplateNotFound
from backend.labels.ids import Field, Symbology
from backend.labels.layout import lay_out
from backend.labels.rendering import sheet, svg, zpl
from backend.labels.symbols import QUIET_MODULES
from backend.labels.views import LabelContent, Layout
from tests.support import label_reading

CODE = "DNA-251118-K7F3"
WORDS = {
    Field.SERIAL: "K7F3",
    Field.BARCODE: CODE,
    Field.NAME: "HLX2-0501-D1",
    Field.SUBJECT: "S-0501",
    Field.PROJECT: "HELIX-2",
    Field.KEPT_AT: "gDNA, −80 °C",
    Field.DATE: "18 Nov 2025",
}
EVERY = [(key, dpi) for key in sizes.TEMPLATES for dpi in sizes.DPIS]
FORMATS = {Symbology.DATA_MATRIX: "DataMatrix", Symbology.CODE_128: "Code128"}


def laid_out(key: str = "cryo", dpi: int = 300, code: str = CODE, **words: str) -> Layout:
    said = WORDS | {Field(name): text for name, text in words.items()}
    return lay_out(
        sizes.template_of(key),
        LabelContent(barcode=code, words=said),
        dpi=dpi,
        typefaces=fonts.typefaces(),
    )


@pytest.mark.parametrize(("key", "dpi"), EVERY)
def test_what_the_printer_burns_is_read_by_a_scanner(key: str, dpi: int) -> None:
    layout = laid_out(key, dpi)

    dots = label_reading.zpl_dots(zpl.draw(layout))

    assert label_reading.decoded(dots) == [(FORMATS[layout.symbol.symbology], CODE)]


@pytest.mark.parametrize(("key", "dpi"), EVERY)
def test_the_preview_is_read_by_a_scanner(key: str, dpi: int) -> None:
    layout = laid_out(key, dpi)

    dots = label_reading.svg_symbol_dots(svg.draw(layout), dpi / 25.4)

    assert label_reading.decoded(dots) == [(FORMATS[layout.symbol.symbology], CODE)]


@pytest.mark.parametrize(("key", "dpi"), EVERY)
def test_preview_and_print_put_every_part_in_one_place(key: str, dpi: int) -> None:
    layout = laid_out(key, dpi)

    shown = svg.draw(layout)
    printed = label_reading.graphics(zpl.draw(layout))

    places = list(label_reading.svg_parts(shown).values())
    assert len(places) == len(printed)
    for (x_mm, y_mm), graphic in zip(places, printed, strict=True):
        assert abs(x_mm * dpi / 25.4 - graphic.x) <= 1
        assert abs(y_mm * dpi / 25.4 - graphic.y) <= 1


@pytest.mark.parametrize(("key", "dpi"), EVERY)
def test_preview_and_print_show_the_same_modules(key: str, dpi: int) -> None:
    layout = laid_out(key, dpi)

    shown = label_reading.svg_symbol_dots(svg.draw(layout), dpi / 25.4)
    symbol = label_reading.graphics(zpl.draw(layout))[0]

    rows, columns = symbol.dots.shape
    window = shown[symbol.y : symbol.y + rows, symbol.x : symbol.x + columns]
    assert (window == symbol.dots[:, : window.shape[1]]).all()


@pytest.mark.parametrize(("key", "dpi"), EVERY)
def test_modules_are_whole_dots_of_at_least_a_quarter_millimetre(key: str, dpi: int) -> None:
    symbol = laid_out(key, dpi).symbol

    dots = symbol.module_mm * dpi / 25.4
    assert dots == pytest.approx(round(dots))
    assert symbol.module_mm >= 0.25


@pytest.mark.parametrize(("key", "dpi"), EVERY)
def test_the_quiet_zone_stays_white(key: str, dpi: int) -> None:
    layout = laid_out(key, dpi)
    symbol, template = layout.symbol, layout.template
    quiet = QUIET_MODULES[symbol.symbology] * symbol.module_mm - 1e-6

    assert symbol.x_mm >= quiet
    assert template.width_mm - symbol.x_mm - symbol.width_mm >= quiet
    for text in layout.texts:
        beside = text.x_mm >= symbol.x_mm + symbol.width_mm + quiet
        below = text.y_mm >= symbol.y_mm + symbol.height_mm
        assert beside or below


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(sizes.TEMPLATES)),
    st.sampled_from(sizes.DPIS),
    st.text(max_size=120),
    st.text(alphabet="ABCDEFGHW0123456789-", min_size=3, max_size=30),
)
def test_no_text_leaves_its_label(key: str, dpi: int, name: str, code: str) -> None:
    layout = laid_out(key, dpi, name=name, barcode=code, kept_at=name, serial=code[-8:])
    slots = {slot.field: slot for slot in layout.template.texts}

    for text in layout.texts:
        assert text.width_mm <= slots[text.field].width_mm + 1e-9
        assert text.x_mm + text.width_mm <= layout.template.width_mm
        assert text.y_mm + text.height_mm <= layout.template.height_mm
    label_reading.zpl_dots(zpl.draw(layout))


def test_a_long_text_gets_smaller_and_then_visibly_loses_its_middle() -> None:
    (fits,) = [t for t in laid_out(name="HLX2-0501-D1").texts if t.field is Field.NAME]
    (cut,) = [
        t for t in laid_out(name="HLX2-0501-plasma-of-visit-3").texts if t.field is Field.NAME
    ]

    assert (fits.text, fits.was_cut) == ("HLX2-0501-D1", False)
    assert cut.size_pt < 5
    assert cut.was_cut
    assert "…" in cut.text
    assert cut.text.startswith("HLX")
    assert cut.text.endswith("3")


def test_a_whole_code_stands_on_a_cryo_tube() -> None:
    for dpi in sizes.DPIS:
        (code,) = [t for t in laid_out(dpi=dpi).texts if t.field is Field.BARCODE]
        assert code.text == CODE


def test_letters_that_the_typeface_lacks_are_told() -> None:
    (name,) = [t for t in laid_out(name="Łódź LN₂ 血").texts if t.field is Field.NAME]

    assert name.text == "Łódz LN2 ?"
    assert name.lost == "血"


def test_what_is_not_known_leaves_its_line_empty() -> None:
    layout = laid_out(name="")

    assert Field.NAME not in {text.field for text in layout.texts}


def test_a_code_that_would_get_too_small_is_refused() -> None:
    with pytest.raises(CodeTooLong, match="larger label"):
        laid_out("cap", code="A1b2C3d4-" * 7)


def test_a_code_beyond_ascii_needs_a_data_matrix() -> None:
    with pytest.raises(CodeTooLong, match="Data Matrix"):
        laid_out("plate", code="ŁÓ-1")


def test_words_cannot_smuggle_commands_or_markup() -> None:
    layout = laid_out(name="^XA~JA<script>&")

    program = zpl.draw(layout)

    assert program.count("^XA") == 1
    assert "~" not in program
    assert "<script>" not in svg.draw(layout)


def test_copies_are_the_printers_business() -> None:
    assert "^PQ3" in zpl.draw(laid_out(), copies=3)


@pytest.mark.parametrize("key", ["nothing", ""])
def test_an_unknown_template_or_sheet_is_named(key: str) -> None:
    with pytest.raises(TemplateNotFound, match="cryo"):
        sizes.template_of(key)
    with pytest.raises(SheetNotFound, match="a4-65"):
        sizes.sheet_of(key)


@pytest.mark.parametrize("key", sorted(sizes.SHEETS))
def test_the_cells_of_a_sheet_lie_on_it(key: str) -> None:
    found = sizes.sheet_of(key)

    right = found.left_mm + (found.columns - 1) * found.pitch_x_mm + found.cell_width_mm
    lower = found.top_mm + (found.rows - 1) * found.pitch_y_mm + found.cell_height_mm
    assert found.left_mm > 0
    assert found.top_mm > 0
    assert right < found.width_mm
    assert lower < found.height_mm


def test_a_sheet_starts_at_a_free_label_and_goes_on_on_the_next() -> None:
    a4 = sizes.sheet_of("a4-21")
    codes = [f"DNA-251118-{number:04d}" for number in range(4)]
    layouts = [laid_out("tube", sheet.DPI, code=code) for code in codes]

    pages = label_reading.pdf_pages(
        sheet.draw(layouts, a4, start_at=19), a4.width_mm, a4.height_mm, 200 / 25.4
    )

    assert [[text for _, text in label_reading.decoded(page)] for page in pages] == [
        codes[:3],
        codes[3:],
    ]


def test_a_label_stands_in_the_middle_of_its_cell() -> None:
    a4 = sizes.sheet_of("a4-65")
    layout = laid_out("cryo", sheet.DPI)

    x, y = sheet.corner(a4, 6, layout)

    assert x == pytest.approx(4.75 + 40.6 + (38.1 - 25) / 2)
    assert y == pytest.approx(10.7 + 21.2 + (21.2 - 13) / 2)


def test_a_label_larger_than_its_cell_or_a_place_off_the_sheet_is_refused() -> None:
    with pytest.raises(InvalidInput, match="larger than the labels"):
        sheet.draw([laid_out("box", sheet.DPI)], sizes.sheet_of("a4-65"))
    with pytest.raises(InvalidInput, match="labels 1 to 65"):
        sheet.draw([laid_out()], sizes.sheet_of("a4-65"), start_at=66)
