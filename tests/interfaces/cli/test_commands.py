"""Each command: what it does, prints, refuses, and its exit status."""

import argparse
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from steerco.apps.access.models import User
from steerco.apps.initiatives.models import Holding
from steerco.interfaces.cli import backup, doctor, prepare
from steerco.interfaces.cli.main import COMMANDS, main, manual
from steerco.kit import clock
from steerco.kit.backup.verify import BadBackup
from steerco.kit.health.checks import State
from steerco.kit.jobs import pauses
from steerco.kit.jobs.models import Lease
from steerco.kit.journal import seals
from steerco.kit.journal.models import Event

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def backups() -> Iterator[Path]:
    """The folder of backups, empty before and after."""
    folder = Path(django_settings.DATA_DIR) / "backups"
    yield folder
    for file in folder.glob("*"):
        file.unlink()


def test_whoever_reads_the_output_may_stop_when_they_have_seen_enough() -> None:
    command = [sys.executable, "-m", "steerco.interfaces.cli.main", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ended:
        assert ended.stdout is not None
        assert ended.stderr is not None
        ended.stdout.close()
        said = ended.stderr.read()
    assert (ended.returncode, said) == (141, b"")


def test_the_manual_names_every_command_and_answers_at_once(capsys: Capture) -> None:
    assert main([]) == main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown and command.summary in shown for name, command in COMMANDS.items())
    assert manual().splitlines()[0].startswith("Steerco ")
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "steerco.interfaces.cli.main", "--help"],
        check=True,
        capture_output=True,
        text=True,
    ).stderr
    assert "django.db.models" not in loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_manual_of_its_own(name: str, capsys: Capture) -> None:
    module = importlib.import_module(COMMANDS[name].module)
    assert str(module.MANUAL.summary)
    assert callable(module.run)
    module.add_arguments(argparse.ArgumentParser())
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert str(module.MANUAL).split()[0] in capsys.readouterr().out


def test_a_misspelt_command_is_a_wrong_call(capsys: Capture) -> None:
    assert main(["bakcup"]) == 2
    assert "did you mean `backup`?" in capsys.readouterr().err
    assert main(["--version"]) == 0


