"""Where early warnings stand: on the page of an initiative, of a record, and in my work."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from steerco.apps.foresight.selectors import READS, last_look, lines, list_url, mine, of_entry, warnings
from steerco.apps.initiatives.models import Initiative, Record
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor

SHOWN, OWN = 6, 5


def _of_initiative(actor: Actor, initiative: Initiative, state: PageState) -> dict[str, Any] | None:
    rows = list(warnings(actor, initiative)[: SHOWN + 1])
    if not rows:
        return None
    return {"lines": lines(rows[:SHOWN]), "is_more": len(rows) > SHOWN, "url": list_url(initiative)}


def _of_record(actor: Actor, record: Any, state: PageState) -> dict[str, Any] | None:
    if not isinstance(record, Record):
        return None
    found = lines(of_entry(actor, record.entry_id))
    return {"lines": found} if found else None


def _mine(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    if not actor.parties:
        return None
    rows = list(mine(actor)[: OWN + 1])
    if not rows:
        return None
    return {"lines": lines(rows[:OWN]), "is_more": len(rows) > OWN, "url": list_url()}


declare_panel(
    Panel(
        "foresight",
        "initiative",
        28,
        "foresight/_initiative.html",
        _of_initiative,
        _("Early warnings"),
        12,
        reads=READS,
        stamp=last_look,
    )
)
declare_panel(
    Panel("record.foresight", "record", 12, "foresight/_record.html", _of_record, _("Early warnings"))
)
declare_panel(Panel("home.foresight", "home", 14, "foresight/_mine.html", _mine, _("Early warnings"), 12))
