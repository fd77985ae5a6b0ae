"""Loading the published example: seven years of the UK government's major projects."""

from importlib import resources

from django.db import transaction

from steerco.apps.indicators.imports import import_portfolio
from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.initiatives.services import write_initiatives
from steerco.exchange.portfolio import read_portfolio
from steerco.exchange.tables import read_tables
from steerco.kit.history import Change
from steerco.site.demo.timeline import acting

EXAMPLE = "gmpp"
CODE = "GMPP"
FOLDER = resources.files("steerco.site.demo") / "gmpp"
SUMMARY = (
    "The largest and riskiest projects of the United Kingdom's government, as published each year from 2014 to 2020: "
    "delivery confidence, dates, cost and what the departments said about them."
)


def load_published() -> bool:
    """Load the seven years, all or nothing; False when they are there already."""
    if Initiative.objects.filter(example=EXAMPLE).exists():
        return False
    actor = acting("Example data")
    with transaction.atomic():
        values = {
            "code": CODE,
            "name": "Government Major Projects Portfolio",
            "type": Initiative.Type.PORTFOLIO,
            "summary": SUMMARY,
            "example": EXAMPLE,
        }
        portfolio = write_initiatives(actor, [Change(values)])[0]
        for file in sorted(FOLDER.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".csv"):
                readings = [
                    read_portfolio(table, default_currency="GBP")
                    for table in read_tables(file.read_bytes(), file.name)
                ]
                import_portfolio(actor, readings, portfolio=portfolio, file_name=file.name)
        # what a row came with is bookkeeping, no change of it that its history should show
        below = Ancestry.objects.filter(ancestor=portfolio).values("descendant")
        Initiative.objects.filter(pk__in=below).update(example=EXAMPLE)
    return True
