"""`steerco demo` and `steerco pack`."""

import json
from pathlib import Path

import pytest

from steerco.apps.reporting.models import Pack
from steerco.interfaces.cli.main import main
from steerco.site.demo.command import first_pack, told
from steerco.site.demo.people import DEMO_PEOPLE

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
IN_CITY = pytest.mark.usefixtures("city")


@IN_CITY
def test_a_pack_in_all_formats_is_told_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["pack", "nwc", "--formats", "pptx,pdf,docx,xlsx", "--out", str(tmp_path / "packs"), "--json"]
    assert main(words) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["initiative"] == "NWC"
    assert len(answer["fingerprint"]) == 64
    assert [Path(f["path"]).suffix for f in answer["files"]] == [".pptx", ".pdf", ".docx", ".xlsx"]
    assert all(Path(f["path"]).stat().st_size == f["bytes"] > 5000 for f in answer["files"])
    assert Pack.objects.get(pk=answer["pack"]).state == Pack.State.READY


@IN_CITY
def test_the_same_data_has_the_same_fingerprint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prints = []
    for _time in range(2):
        assert main(["pack", "NWC-DCX", "--formats", "xlsx", "--out", str(tmp_path), "--json"]) == 0
        prints.append(json.loads(capsys.readouterr().out)["fingerprint"])
    assert prints[0] == prints[1]


@IN_CITY
@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["NOPE"], 1, "there is no initiative NOPE"),
        (["NWC-PAY-BNK"], 1, "has no reports"),
        (["NWC", "--as-of", "2001-01-01"], 1, "has no reports before"),
    ],
)
def test_what_cannot_be_built_is_said_in_one_line(
    words: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["pack", *words]) == status
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("words", [["NWC", "--as-of", "soon"], ["NWC", "--formats", "odt"], []])
def test_a_wrong_call_ends_with_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["pack", *words])
    assert ended.value.code == 2
    assert capsys.readouterr().err


@IN_CITY
def test_the_first_pack_is_built_once(tmp_path: Path) -> None:
    files = first_pack(tmp_path)
    assert sorted(f.suffix for f in files) == [".docx", ".pdf", ".pptx", ".xlsx"]
    assert [f.name for f in first_pack(tmp_path)] == [f.name for f in files]
    assert Pack.objects.count() == 1


def test_everybody_who_can_sign_in_is_told() -> None:
    text = told(8123)
    assert "http://127.0.0.1:8123" in text
    assert all(one.email in text and one.name in text for one in DEMO_PEOPLE)
