"""The command line speaks the language of whoever calls it; what scripts read stays as it is."""

import argparse
import ast
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from steerco import LANGUAGES
from steerco.apps.initiatives.models import Initiative
from steerco.apps.reporting.models import Pack
from steerco.interfaces.cli import pack, words
from steerco.interfaces.cli.main import COMMANDS, main
from steerco.interfaces.cli.parsing import OF_ARGPARSE
from steerco.kit.permissions import Actor

Capture = pytest.CaptureFixture[str]
TERMINAL = ("STEERCO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
# What argparse says to programmers, not to people who call a command.
OF_PROGRAMMERS = (
    "conflict",
    "__call__",
    "'required'",
    "mutually exclusive",
    "not callable",
    "cannot",
    "dest=",
    "invalid conf",
    "invalid option string",
    "with mode",
    "can't open",
)


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in TERMINAL:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANG", "de_DE.UTF-8")


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en-gb"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de_AT@euro"}, "de"),
        ({"LANG": "C.UTF-8"}, "en-gb"),
        ({"LANG": "en_US.UTF-8"}, "en-gb"),
        ({"LANG": "fr_FR.UTF-8"}, "en-gb"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en-gb"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "", "LC_ALL": "de_CH.UTF-8"}, "de"),
        ({"LANG": "en_GB.UTF-8", "STEERCO_LANGUAGE": "de"}, "de"),
        ({"LANG": "de_DE.UTF-8", "STEERCO_LANGUAGE": "en-gb"}, "en-gb"),
        ({"LANG": "de_DE.UTF-8", "STEERCO_LANGUAGE": "xx"}, "en-gb"),
    ],
)
def test_the_language_is_that_of_steerco_else_of_the_terminal(
    environment: dict[str, str], spoken: str
) -> None:
    assert words.language(environment) == spoken


def test_the_command_line_knows_the_languages_of_the_pages() -> None:
    assert [code for code, _name in settings.LANGUAGES] == list(LANGUAGES)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in TERMINAL}
    command = [sys.executable, "-m", "steerco.interfaces.cli.main", *arguments]
    return subprocess.run(
        command, env={**clean, **environment}, capture_output=True, text=True, check=False, encoding="utf-8"
    )


def test_the_manual_is_german_in_a_german_terminal_and_loads_no_django() -> None:
    shown = run("--help", LANG="de_DE.UTF-8", PYTHONPROFILEIMPORTTIME="1", PYTHONUTF8="1")
    assert shown.stdout.startswith("Steerco ")
    assert "Aufruf: steerco BEFEHL [Optionen]" in shown.stdout
    assert "Alles prüfen" not in shown.stdout  # the command's own manual is longer
    assert "  doctor        alles prüfen, was nicht stimmen kann, und sagen, was zu tun ist" in shown.stdout
    assert "usage" not in shown.stdout
    assert "django.db.models" not in shown.stderr
    assert "django.utils.translation" not in shown.stderr
    english = run("--help", LANG="en_GB.UTF-8")
    assert "usage: steerco COMMAND [options]" in english.stdout


def test_a_misspelt_command_is_told_in_german(german: None, capsys: Capture) -> None:
    assert main(["bakcup"]) == 2
    assert capsys.readouterr().err == (
        "steerco: den Befehl `bakcup` gibt es nicht; war `backup` gemeint? Siehe: steerco --help\n"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_manual_is_german_to_its_last_word(name: str, german: None, capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    shown = capsys.readouterr().out
    assert shown.startswith(f"Aufruf: steerco {name} ")
    assert "\nOptionen:\n" in shown
    assert "diese Hilfe zeigen" in shown
    for english in (" the ", " and ", "usage:", "options:\n", "show this help", " with "):
        assert english not in shown


def test_argparse_speaks_german_only_while_a_command_runs(german: None, capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["pack"])
    assert ended.value.code == 2
    assert "steerco pack: Fehler: diese Angaben fehlen: VORHABEN" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["up", "--port", "many"])
    assert "Fehler: Angabe --port: kein Wert der Art int: 'many'" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["pack", "P1", "--as-of", "monday"])
    assert "'monday' ist kein Datum; Schreibweise: 2026-03-31" in capsys.readouterr().err
    assert vars(argparse)["_"]("usage: ") == "usage: "
    assert translation.get_language() == "en-gb"


