"""No text of a list becomes a formula in what is handed out."""

import pytest

from backend.core.principal import Principal
from backend.core.sessions import WriteSession
from backend.templates.formulas import harmless
from backend.templates.results import problem_file
from tests.factories.imports import make_draft
from tests.support.sample_files import manifest


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1+cmd|' /C calc'!A0", "-2+3+cmd|x!A0", "\t=1"]
)
def test_a_formula_is_neutralised_on_export(
    text: str, session: WriteSession, registrar: Principal, project: str
) -> None:
    content = manifest(1, {0: {"Notes": text, "Storage_Temp": "warm"}})
    draft = make_draft(session, registrar, project, content)

    with problem_file(session, registrar, draft.id)[1] as file:
        written = file.read().decode()

    assert harmless(text) == f"'{text}"
    assert f",{text.strip()}," not in written


def test_a_figure_with_its_sign_is_no_formula() -> None:
    assert [harmless(text) for text in ("-80°C", "-80 °C", "+5", "-2.5 µL")] == [
        "-80°C", "-80 °C", "+5", "-2.5 µL",
    ]  # fmt: skip
