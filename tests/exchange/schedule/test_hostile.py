"""Files that are damaged or meant to harm: a clear refusal, never a traceback, a hang or a leak."""

import random
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.schedule.plans import mspdi, task, xer

from steerco.exchange.schedule import FileFormat, ScheduleError, format_of, read_schedules
from steerco.exchange.schedule import problems as limits
from steerco.exchange.schedule.mspdi import read_mspdi

DATA = Path(__file__).parents[2] / "data/schedules/original"
PLAIN = mspdi(
    task(1, "A", Start="2026-03-31T08:00:00", Duration="PT8H0M0S", PercentComplete=50) + task(2, "B", 2),
    more="<Calendars><Calendar><UID>1</UID><WeekDays><WeekDay><DayType>2</DayType></WeekDay></WeekDays></Calendar></Calendars>",
)
TABLE = b"Task ID,Task,Start,Finish,% Complete,Milestone\nT1,Go live,2026-03-31,2026-03-31,50%,yes\n"
EXAMPLES = {
    "plan.xml": PLAIN,
    "plan.xer": (DATA / "MultiprojectWithExternal.xer").read_bytes(),
    "plan.csv": TABLE,
}


def attempt(data: bytes, name: str) -> None:
    """Read; a refusal is fine, anything else is not."""
    try:
        read_schedules(data, name)
    except ScheduleError as error:
        assert error.message  # noqa: PT017  the point is that nothing else is raised


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE p [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + ']><Project xmlns="http://schemas.microsoft.com/project"><Name>&j;</Name></Project>'
).encode()
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<Project xmlns="http://schemas.microsoft.com/project"><Name>&x;</Name></Project>'
)


@pytest.mark.parametrize(
    "data", [BOMB, OUTSIDE, BOMB.decode().encode("utf-16")], ids=["bomb", "outside", "utf-16"]
)
def test_a_document_type_is_refused_at_once(data: bytes) -> None:
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(ScheduleError, match="DOCTYPE"):
        read_schedules(data, "plan.xml")
    assert time.process_time() - started < 1  # the rule itself: a bomb is refused in under a second
    assert tracemalloc.get_traced_memory()[1] < 100 * 1024 * 1024
    tracemalloc.stop()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "deep": lambda: mspdi("<Task>" * 5000 + "</Task>" * 5000),
    "deep outside": lambda: b'<Project xmlns="http://schemas.microsoft.com/project">' + b"<a>" * 5000,
    "cut": lambda: PLAIN[:-40],
    "wrong letters": lambda: PLAIN.replace(b"A</Name>", b"\xff\xfe</Name>"),
    "other xml": lambda: b"<html><body/></html>",
    "no element": lambda: b"<?xml version='1.0'?>",
    "nothing": lambda: b" \n",
    "unknown encoding": lambda: PLAIN.replace(b"UTF-8", b"x-klingon"),
    "row before columns": lambda: b"ERMHDR\t20\r\n%T\tTASK\r\n%R\t1\r\n%E\r\n",
    "only a header": lambda: b"Task,Finish\n",
    "zeros": lambda: b"\0" * 5000,
    "a picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_plan_is_refused_in_words(case: str) -> None:
    with pytest.raises(ScheduleError) as refusal:
        read_schedules(HOSTILE[case](), "plan.xml")
    assert len(refusal.value.message) > 15


def test_there_is_an_end_to_size_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ScheduleError, match="larger than 50 MB"):
        format_of(b"<" * (limits.LARGEST_FILE + 1), "plan.xml")
    monkeypatch.setattr("steerco.exchange.schedule.mspdi.MOST_TASKS", 1)
    with pytest.raises(ScheduleError, match="more than 1 tasks"):
        read_mspdi(PLAIN)


def test_numbers_without_end_count_as_none() -> None:
    data = mspdi(
        task(
            1,
            "A",
            PercentComplete="1e999",
            Duration="PT9E9H",
            Priority="9" * 400,
            Finish="2026-99-99T00:00:00",
        )
    )
    [one] = read_mspdi(data).schedules[0].tasks
    assert (one.percent_complete, one.duration_min, one.priority, one.finish) == (None, None, None, None)


def test_ids_without_end_in_an_xer_leave_the_row_out() -> None:
    row = {"task_id": "9" * 400, "proj_id": "1", "task_name": "A"}
    reading = read_schedules(xer({"PROJECT": [{"proj_id": "1"}], "TASK": [row]}).encode(), "a.xer")
    assert reading.schedules[0].tasks == []


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.integers(0, 2**32), st.integers(1, 12))
def test_a_damaged_file_is_read_or_refused(name: str, seed: int, damages: int) -> None:
    dice = random.Random(seed)
    data = bytearray(EXAMPLES[name])
    for _ in range(damages):
        place = dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                data[place] = dice.randrange(256)
            case 1:
                del data[place : place + dice.randrange(1, 40)]
            case 2:
                data[place:place] = data[dice.randrange(len(data)) :][: dice.randrange(60)]
            case _:
                data[place:place] = dice.choice(
                    (b"<", b"\0", b"-1", b"9" * 30, b"\t", b"&a;", b"\xff", b"1e400")
                )
        if not data:
            return
    attempt(bytes(data), name)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.floats(0, 1))
def test_a_file_that_is_cut_off_is_read_or_refused(name: str, share: float) -> None:
    attempt(EXAMPLES[name][: int(len(EXAMPLES[name]) * share)], name)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from([b"", b"ERMHDR\t", b"<Project>", b"MPX,", b"PK\x03\x04"]))
def test_noise_is_refused(noise: bytes, start: bytes) -> None:
    attempt(start + noise, "plan")


def test_what_a_file_is_depends_on_its_bytes() -> None:
    assert format_of((DATA / "Residential-Construction.mpp").read_bytes(), "plan.xlsx") is FileFormat.MPP
    assert format_of((DATA / "EUC-KR-encoding.mpx").read_bytes(), "plan.csv") is FileFormat.MPX
    assert format_of((DATA / "MultiprojectWithExternal.xml").read_bytes(), "plan.mpp") is FileFormat.PMXML
    assert format_of(PLAIN, "plan.xer") is FileFormat.MSPDI
    assert format_of(TABLE, "plan.mpp") is FileFormat.TABLE
