"""Reading files in the test's own process where the process itself is not what is tested."""

import pytest

from steerco.exchange.tables import TableError
from steerco.kit.imports import parse_tables, services
from steerco.kit.imports.confinement import Reading, Unreadable


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read without the side process."""

    def read(data: bytes, name: str, *, header_row: int | None = None, pasted: bool = False) -> Reading:
        try:
            found = parse_tables.read(data, name, header_row, pasted=pasted)
        except TableError as error:
            raise Unreadable(error.message, error.row, error.cell) from error
        return Reading(found["tables"], found["identity"])

    monkeypatch.setattr(services, "read_confined", read)
