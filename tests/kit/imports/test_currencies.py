"""Amounts of currencies without hundredths, or with thousandths, in files."""

from typing import Any

import pytest
from django.http import QueryDict
from tests.apps.worlds import OPERATOR, initiative, record
from tests.kit.imports.files import upload

from steerco.apps.raid.models import Risk
from steerco.kit.imports import services
from steerco.kit.imports.exporting import export_list
from steerco.kit.imports.models import ImportRun
from steerco.kit.imports.services import Upload
from steerco.kit.registers.register import register_by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("read_here")]
RISKS = register_by_key("risk")


def read(file: Upload) -> ImportRun:
    run = services.stage(OPERATOR, RISKS, [file])
    services.check(OPERATOR, run)
    services.apply(OPERATOR, run)
    run.refresh_from_db()
    return run


def test_a_file_says_the_currency_in_a_column_or_beside_the_amount() -> None:
    initiative("P1")
    headers = ("Title", "Project", "Exposure", "Currency")
    rows = (("Yen", "P1", "7,000", "JPY"), ("Dinar", "P1", "1.234", "KWD"), ("Euro", "P1", "12.50", "EUR"))
    read(upload(headers, rows))
    read(upload(("Title", "Project", "Exposure"), (("Named", "P1", "JPY 900"),)))
    assert dict(Risk.objects.values_list("title", "exposure")) == {
        "Yen": 7000,
        "Dinar": 1234,
        "Euro": 1250,
        "Named": 900,
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_comes_back_unchanged(kind: Any) -> None:
    place = initiative("P1")
    record("risk", place, "Yen", exposure=7000, currency="JPY")
    record("risk", place, "Dinar", exposure=1234, currency="KWD")
    content = export_list(RISKS, OPERATOR, QueryDict(""), kind, everything=True).content
    run = services.stage(OPERATOR, RISKS, [Upload(f"risks.{kind}", content)])
    services.check(OPERATOR, run)
    assert (run.report["counts"]["read"], run.report["counts"]["unchanged"]) == (2, 2)
