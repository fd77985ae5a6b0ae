"""Handing over: offered part by part, passed when the successor accepts, with the offerer's rights of that moment."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.access.models import User
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import Ask, ask, close_links_of, pass_on, withdraw
from steerco.apps.handover.models import Part
from steerco.apps.handover.selectors import held_by, owned_by
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.policy import actor_for
from steerco.apps.initiatives.posts import appoint, end_holding
from steerco.apps.initiatives.records import rows_of
from steerco.apps.initiatives.services import write_initiatives
from steerco.apps.notices.working_time import add_working_days
from steerco.apps.people.models import Person
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.permissions import Actor, Denied, Via, can, require
from steerco.kit.registers.register import Register
from steerco.kit.registers.saved import give_shared_views

ACCEPT = "handover.accept"
DAYS_TO_ACCEPT = 5  # working days


def offer(
    actor: Actor,
    person: Person,
    successors: Mapping[int, Person],
    *,
    note: str = "",
    views_to: Person | None = None,
) -> list[Part]:
    """Offer what `person` has to successors, by initiative id; close the doors that mails opened for somebody who is
    gone; give the shared lists to `views_to`. A second offer of the same replaces the first.

    Raises Denied, Invalid.
    """
    require(actor, "person.edit")
    places = Initiative.objects.visible_to(actor).in_bulk(list(successors))
    for pk, successor in successors.items():
        if pk not in places:
            raise Denied("person.edit")
        if successor.pk == person.pk or (successor.leaves and successor.leaves < clock.today()):
            raise Invalid({0: {"successor": [_("%(name)s cannot take it over.") % {"name": successor.name}]}})
    with transaction.atomic():
        before = Part.objects.filter(person=person, initiative__in=places, state=Part.State.OFFERED)
        keys = [_key(pk) for pk in before.values_list("pk", flat=True)]
        withdraw(actor, FollowUp.objects.filter(key__in=keys))
        before.update(state=Part.State.REPLACED)
        now = clock.now()
        parts = Part.objects.bulk_create(
            [
                Part(
                    person=person,
                    initiative=places[pk],
                    successor=successor,
                    offered_by_id=actor.user_id,
                    offered_at=now,
                    note=note.strip()[:2000],
                )
                for pk, successor in successors.items()
            ]
        )
        ask(actor, [_ask(part) for part in parts])
        _note(actor, parts, "handover.offered")
        if person.leaves and person.leaves < clock.today():
            close_links_of(person)
        if views_to is not None and views_to.user_id and person.user_id:
            give_shared_views(person.user_id, views_to.user_id)
    return parts


def _key(pk: int) -> str:
    return f"{ACCEPT}:{pk}"


def _ask(part: Part) -> Ask:
    return Ask(
        key=_key(part.pk),
        kind=ACCEPT,
        entry_id=part.initiative.entry_id,
        debtor_id=part.successor.party_id,
        creditor_id=part.initiative.lead_id if part.initiative.lead_id != part.person.party_id else None,
        due=add_working_days(clock.today(), DAYS_TO_ACCEPT),
        data={"part": str(part.pk), "person": part.person.name, "note": part.note},
    )


def _note(actor: Actor, parts: list[Part], kind: str, **changes: Any) -> None:
    append_events(
        actor,
        [
            Event(
                kind=kind,
                entry_id=part.initiative.entry_id,
                model="handover.part",
                object_id=part.pk,
                changes={"successor": [part.person.party_id, part.successor.party_id], **changes},
            )
            for part in parts
        ],
    )


def decline(actor: Actor, part: Part) -> None:
    """The successor does not take it; it stays where it is and may be offered to somebody else."""
    Part.objects.filter(pk=part.pk, state=Part.State.OFFERED).update(state=Part.State.DECLINED)
    _note(actor, [part], "handover.declined")


def accept(actor: Actor, part: Part) -> dict[str, int]:
    """Pass everything of the part to the successor, as far as whoever offered it may do so now; how many of what.

    Raises Invalid when the offer no longer stands: it was replaced, or whoever made it may no longer hand over.
    """
    user = User.objects.filter(pk=part.offered_by_id or 0, is_active=True).first()
    giver = actor_for(user, Via.JOB) if user else None
    claimed = Part.objects.filter(pk=part.pk, state=Part.State.OFFERED).update(state=Part.State.ACCEPTED)
    if not claimed or giver is None or not can(giver, "person.edit"):
        raise Invalid({0: {"answer": [_("This offer no longer stands. Ask the office to make it again.")]}})
    reason = f"{part.person.name} → {part.successor.name}"
    passed = {
        "records": _pass_records(giver, part, reason),
        "initiatives": _pass_initiative(giver, part, reason),
        "posts": _pass_posts(giver, part),
        "follow_ups": pass_on(
            giver,
            part.person.party,
            part.successor.party,
            FollowUp.objects.filter(entry__initiative=part.initiative).exclude(key=_key(part.pk)),
        ),
    }
    Part.objects.filter(pk=part.pk).update(passed=passed)
    _note(actor, [part], "handover.accepted", passed=[None, passed])
    return passed


def _pass_records(giver: Actor, part: Part, reason: str) -> int:
    by_register: dict[Register, list[Change]] = defaultdict(list)
    for register, row in rows_of(owned_by(giver, part.person).filter(initiative=part.initiative)).values():
        if can(giver, "record.edit", row):
            by_register[register].append(Change({"owner": part.successor.party}, pk=row.pk))
    for register, changes in by_register.items():
        register.write(giver, changes, reason=reason)
    return sum(len(changes) for changes in by_register.values())


def _pass_initiative(giver: Actor, part: Part, reason: str) -> int:
    row, party = Initiative.objects.get(pk=part.initiative_id), part.person.party_id
    values = {
        name: part.successor.party for name in ("lead", "sponsor") if getattr(row, f"{name}_id") == party
    }
    if values and can(giver, "initiative.edit", row):
        write_initiatives(giver, [Change(values, pk=row.pk)], reason=reason)
        return len(values)
    return 0


def _pass_posts(giver: Actor, part: Part) -> int:
    """Each post from today, or from the day after the last one of somebody who is still here; without the right to
    appoint there it stays."""
    passed = 0
    for holding in held_by(part.person).filter(post__initiative=part.initiative):
        last = _last_day(part.person)
        if holding.ends and holding.ends <= last:
            continue
        try:
            with transaction.atomic():
                appoint(
                    giver,
                    holding.post,
                    part.successor,
                    kind=holding.kind,
                    starts=last + timedelta(days=1),
                    ends=holding.ends,
                )
                end_holding(giver, holding, last)
        except Denied:
            continue
        passed += 1
    return passed


def _last_day(person: Person) -> date:
    """The last day of what somebody holds: the day before they accept, or their own last one when that is later."""
    yesterday = clock.today() - timedelta(days=1)
    return max(yesterday, person.leaves) if person.leaves else yesterday
