"""The organisation's own templates: what is taken, what is refused and in which words, what the page tells."""

import io
import re
from pathlib import Path

import pytest
from django.utils import translation
from docx import Document
from pptx import Presentation
from tests.apps.worlds import OPERATOR, browser, person

from steerco import exchange
from steerco.apps.reporting.models import PackTemplate
from steerco.apps.reporting.services import add_template
from steerco.apps.reporting.template_report import PROBLEMS, PROBLEMS_OF, problem_text
from steerco.kit.history import Invalid

pytestmark = pytest.mark.django_db


def word(text: str) -> bytes:
    """A Word file with one paragraph."""
    document, out = Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(out)
    return out.getvalue()


def deck() -> bytes:
    """The plain 4:3 deck of python-pptx."""
    out = io.BytesIO()
    Presentation().save(out)
    return out.getvalue()


def refused(name: str, data: bytes) -> str:
    with pytest.raises(Invalid) as error:
        add_template(OPERATOR, name, data)
    assert not PackTemplate.objects.exists()
    return str(error.value.errors[0]["file"][0])


def test_a_word_file_is_examined_as_one() -> None:
    template = add_template(OPERATOR, "Board.docx", word("{{ title }} {{ weather }}"))
    assert template.report == {"used": ["title"], "problems": ["unknown-field:weather"]}
    page = browser(person("Paula Office", "pmo_manager")).get("/packs/templates/").content.decode()
    assert "Fields of the pack in use: title" in page
    assert "weather: no field of the pack; nothing is printed there" in page
    with translation.override("de"):
        assert (
            problem_text("unknown-field:weather") != "weather: no field of the pack; nothing is printed there"
        )


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.docx", word("Nothing of ours"), "it names no field of the pack"),
        ("a.docx", word("{{ title"), "a field is written wrongly"),
        ("a.docx", b"no zip", "the file is damaged"),
        ("a.docx", deck(), "it is no Word file"),
        ("a.pptx", b"no zip", "the file is damaged"),
        ("a.pptx", word("{{ title }}"), "it is no PowerPoint file"),
        ("a.odt", b"", "Choose a .pptx or a .docx file."),
    ],
)
def test_what_no_pack_can_stand_on_is_refused_in_words(name: str, data: bytes, why: str) -> None:
    assert why in refused(name, data)


def test_a_presentation_tells_its_layouts() -> None:
    template = add_template(OPERATOR, "House.pptx", deck())
    assert "Title Slide" in template.report["found"]
    page = browser(person("Paula Office", "pmo_manager")).get("/packs/templates/").content.decode()
    assert "Layouts found: Title Slide" in page


def test_every_code_of_the_exchange_has_words() -> None:
    """The codes as they stand in the sources, so that a new one cannot be forgotten."""
    folder = Path(exchange.__path__[0]) / "packs"
    archive = (folder / "archive.py").read_text()
    codes = set(re.findall(r'ArchiveError\("([\w-]+)"', archive))
    for name in ("docx/report.py", "pptx/house.py"):
        source = (folder / name).read_text()
        codes |= set(re.findall(r'problems=\("([\w-]+)",\)', source))
        codes |= set(re.findall(r'\("(no-fields)",\)', source))
    assert codes == set(PROBLEMS)
    prefixed = {"theme-font-unknown", "own-geometry", "syntax", "unknown-field"}
    assert prefixed == set(PROBLEMS_OF)
    assert problem_text("own-geometry:cover").startswith("cover:")
