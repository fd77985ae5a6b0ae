"""Writes of dependencies, obstacles and contingency: what other registers do not need to be asked."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Initiative, Post
from steerco.apps.initiatives.records import delete_records, write_records
from steerco.apps.organisation.selectors import organisation
from steerco.apps.people.models import Party, Person
from steerco.apps.raid.models import ContingencyMovement, Dependency, Obstacle
from steerco.apps.raid.reserves import ledger_of
from steerco.kit import clock
from steerco.kit.history import Change, Invalid
from steerco.kit.permissions import Actor, can, require

DIRECTOR = "pmo_manager"  # the role whose post on the whole organisation owns obstacles


def write_dependencies(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Dependency]:
    """Create and change dependencies. Raises Denied, Invalid, Conflict.

    Whether it is agreed is said at the giver: by who may change records there, or by the owner at the giver. Another
    need-by date or another giver has to be agreed anew.
    """
    with transaction.atomic():
        rows = Dependency.objects.select_related("giver").in_bulk([c.pk for c in changes if c.pk])
        for index, change in enumerate(changes):
            _take_agreement(actor, rows.get(change.pk or 0), change, index)
            if change.pk is None:
                change.values.setdefault("raised_on", clock.today())
        return write_records(actor, Dependency, changes, reason=reason, batch=batch)


def _take_agreement(actor: Actor, row: Dependency | None, change: Change, index: int) -> None:
    values = change.values
    said = values.get("agreed", row.agreed if row else "")
    giver = values.get("giver", row.giver if row else None)
    if said != (row.agreed if row else ""):
        owner = values.get("giver_owner", row.giver_owner if row else None)
        if not _speaks_for(actor, giver, owner):
            message = _("Only the giver says so: who may change records there, or the owner at the giver.")
            raise Invalid({index: {"agreed": [message]}})
    elif row is not None and row.agreed:
        needed = values.get("need_by", row.need_by)
        if needed != row.need_by or (giver.pk if giver else None) != row.giver_id:
            values["agreed"] = ""


def _speaks_for(actor: Actor, giver: Any, owner: Party | None) -> bool:
    """Whether `actor` may say what the giver agreed to; for a giver outside the portfolio, whoever records it."""
    if actor.trusted or giver is None:
        return True
    return can(actor, "record.edit", giver) or (owner is not None and owner.pk in actor.parties)


def write_obstacles(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Obstacle]:
    """Create and change obstacles. A new one is raised today by whoever enters it, or by the person that it is entered
    for, and owned by the director. Raises Denied, Invalid, Conflict."""
    with transaction.atomic():
        new = [change for change in changes if change.pk is None]
        if new:
            raised_by, owner = _raiser(actor), director()
            for change in new:
                change.values.setdefault("raised_on", clock.today())
                if not change.values.get("raised_by"):
                    change.values["raised_by"] = raised_by
                if not change.values.get("owner"):
                    change.values["owner"] = owner
        return write_records(actor, Obstacle, changes, reason=reason, batch=batch)


def _raiser(actor: Actor) -> Party | None:
    if actor.behalf_of:
        return Party.objects.filter(pk=actor.behalf_of).first()
    if actor.person_id is None:
        return None
    person = Person.objects.filter(pk=actor.person_id).select_related("party").first()
    return person.party if person else None


def director() -> Party | None:
    """The post that removes obstacles: the office's director or manager; None where nobody was appointed."""
    posts = Post.objects.filter(initiative=None, role=DIRECTOR, holdings__isnull=False)
    post = posts.select_related("party").order_by("pk").first()
    return post.party if post else None


def write_contingency(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[ContingencyMovement]:
    """Create and change movements of contingencies. Raises Denied, Invalid, Conflict.

    Who decides and when is kept with the decision. What was approved is changed only by who may decide, and never
    more is drawn than was set aside.
    """
    with transaction.atomic():
        rows = ContingencyMovement.objects.select_related("initiative").in_bulk(
            [c.pk for c in changes if c.pk]
        )
        for change in changes:
            _take_decision(actor, rows.get(change.pk or 0), change)
        before = {row.initiative_id for row in rows.values()}
        written = write_records(actor, ContingencyMovement, changes, reason=reason, batch=batch)
        _refuse_overdrawn(written, before)
    return written


def _take_decision(actor: Actor, row: ContingencyMovement | None, change: Change) -> None:
    values, was = change.values, row.state if row else ""
    if row is None:
        values.setdefault("moved_on", clock.today())
        if values.get("amount") and not values.get("currency"):
            values["currency"] = organisation().currency
    elif was == "approved" and any(
        name in values and values[name] != getattr(row, name) for name in ContingencyMovement.DECIDED
    ):
        require(actor, "record.decide", row)
    if values.get("state", was) != was:
        decided = values.get("state") in ("approved", "refused")
        values["decided_by"] = _raiser(actor) if decided else None
        values["decided_on"] = clock.today() if decided else None


def delete_contingency(
    actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
) -> list[ContingencyMovement]:
    """Delete or restore movements, as long as no more stays drawn than set aside. Raises Denied,
    Invalid."""
    with transaction.atomic():
        rows = delete_records(actor, ContingencyMovement, pks, restore=restore, reason=reason, batch=batch)
        _refuse_overdrawn(rows)
    return rows


def _refuse_overdrawn(rows: Sequence[ContingencyMovement], also: Iterable[int] = ()) -> None:
    """Raises Invalid where the contingency of a movement's place (or of one in `also`) is overdrawn."""
    overdrawn = _overdrawn({row.initiative_id for row in rows} | set(also))
    if overdrawn:
        index = next((i for i, row in enumerate(rows) if row.initiative_id in overdrawn), 0)
        text = _("More would be drawn than is set aside here, or more given back than was drawn.")
        raise Invalid({index: {"amount": [text]}})


def _overdrawn(places: set[int]) -> set[int]:
    """Those of `places` whose contingency is overdrawn. They are locked first: two drawdowns see each other."""
    list(Initiative.objects.select_for_update().filter(pk__in=places).order_by("pk").values_list("pk"))
    return {pk for pk in places if ledger_of({pk}).is_overdrawn}
