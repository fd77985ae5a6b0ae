"""Telling those who watch an entry that others changed it: once for each day of changes, with their daily mail."""

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Entry
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.links.models import Watch
from steerco.apps.links.references import address, text
from steerco.apps.notices.lines import Line, declare_notice
from steerco.apps.notices.models import Notice
from steerco.apps.notices.services import Telling, tell
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor

CHANGED = "entry.changed"
BACK = timedelta(hours=26)  # further back everything has been told
NAMES = 3


def tell_of_changes() -> int:
    """Note what changed in the last day for everybody who watches it and did not do it; how many tellings."""
    people = dict(Person.objects.filter(user__isnull=False).values_list("user", "pk"))
    rows = _changes().filter(at__gte=clock.now() - BACK, entry__watches__isnull=False)
    found = rows.order_by().values_list("entry__watches__user", "entry", "at", "actor_user").distinct()
    tellings = {
        (user, entry, timezone.localdate(at))
        for user, entry, at, actor in found
        if user in people and actor != user
    }
    tell([_telling(people[user], entry, day) for user, entry, day in sorted(tellings)])
    return len(tellings)


def _changes() -> QuerySet[Event]:
    """What somebody does to an entry; what is asked about it is told to whom it is asked of."""
    return Event.objects.exclude(kind__startswith="followup.")


def _telling(person_id: int, entry_id: int, day: date) -> Telling:
    return Telling(person_id, CHANGED, f"{entry_id}:{day}", entry_id, {"day": day.isoformat()})


def _say(notice: Notice, reader: Actor | None) -> Line | None:
    if reader is None or notice.entry_id is None:
        return None
    if not Watch.objects.filter(entry=notice.entry_id, user=reader.user_id).exists():
        return None
    rows = (
        Entry.objects.visible_to(reader).exclude(state_group=StateGroup.DELETED).select_related("initiative")
    )
    entry = rows.filter(pk=notice.entry_id).first()
    if entry is None:
        return None
    begin = timezone.make_aware(datetime.combine(date.fromisoformat(notice.data["day"]), time.min))
    events = _changes().filter(entry=entry, at__gte=begin, at__lt=begin + timedelta(days=1))
    who = list(
        events.exclude(actor_user=reader.user_id).order_by().values_list("actor_label", flat=True).distinct()
    )
    if not who:
        return None
    names = ", ".join(sorted(who)[:NAMES]) + (" …" if len(who) > NAMES else "")
    said = _("%(what)s was changed by %(who)s") % {"what": text(entry), "who": names}
    return Line(_("What you watch"), said, _("You watch it."), address(entry))


declare_notice(CHANGED, _say)
