"""Files to import, in the clone and made up."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from steerco.apps.indicators.imports import ImportReport
from steerco.exchange.portfolio import PortfolioReading, read_portfolio
from steerco.exchange.tables import read_tables

Load = Callable[..., ImportReport]

REPOSITORY = Path(__file__).resolve().parents[3]
GMPP = REPOSITORY / "src/steerco/site/demo/gmpp"
OTHERS = REPOSITORY / "tests/data/portfolio"


def reading_of(path: Path, as_of: date | None = None) -> PortfolioReading:
    return read_portfolio(read_tables(path.read_bytes(), path.name)[0], as_of=as_of)


def reading_from(text: str, as_of: date | None = None, name: str = "file.csv") -> PortfolioReading:
    return read_portfolio(read_tables(text.encode(), name)[0], as_of=as_of)
