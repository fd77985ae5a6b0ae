"""The process that reads a stranger's file, and the plans of other people that go through it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.schedule_fidelity import cases, compare
from tests.exchange.schedule.plans import mspdi, task

from steerco.exchange.schedule import ScheduleError, child, confined, mpxj, read_confined, read_schedules

DATA = Path(__file__).parents[2] / "data/schedules"
CASES = {case: (document, original) for case, document, original in cases(DATA)}


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_the_stored_dates_are_read(case: str) -> None:
    document, original = CASES[case]
    outcome = compare(case, document, read_confined(original.read_bytes(), original.name))
    assert outcome.unexplained == []
    assert outcome.compared == len(document["input"]["tasks"])


def test_the_plans_of_others_are_all_here() -> None:
    assert len(CASES) == 5
    for path in DATA.rglob("*"):
        assert path.stat().st_size < 1_500_000


def test_the_same_is_read_apart_as_here() -> None:
    data = mspdi(task(1, "Go live", Finish="2026-03-31T17:00:00", Milestone=1) + task(2, "B", Finish="soon"))
    assert read_confined(data, "a.xml") == read_schedules(data, "a.xml")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<Project><Tasks>", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 3000, "damaged"),
        (b"<APIBusinessObjects><Project>", "damaged"),
    ],
    ids=["xml", "mpp", "pmxml"],
)
def test_a_damaged_file_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(ScheduleError, match=said):
        read_confined(data, "plan.mpp")


@pytest.mark.slow
def test_a_mutilated_mpp_is_read_or_refused() -> None:
    data = bytearray((DATA / "original/Residential-Construction.mpp").read_bytes())
    data[60_000:90_000] = b"\xff" * 30_000
    with pytest.raises(ScheduleError):
        read_confined(bytes(data), "plan.mpp")


def test_a_reader_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined, "WALL_SECONDS", 0.001)
    with pytest.raises(ScheduleError, match="too long"):
        read_confined(mspdi(task(1, "A")), "a.xml")


def test_without_the_extra_the_refusal_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(mpxj, "_PACKAGES", ("no_such_package",))
    data = (DATA / "original/EUC-KR-encoding.mpx").read_bytes()
    with pytest.raises(ScheduleError, match=r"steerco\[mpp\]"):
        read_schedules(data, "plan.mpx", folder=tmp_path)


# What the kernel has to refuse, asked past Python: by system call, as Java would.
CALLS = {
    "a socket": "system.socket(2, 1, 0)",
    "a program": "system.execv(b'/bin/true', (ctypes.c_char_p * 2)(b'/bin/true', None))",
    "another process's memory": "system.ptrace(16, 1, 0, 0)",
    "a file of the owner": "system.open(SECRET, 0)",
    "the folder of the owner": "system.open(FOLDER, 0)",
    "a file outside its folder": "system.open(FOLDER + b'/new', 65, 0o600)",
}


@pytest.mark.parametrize("call", CALLS)
def test_the_kernel_refuses(call: str, tmp_path: Path) -> None:
    own, others = tmp_path / "own", tmp_path / "others"
    own.mkdir()
    others.mkdir()
    (others / "secret").write_text("a key")
    code = (
        "import ctypes, json, sys\nfrom pathlib import Path\nfrom steerco.exchange.confinement import confine\n"
        f"FOLDER = {str(others).encode()!r}\nSECRET = FOLDER + b'/secret'\n"
        "system = ctypes.CDLL(None, use_errno=True)\n"
        f"cut = confine(folder=Path({str(own)!r}), threads=True, file_mib=1)\n"
        f"before = Path({str(own / 'mine')!r}).write_text('kept')\n"
        f"answer = {CALLS[call]}\nprint(json.dumps([cut, answer, ctypes.get_errno()]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    cut_off, answer, error = json.loads(done.stdout)
    assert cut_off
    assert (answer, error) == (-1, 13)  # EACCES


def test_java_is_not_started_where_the_network_cannot_be_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(child, "confine", lambda **_limits: False)
    monkeypatch.setattr(child, "read_schedules", lambda *_arguments: pytest.fail("it read the file"))
    monkeypatch.setattr(sys, "platform", "linux")
    data = (DATA / "original/EUC-KR-encoding.mpx").read_bytes()
    order = {"name": "a.mpx", "folder": str(tmp_path), "columns": {}, "encoding": ""}
    with pytest.raises(ScheduleError, match="network"):
        child.read(data, order)
