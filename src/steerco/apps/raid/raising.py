"""One risk that is raised above several risks and issues of one cause, and related to them."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.models import Relation
from steerco.apps.links.services import relate
from steerco.apps.raid.causes import MOST_MEMBERS, lowest_above
from steerco.apps.raid.models import Issue, Risk
from steerco.kit import clock
from steerco.kit.history import Change
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.listing import chosen_rows
from steerco.kit.registers.register import register_of
from steerco.kit.search.words import stems

SOURCES = ("risk", "issue")


def members_named(actor: Actor, text: str) -> list[Entry]:
    """The open risks and issues that an address names by their entries and `actor` may see, in order of number."""
    rows = Entry.objects.visible_to(actor).filter(
        pk__in=chosen_rows(text)[:MOST_MEMBERS], register__in=SOURCES
    )
    return list(
        rows.filter(state_group=StateGroup.OPEN).select_related("initiative").order_by("register", "pk")
    )


def start_of(actor: Actor, members: Sequence[Entry]) -> dict[str, Any]:
    """What the form of the one risk starts with: the lowest place above all, what they share, the worst of their
    present scores. Amounts stay with the members, so that nothing counts twice."""
    entries = [entry.pk for entry in members]
    risks = list(visible_to(Risk._default_manager.filter(entry__in=entries), actor).order_by("pk"))
    issues = list(visible_to(Issue._default_manager.filter(entry__in=entries), actor).order_by("pk"))
    [place] = lowest_above(actor, [{entry.initiative_id for entry in members if entry.initiative_id}])
    told = [row for row in risks if row.restricted_by_id is None]  # what few may read is not copied
    texts = [row.cause or row.title for row in told]
    texts += [row.title for row in issues if row.restricted_by_id is None]
    categories = {row.category for row in risks}
    opportunities = bool(risks) and all(row.direction == Risk.Direction.OPPORTUNITY for row in risks)
    worst = max(risks, key=lambda row: (row.score or 0, -row.pk), default=None)
    shared = _shared(texts)
    return {
        "initiative": place,
        "title": _("Common cause: %(what)s") % {"what": shared} if shared else "",
        "direction": Risk.Direction.OPPORTUNITY if opportunities and not issues else Risk.Direction.THREAT,
        "category": categories.pop() if len(categories) == 1 else "",
        "cause": "\n".join(dict.fromkeys(row.cause for row in told if row.cause)),
        "current_probability": worst.current_probability if worst else None,
        "current_impact": worst.current_impact if worst else None,
        "raised_on": clock.today(),
    }


def _shared(texts: Sequence[str]) -> str:
    """The words that every text has, as the first one writes them."""
    common = set.intersection(*(set(stems(text)) for text in texts)) if texts else set()
    words = (word.strip(".,;:!?()\"'") for word in (texts[0].split() if texts else ()))
    return " ".join(word for word in words if common & set(stems(word)))[:200]


def raise_above(actor: Actor, members: Sequence[Entry], change: Change, *, reason: str = "") -> Risk:
    """Write the one risk and say that it causes the members, all or nothing. Raises Denied, Invalid."""
    with transaction.atomic():
        new: Risk = register_of("risk").write(actor, [change], reason=reason)[0]
        entry = Entry.objects.get(pk=new.entry_id)
        for member in members:
            relate(actor, entry, member, Relation.Kind.CAUSES)
    return new
