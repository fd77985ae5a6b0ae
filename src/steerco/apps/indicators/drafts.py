"""A file on its way in: kept as a draft, mapped, tried, imported. The command and the pages use the same steps."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.indicators.imports import ImportReport, import_portfolio
from steerco.apps.indicators.models import NamedMapping, PortfolioImport
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.registers import INITIATIVES
from steerco.apps.initiatives.services import remove_initiatives, write_initiatives
from steerco.apps.organisation.selectors import organisation
from steerco.exchange.portfolio import PortfolioReading, mapping_from_headers, read_portfolio, suggest_mapping
from steerco.exchange.tables import Table, read_pasted, read_tables
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.imports.holding import held
from steerco.kit.permissions import Actor, require

DEFAULT_CODE = "PORTFOLIO"
MADE = "made_portfolio"  # in the settings of a draft
LONGEST_LABEL_YEAR = (
    4  # a year that is called "2019/20" starts in April unless the organisation says otherwise
)


@dataclass(frozen=True)
class How:
    """How to read a table: field keys to headers (None: as suggested), the date or the column with it."""

    mapping: Mapping[str, str] | None = None
    as_of: date | None = None
    as_of_column: str = ""


def tables_of(name: str, content: bytes) -> list[Table]:
    """The tables in a file. Raises TableError."""
    return read_tables(content, name)


def read_table(table: Table, how: How) -> PortfolioReading:
    """Read one table. Raises MappingError, ReportDateError."""
    settings = organisation()
    starts = settings.fiscal_year_start if settings.fiscal_year_start > 1 else LONGEST_LABEL_YEAR
    return read_portfolio(
        table,
        mapping_from_headers(table, how.mapping) if how.mapping else None,
        as_of=how.as_of,
        as_of_column=how.as_of_column or None,
        default_currency=settings.currency,
        fiscal_year_starts=starts,
    )


def suggested(table: Table) -> dict[int, str]:
    """Which field each column is taken for: index of the column -> key."""
    return {match.column: match.key for match in suggest_mapping(table).matches}


def named_mapping(name: str) -> dict[str, str] | None:
    """The mapping kept under a name; None where there is none."""
    columns = NamedMapping.objects.filter(name=name).values_list("columns", flat=True).first()
    return dict(columns) if columns is not None else None


def portfolio_for(actor: Actor, code: str) -> Initiative:
    """The initiative with that code, made as a portfolio where there is none. Raises Denied, Invalid."""
    found = Initiative.objects.visible_to(actor).filter(code__iexact=code).first()
    if found is None:
        values = {"code": code, "name": code, "type": Initiative.Type.PORTFOLIO}
        found = write_initiatives(actor, [Change(values)])[0]
    return found


def keep_draft(actor: Actor, portfolio: Initiative, name: str, content: bytes) -> PortfolioImport:
    """Keep an uploaded file until it is imported. Raises Denied, TableError when it holds no table."""
    require(actor, "snapshot.import", portfolio)
    tables_of(name, content)
    return PortfolioImport.objects.create(
        batch=f"import-{secrets.token_hex(8)}",
        portfolio=portfolio,
        user_id=actor.user_id,
        by=actor.label[:200],
        at=clock.now(),
        file_name=name[:200],
        content=content,
    )


def start_draft(actor: Actor, code: str, name: str, content: bytes) -> PortfolioImport:
    """Keep an upload for the initiative with that code; a portfolio that there is not is made with it, or not at all.

    Raises Denied, Invalid, TableError.
    """
    with transaction.atomic():
        is_there = Initiative.objects.visible_to(actor).filter(code__iexact=code).exists()
        draft = keep_draft(actor, portfolio_for(actor, code), name, content)
        if not is_there:
            draft.settings = {MADE: True}
            draft.save(update_fields=["settings"])
    return draft


def drop_draft(actor: Actor, draft: PortfolioImport) -> None:
    """Give up a draft, and the portfolio that was made with it unless something hangs on it by now. Raises Denied."""
    with transaction.atomic():
        made, portfolio = draft.settings.get(MADE), draft.portfolio
        require(actor, "snapshot.import", portfolio)
        draft.delete()
        if made and portfolio.version == 1 and not held(INITIATIVES, actor, [portfolio], ""):
            remove_initiatives(actor, [portfolio], reason=_("the file was dropped"))


def pasted_as_file(text: str) -> tuple[str, bytes]:
    """Pasted cells as a file: its name and content. Raises TableError when they hold no table."""
    read_pasted(text)
    return _("pasted cells") + ".tsv", text.encode()


def readings_of(draft: PortfolioImport, how: How) -> list[PortfolioReading]:
    """Every table of a draft, read. Raises TableError, MappingError, ReportDateError."""
    tables = tables_of(draft.file_name, bytes(draft.content or b""))
    return [read_table(table, how) for table in tables]


def finish_draft(
    actor: Actor, draft: PortfolioImport, how: How, confirmed: Mapping[str, str], *, dry_run: bool
) -> ImportReport:
    """Try or do what a draft asks for. Done, the draft goes: its import stands under its own batch."""
    readings = readings_of(draft, how)
    with transaction.atomic():
        report = import_portfolio(
            actor,
            readings,
            portfolio=draft.portfolio,
            file_name=draft.file_name,
            dry_run=dry_run,
            confirmed=confirmed,
        )
        if not dry_run:
            draft.delete()
    return report


def how_from(values: Mapping[str, Any]) -> How:
    """The way of reading that a draft keeps in its settings."""
    day = values.get("as_of") or ""
    return How(
        mapping=values.get("mapping") or None,
        as_of=date.fromisoformat(day) if day else None,
        as_of_column=values.get("as_of_column") or "",
    )