@pytest.mark.django_db
def test_accounts(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["user", "add", "Ann@Example.org", "--name", "Ann", "--role", "pmo_manager"]) == 0
    password = capsys.readouterr().out.split()[-1]
    user = User.objects.get(email="ann@example.org")
    assert user.check_password(password)
    assert Holding.objects.get().post.role == "pmo_manager"
    assert main(["user", "role", "ann@example.org", "auditor"]) == 0
    assert main(["user", "disable", "ann@example.org"]) == 0
    capsys.readouterr()
    assert main(["user", "list", "--json"]) == 0
    account = json.loads(capsys.readouterr().out)["accounts"][0]
    assert (account["active"], account["posts"]) == (False, ["auditor", "pmo_manager"])
    monkeypatch.setattr("sys.stdin.readline", lambda: "a long new password\n", raising=False)
    assert main(["user", "password", "ann@example.org", "--password-stdin"]) == 0
    user.refresh_from_db()
    assert user.check_password("a long new password")
    kinds = set(Event.objects.filter(model="access.user").values_list("kind", flat=True))
    assert kinds == {"user.created", "user.disabled", "user.password_set"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["add", "ann"], "no e-mail address"),
        (["add", "old@example.org"], "already"),
        (["add", "new@example.org", "--role", "viewer", "--on", "P-9"], "no initiative P-9"),
        (["role", "nobody@example.org", "viewer"], "no account"),
        (["role", "old@example.org", "viewer"], "nobody's account"),
        (["disable", "nobody@example.org"], "no account"),
    ],
)
def test_what_the_user_command_refuses(words: list[str], why: str, capsys: Capture) -> None:
    User.objects.create_user("old@example.org")
    assert main(["user", *words]) == 1
    assert why in capsys.readouterr().err
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_weak_password_is_refused(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    User.objects.create_user("old@example.org")
    monkeypatch.setattr("sys.stdin.readline", lambda: "short\n", raising=False)
    assert main(["user", "password", "old@example.org", "--password-stdin"]) == 1
    assert "too short" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_backup_and_verify(capsys: Capture, tmp_path: Path, backups: Path) -> None:
    main(["user", "add", "ann@example.org"])
    seals.seal_pending()
    capsys.readouterr()
    assert main(["backup", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert Path(told["file"]).parent == backups
    assert told["rows"] > 0
    assert told["audit_head"]["position"] == Event.objects.count()
    assert main(["backup", "verify", told["file"]]) == 0
    assert "is whole" in capsys.readouterr().out
    assert main(["backup", told["file"]]) == 1  # never over another
    assert main(["backup", "verify", str(tmp_path / "none.zip")]) == 1
    assert main(["backup", "a", "b"]) == 1
    assert main(["restore", told["file"]]) == 1
    assert "holds data" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_nightly_backups_are_read_back_before_old_ones_go(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(django_settings, "BACKUP_DIR", str(tmp_path))
    (tmp_path / "steerco-trial.zip").write_bytes(b"named by a person")
    monday = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    for night in range(3):
        with clock.at(monday + timedelta(days=night)):
            assert main(["backup", "--keep", "2"]) == 0
    kept = ["steerco-20260303-013000.zip", "steerco-20260304-013000.zip", "steerco-trial.zip"]
    assert sorted(path.name for path in tmp_path.iterdir()) == kept
    assert doctor.backups().detail == kept[1]

    def damaged(path: Path) -> None:
        raise BadBackup("damaged")

    monkeypatch.setattr(backup, "verify_backup", damaged)
    with clock.at(monday + timedelta(days=3)):
        assert main(["backup", "--keep", "1"]) == 1
    assert "the older ones are kept" in capsys.readouterr().err
    assert len(list(tmp_path.iterdir())) == 4
    assert main(["backup", "--keep", "0"]) == 1


@pytest.mark.django_db
def test_verify_audit_tells_and_fails(capsys: Capture) -> None:
    main(["user", "add", "ann@example.org"])
    seals.seal_pending()
    head = seals.head()
    assert main(["verify-audit", "--head", f"{head.position}:{head.chain}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 1)[1])["is_whole"]
    assert main(["verify-audit", "--head", f"{head.position + 1}:{head.chain}"]) == 1
    assert "the end of the chain is missing" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["verify-audit", "--head", "nonsense"])


@pytest.mark.django_db
def test_verify_media_and_resume(capsys: Capture) -> None:
    assert main(["verify-media", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["missing"] == []
    pauses.pause("mail", "test")
    assert main(["resume", "mail"]) == 0
    assert capsys.readouterr().out == "mail goes on\n"
    assert not pauses.is_paused("mail")


@pytest.mark.django_db
def test_the_doctor_says_what_is_wrong(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["doctor", "--json"]) == 1
    found = {f["name"]: f for f in json.loads(capsys.readouterr().out)["findings"]}
    assert found["worker"]["state"] == State.BAD
    assert found["schema"]["state"] == found["database"]["state"] == found["fonts"]["state"] == State.OK
    assert found["backup"]["state"] == State.WARNING
    monkeypatch.setattr(django_settings, "PUBLIC_URL", "https://pmo.example.org")
    assert doctor.address().state == State.BAD
    monkeypatch.setattr(django_settings, "PUBLIC_URL", "http://127.0.0.1")
    now = clock.now()
    Lease.objects.create(name="schedules", holder="w", until=now, beat_at=now)
    assert main(["doctor"]) == 0


@pytest.mark.django_db
def test_an_unprepared_database_is_refused(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "pending_migrations", lambda: ["x.0001"])
    for words in (
        ["user", "list"],
        ["backup"],
        ["verify-audit"],
        ["verify-media"],
        ["resume", "mail"],
        ["worker"],
    ):
        assert main(words) == 1
        assert "not prepared" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_preparing_keeps_a_copy_of_the_database_first(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, backups: Path, tmp_path: Path
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(django_settings, "STATIC_ROOT", str(tmp_path))
    monkeypatch.setattr(prepare, "pending_migrations", lambda: ["x.0001"])
    monkeypatch.setattr(prepare, "call_command", lambda *words, **options: calls.append(words))
    prepare.prepare(print)
    copies = list(backups.glob("before-*.sqlite3"))
    assert len(copies) == 1
    assert copies[0].read_bytes().startswith(b"SQLite format 3")
    assert str(copies[0]) in capsys.readouterr().out
    assert calls == [("migrate",), ("collectstatic",)]
    copies[0].unlink()
    prepare.prepare(print)
    assert calls[2:] == [("migrate",)]  # the assets did not change