def test_we_know_every_word_that_argparse_says_to_people() -> None:
    """Of the Python that runs: a newer one may say more."""
    tree = ast.parse(inspect.getsource(argparse))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    said = {
        node.args[0].value
        for node in calls
        if getattr(node.func, "id", "") in ("_", "ngettext")
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
    ours = {str(text) for text in OF_ARGPARSE} | {"expected %s argument", "options"}
    missing = {text for text in said - ours if not any(word in text for word in OF_PROGRAMMERS)}
    assert len(said) > 20
    assert missing == set()


@pytest.mark.django_db
def test_a_refusal_and_a_report_are_german(german: None, capsys: Capture, tmp_path: Path) -> None:
    assert main(["user", "disable", "nobody@example.org"]) == 1
    assert capsys.readouterr().err == "steerco user: es gibt kein Konto nobody@example.org\n"
    table = tmp_path / "projects.csv"
    table.write_text("Project,RAG,Extra\nBridge,Red,x\nTunnel,Green,y\n", encoding="utf-8")
    assert main(["import", "portfolio", str(table), "--as-of", "2026-03-31", "--dry-run"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(
        "2 Zeilen gelesen: 2 würden erfasst, 0 würden berichtigt, 0 unverändert, 0 abgelehnt; 2 neue Vorhaben."
    )
    assert "Nicht gelesene Spalten: Extra" in told
    assert main(["import", "portfolio", str(tmp_path / "none.csv")]) == 2
    assert "Bitte den Pfad einer lesbaren Datei angeben." in capsys.readouterr().err
    (tmp_path / "zip.xlsx").write_bytes(b"")
    assert main(["import", "portfolio", str(tmp_path / "zip.xlsx")]) == 2
    assert "Die Datei ist leer." in capsys.readouterr().err


@pytest.mark.django_db
def test_machines_are_answered_the_same_in_every_language(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    table = tmp_path / "projects.csv"
    table.write_text("Project,RAG,Extra\nBridge,Red,x\n,Green,y\n", encoding="utf-8")
    answers = []
    for language in ("en_GB.UTF-8", "de_DE.UTF-8"):
        monkeypatch.setenv("LANG", language)
        for variable in TERMINAL[:3]:
            monkeypatch.delenv(variable, raising=False)
        words_ = ["import", "portfolio", str(table), "--as-of", "2026-03-31", "--dry-run", "--json"]
        assert main(words_) == 0
        report = json.loads(capsys.readouterr().out)
        main(["doctor", "--json"])
        findings = json.loads(capsys.readouterr().out)["findings"]
        answers.append((report, [(f["name"], f["state"]) for f in findings], findings[0]))
        report.pop("batch", None)
    assert answers[0] == answers[1]
    main(["doctor"])
    assert "SCHLECHT Arbeitsprozess" in capsys.readouterr().out


@pytest.mark.django_db
def test_numbers_and_days_are_written_as_the_language_does(
    german: None, capsys: Capture, tmp_path: Path
) -> None:
    table = tmp_path / "projects.csv"
    table.write_text("Project,RAG\nBridge,Red\n", encoding="utf-8")
    assert main(["import", "portfolio", str(table), "--as-of", "2026-03-31", "--portfolio", "P1"]) == 0
    capsys.readouterr()
    assert main(["pack", "P1", "--as-of", "2020-01-01"]) == 1
    assert capsys.readouterr().err == "steerco pack: P1 hat keine Berichte vor dem 31.03.2026\n"
    main(["doctor"])
    assert re.search(r"Platte +[\d.]+,\d GB frei unter ", capsys.readouterr().out)


@pytest.mark.django_db
def test_a_pack_is_for_its_readers_not_for_the_terminal(
    german: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []

    def request(*_arguments: object, **_options: object) -> Pack:
        asked.append(translation.get_language())
        return Pack()

    monkeypatch.setattr(pack, "request_pack", request)
    monkeypatch.setattr(pack, "build_pack", lambda _actor, made, _tell: made)
    with translation.override("de"):
        pack.build(Actor.operator("test"), Initiative(), ["pptx"])
    assert asked == [settings.LANGUAGE_CODE]
