"""What people are told of early warnings: each once, in the mail of the day, to whom it concerns."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from steerco.apps.followups.services import holders
from steerco.apps.foresight.models import EarlyWarning
from steerco.apps.foresight.selectors import visible
from steerco.apps.foresight.signals import sentence
from steerco.apps.initiatives.models import Entry
from steerco.apps.notices.lines import Line, declare_notice
from steerco.apps.notices.models import Notice
from steerco.apps.notices.services import Telling, tell
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.permissions import Actor

WARNED = "foresight.warning"


def tell_of(rows: Sequence[EarlyWarning]) -> None:
    """Note for the owners of the entries, and for those who lead their initiatives, that these warnings came."""
    ids = [row.entry_id for row in rows]
    places = Entry.objects.filter(pk__in=ids).values_list("pk", "owner", "initiative__lead")
    parties = {pk: {party for party in (owner, lead) if party} for pk, owner, lead in places}
    people: dict[int, list[Person]] = {}
    tellings = []
    for row in rows:
        told: set[int] = set()
        for party in sorted(parties.get(row.entry_id, ())):
            if party not in people:
                people[party] = holders(party, clock.today())
            told |= {person.pk for person in people[party]}
        key = f"{row.entry_id}:{row.signal}:{row.part}:{row.since}"
        data = {"signal": row.signal, "part": row.part}
        tellings += [Telling(person, WARNED, key, row.entry_id, data) for person in sorted(told)]
    tell(tellings)


def _say(notice: Notice, reader: Actor | None) -> Line | None:
    """The warning as it stands when the mail is sent; nothing where it is settled or the reader may not see it."""
    if reader is None:
        return None
    wanted = {"entry": notice.entry_id, "signal": notice.data["signal"], "part": notice.data["part"]}
    row = visible(reader).filter(**wanted).select_related("entry__initiative").first()
    if row is None:
        return None
    place = row.entry.initiative.name if row.entry.initiative else ""
    what = row.entry.title if row.entry.title == place else f"{row.entry.title} ({place})"
    text = f"{what}: {sentence(row.signal, row.data)}"
    why = _("You own it, or you lead the initiative.")
    return Line(_("Early warnings"), text, why, reverse("foresight:warning", args=[row.pk]))


declare_notice(WARNED, _say)
