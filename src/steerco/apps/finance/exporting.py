"""Monthly money as a workbook, as far as its reader sees it, with the oldest data date in it."""

from django.utils.translation import gettext as _

from steerco.apps.finance.models import MonthlyFigure
from steerco.apps.finance.selectors import places_below
from steerco.apps.finance.wording import KINDS, NATURES
from steerco.apps.initiatives.models import Initiative
from steerco.exchange.finance.workbook import Row, long_workbook
from steerco.kit import clock
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

MOST = 100_000


def export_money(actor: Actor, initiative: Initiative | None) -> bytes:
    """The figures at and below a place (None: of everything that `actor` sees) as XLSX. Leaves an event."""
    places = places_below(actor, initiative).order_by().values("pk")
    found = MonthlyFigure.objects.visible_to(actor).filter(initiative__in=places, amount__isnull=False)
    ordered = found.select_related("initiative").order_by(
        "initiative__sort_name", "initiative", "month", "kind", "nature", "pk"
    )
    rows = [
        Row(
            row.initiative.code,
            row.initiative.name,
            row.month,
            str(KINDS[row.kind]),
            str(NATURES[row.nature]),
            row.amount or 0,
            row.currency,
            row.as_of,
        )
        for row in ordered[:MOST]
    ]
    headers = (
        _("Initiative"),
        _("Name"),
        _("Month"),
        _("Kind of figure"),
        _("Capital or revenue"),
        _("Amount"),
        _("Currency"),
        _("Data date"),
    )
    oldest = min((row.as_of for row in rows), default=None)
    notes = [
        _("Money by month, as of %(day)s.") % {"day": clock.today().isoformat()},
        _("Oldest data date: %(day)s.") % {"day": oldest.isoformat() if oldest else "–"},
    ]
    if len(rows) == MOST:
        notes.append(
            _("The first %(n)s figures: choose a smaller part of the portfolio for the others.") % {"n": MOST}
        )
    entry = initiative.entry_id if initiative else None
    event = Event(
        kind="money.exported",
        entry_id=entry,
        model="finance.monthlyfigure",
        changes={"rows": [None, len(rows)]},
    )
    append_events(actor, [event])
    return long_workbook(_("Money"), headers, rows, notes)
