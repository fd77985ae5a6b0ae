import dataclasses
from datetime import UTC, datetime

import pytest
from tests.exchange.packs.contents import pack

from steerco.exchange.packs.printable import fingerprint, printable, printable_content, right_to_left


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b\x0bc\ufffe", "abc"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\n \n\n b", "a\nb"),
        ("left \u202eright\u2066", "left right"),
        ("\ud800", ""),
        ("tab\there", "tab here"),
    ],
)
def test_printable(raw: str, clean: str) -> None:
    assert printable(raw) == clean


def test_every_text_of_a_pack_becomes_printable() -> None:
    content = pack(2, title="A\x00B", dimensions=("Over\x0ball",))
    clean = printable_content(content)
    assert clean.title == "AB"
    assert clean.dimensions == ("Overall",)
    assert clean.labels == content.labels
    assert clean.projects == content.projects


def test_fingerprint_depends_on_the_data_only() -> None:
    content = pack(3)
    later = dataclasses.replace(content, generated_at=datetime(2030, 1, 1, tzinfo=UTC))
    assert fingerprint(content) == fingerprint(pack(3)) == fingerprint(later)
    assert len(fingerprint(content)) == 64
    assert fingerprint(dataclasses.replace(content, marking="SECRET")) != fingerprint(content)


def test_direction_is_that_of_the_first_letter() -> None:
    assert right_to_left("12 – مشروع Alpha")
    assert right_to_left("שלום")
    assert not right_to_left("Alpha שלום")
    assert not right_to_left("123")
