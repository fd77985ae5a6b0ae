"""A file that a page gives out has its type and name, whatever letters are in it, and is kept by nobody on the way."""

import pytest

from steerco.kit.pages.downloads import download


def test_the_ending_says_the_type_and_no_name_breaks_the_header() -> None:
    answer = download(b"x", "R-1.pdf")
    assert (answer["Content-Type"], answer["Content-Disposition"]) == (
        "application/pdf",
        'attachment; filename="R-1.pdf"',
    )
    assert "no-store" in answer["Cache-Control"]
    assert (
        download(b"x", "Brücke.csv")["Content-Disposition"] == "attachment; filename*=utf-8''Br%C3%BCcke.csv"
    )
    assert download(b"x", 'a"b.ics')["Content-Disposition"] == 'attachment; filename="a\\"b.ics"'
    with pytest.raises(KeyError):
        download(b"x", "run.exe")
