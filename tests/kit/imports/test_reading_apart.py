"""The side process: what it reads, what it refuses, what it cannot do."""

import io
import subprocess
import sys
import zipfile

import pytest

from steerco.kit.imports import confinement
from steerco.kit.imports.confinement import LARGEST_UPLOAD, Unreadable, read_confined


def test_a_file_is_read_with_its_real_types() -> None:
    reading = read_confined(b"Title,Due\nOne,2026-03-01\n", "a.csv")
    assert reading.tables[0]["headers"] == ["Title", "Due"]
    assert reading.identity is None


def test_pasted_cells_are_read() -> None:
    reading = read_confined(b"Title\tDue\nOne\t1\n", "pasted", pasted=True)
    assert reading.tables[0]["rows"] == [[2, ["One", "1"]]]


def test_a_bomb_is_refused_with_a_reason() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", "<workbook/>")
        package.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    assert len(packed.getvalue()) < 1_000_000
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read_confined(packed.getvalue(), "bomb.xlsx")


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(Unreadable, match="larger than 20 MB"):
        read_confined(b"x" * (LARGEST_UPLOAD + 1), "a.csv")


def test_a_damaged_workbook_is_refused() -> None:
    with pytest.raises(Unreadable, match="damaged"):
        read_confined(b"PK\x03\x04 and no more", "a.xlsx")


def test_a_reader_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confinement, "WALL_SECONDS", 0.001)
    with pytest.raises(Unreadable, match="too long"):
        read_confined(b"a,b\n1,2\n", "a.csv")


ATTEMPTS = {
    "network": "import socket; socket.create_connection(('127.0.0.1', 9))",
    "name look-up": "import socket; socket.getaddrinfo('localhost', 80)",
    "another program": "import subprocess; subprocess.run(['true'])",
    "a copy of itself": "import os; os.fork()",
    "a file": "open('kept', 'w').write('x' * 100000)",
    "all memory": "b'x' * (2 * 1024 ** 3)",
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_side_process_cannot(attempt: str, tmp_path: object) -> None:
    code = (
        "from steerco.kit.imports.parse_tables import confine\n"
        "confine()\n"
        f"try:\n    exec({ATTEMPTS[attempt]!r})\n"
        "except (PermissionError, OSError, MemoryError) as error:\n    print('refused', type(error).__name__)\n"
        "else:\n    print('done')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=str(tmp_path), check=False
    )
    assert done.stdout.startswith("refused"), done
