"""Writes of reviews and their teams, of findings, of the organisation's questions; who may do what."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.assurance.models import Finding, Member, Question, Review, ReviewKind
from steerco.apps.assurance.questions import shipped_questions
from steerco.apps.assurance.states import PLAN
from steerco.apps.followups.services import holders
from steerco.apps.initiatives.models import Holding, Initiative, Post
from steerco.apps.initiatives.records import delete_records, write_records
from steerco.apps.initiatives.services import declare_belonging
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.history import Change, Invalid, Write, save
from steerco.kit.permissions import Actor, Denied, can, require

LEADING = ("project_manager", "programme_manager", "portfolio_manager", "sponsor")
FIXED = frozenset({"title", "severity", "area", "description", "source", "initiative"})  # once it was issued
BEGUN = ("running", "checking", "issued", "closed")


def itself(actor: Actor) -> Actor:
    """The product acting for `actor`, whose right was asked for already."""
    return replace(actor.itself(), trusted=True)


# -- who reviews ----------------------------------------------------------------------------------------------------


def _people(parties: Iterable[int | None]) -> set[int]:
    day = clock.today()
    return {person.pk for party in parties if party for person in holders(party, day)}


def leaders_of(initiative: Initiative) -> set[int]:
    """The people (ids) who lead or sponsor an initiative: nobody of them reviews it."""
    posts = Holding.objects.filter(
        Holding.in_force(clock.today()), post__initiative=initiative, post__role__in=LEADING
    )
    return _people((initiative.lead_id, initiative.sponsor_id)) | set(
        posts.values_list("person_id", flat=True)
    )


def _require_independent(kind: str, initiative: Initiative, parties: Collection[int], index: int) -> None:
    if kind == ReviewKind.SELF or not parties:
        return
    leaders = leaders_of(initiative)
    for party in Party.objects.filter(pk__in=parties).order_by("sort_name", "pk"):
        if _people((party.pk,)) & leaders:
            text = _("%(who)s leads or sponsors this initiative: nobody reviews their own work.")
            raise Invalid({index: {"owner": [text % {"who": party}]}})


def is_reviewer(actor: Actor, review: Review) -> bool:
    """Whether the actor leads the review or belongs to its team."""
    if actor.trusted or (review.owner_id is not None and review.owner_id in actor.parties):
        return True
    return bool(actor.parties) and review.team.filter(party__in=actor.parties).exists()


def may_follow(actor: Actor, review: Review) -> bool:
    """Whether the actor reads what is being written: the reviewers, and who plans reviews and leads nothing there."""
    if is_reviewer(actor, review):
        return True
    return can(actor, PLAN, review) and not leads(actor, review.initiative)


def leads(actor: Actor, initiative: Initiative) -> bool:
    """Whether the actor leads or sponsors the initiative."""
    return not actor.trusted and actor.person_id in leaders_of(initiative)


# -- reviews --------------------------------------------------------------------------------------------------------


def write_reviews(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Review]:
    """Plan and change reviews. Raises Denied; Invalid (by position) where somebody would review their own work or an
    issued review would change; Conflict. All or nothing."""
    with transaction.atomic():
        stored = Review.objects.select_related("initiative").in_bulk([c.pk for c in changes if c.pk])
        for index, change in enumerate(changes):
            row = stored[change.pk] if change.pk else None
            if row is not None:
                require(actor, PLAN, row)
                _require_open(actor, row, change, index)
            place = change.values.get("initiative") or (row.initiative if row else None)
            if place is not None:
                require(actor, PLAN, place)
                kind = change.values.get("kind", row.kind if row else ReviewKind.HEALTH)
                owner = change.values.get("owner", row.owner if row else None)
                team = set(row.team.values_list("party_id", flat=True)) if row else set()
                _require_independent(kind, place, team | ({owner.pk} if owner else set()), index)
        return write_records(actor, Review, changes, reason=reason, batch=batch)


def _require_open(actor: Actor, row: Review, change: Change, index: int) -> None:
    if actor.trusted:
        return
    if row.state in ("issued", "closed"):
        raise Invalid({index: {"": [_("An issued review stays as it is.")]}})
    fixed = {"initiative", "kind"} & change.values.keys()
    for name in fixed if row.state in BEGUN else ():
        if change.values[name] != getattr(row, name):
            raise Invalid({index: {name: [_("The review has begun: this stays as it is.")]}})


def delete_reviews(
    actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
) -> list[Review]:
    """Delete or restore reviews that were not issued. Raises Denied, Invalid for an issued one."""
    rows = {row.pk: row for row in Review.objects.filter(pk__in=pks).select_related("initiative")}
    for index, row in enumerate(rows[pk] for pk in pks if pk in rows):
        require(actor, PLAN, row)
        if row.issued_on is not None:
            raise Invalid({index: {"": [_("An issued review stays as it is.")]}})
    return delete_records(actor, Review, pks, restore=restore, reason=reason, batch=batch)


def set_team(actor: Actor, review: Review, parties: Sequence[Party]) -> None:
    """Say who reviews beside whoever leads the review. Raises Denied, Invalid."""
    require(actor, PLAN, review)
    if review.state in ("issued", "closed", "cancelled"):
        raise Invalid({0: {"team": [_("An issued review stays as it is.")]}})
    wanted = {party.pk for party in parties} - {review.owner_id}
    _require_independent(review.kind, review.initiative, wanted, 0)
    with transaction.atomic():
        review.team.exclude(party__in=wanted).delete()
        known = set(review.team.values_list("party_id", flat=True))
        Member.objects.bulk_create([Member(review=review, party_id=pk) for pk in sorted(wanted - known)])


# -- findings -------------------------------------------------------------------------------------------------------


def office_head() -> Party | None:
    """The post of whoever leads the office, where it is held: who decides about what is contested if nobody else is
    named."""
    post = (
        Post.objects.filter(initiative=None, role="pmo_manager")
        .select_related("party")
        .order_by("pk")
        .first()
    )
    return post.party if post and _people((post.party_id,)) else None


def decider_of(finding: Finding) -> Party | None:
    """Who decides about a contested finding: whom it names, else its review, else the head of the office."""
    review = finding.review
    return finding.decider or (review.appeals_to if review else None) or office_head()


def write_findings(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Finding]:
    """Create findings from outside, answer and change findings. Raises Denied, Invalid (by position), Conflict.

    What was issued stays as it is; what is contested has somebody who decides; nobody checks their own work.
    """
    with transaction.atomic():
        related = ("initiative", "review__appeals_to", "decider", "owner")
        stored = Finding.objects.select_related(*related).in_bulk([c.pk for c in changes if c.pk])
        for index, change in enumerate(changes):
            row = stored[change.pk] if change.pk else None
            if row is not None:
                _require_fixed(actor, row, change, index)
                _prepare_step(actor, row, change, index)
        rows = write_records(actor, Finding, changes, reason=reason, batch=batch)
        settle(actor, {row.review_id for row in rows if row.review_id})
    return rows


def settle(actor: Actor, reviews: Collection[int]) -> None:
    """Close issued reviews whose findings are all dealt with; reopen those with one that is not any more."""
    left = Finding.objects.filter(review__in=reviews, deleted=False).exclude(
        state__in=("closed", "withdrawn")
    )
    going = set(left.values_list("review_id", flat=True))
    for row in Review.objects.filter(pk__in=reviews, state__in=("issued", "closed")):
        wanted = "issued" if row.pk in going else "closed"
        if row.state != wanted:
            write_records(itself(actor), Review, [Change({"state": wanted}, pk=row.pk)])


def _require_fixed(actor: Actor, row: Finding, change: Change, index: int) -> None:
    if actor.trusted or row.review_id is None:
        return
    for name in FIXED & change.values.keys():
        if change.values[name] != getattr(row, name):
            raise Invalid({index: {name: [_("It stands in an issued review and stays as it is.")]}})
    if "due_on" in change.values and change.values["due_on"] != row.due_on:
        require(actor, PLAN, row)


def _prepare_step(actor: Actor, row: Finding, change: Change, index: int) -> None:
    before, after = row.state, change.values.get("state", row.state)
    if after == before:
        return
    if after == "contested":
        decider = change.values.get("decider") or decider_of(row)
        if decider is None:
            text = _(
                "Name who decides about it first: nobody is named in the review, and the office has no head."
            )
            raise Invalid({index: {"decider": [text]}})
        change.values["decider"] = decider
    if before == "done" and not actor.trusted:
        own = (row.owner_id is not None and row.owner_id in actor.parties) or leads(actor, row.initiative)
        if own:
            text = _("Somebody else checks this: nobody closes a finding about their own work.")
            raise Invalid({index: {"state": [text]}})
    if after == "closed":
        change.values |= {"checked_by": actor.label[:200], "checked_on": clock.today()}
    if before == "closed":
        change.values |= {"reopened": row.reopened + 1, "checked_by": "", "checked_on": None}


def delete_findings(
    actor: Actor, pks: Sequence[int], *, restore: bool = False, reason: str = "", batch: str = ""
) -> list[Finding]:
    """Delete or restore findings from outside. Raises Denied, for those of a review too."""
    if Finding.objects.filter(pk__in=pks, review__isnull=False).exists():
        raise Denied("record.delete")
    return delete_records(actor, Finding, pks, restore=restore, reason=reason, batch=batch)


# -- questions ------------------------------------------------------------------------------------------------------


def write_questions(
    actor: Actor, changes: Sequence[Change], *, reason: str = "", batch: str = ""
) -> list[Question]:
    """Create and change the organisation's own questions. Raises Denied, Invalid, Conflict."""
    require(actor, "organisation.configure")
    stored = Question.objects.in_bulk([change.pk for change in changes if change.pk])
    writes = []
    for change in changes:
        row = stored[change.pk] if change.pk else Question()
        for name, value in change.values.items():
            setattr(row, name, value)
        fields = frozenset(change.values) if change.pk else None
        writes.append(Write(row, fields=fields, version=change.version))
    save(actor, writes, kind="review_question.changed", reason=reason, batch=batch)
    return [write.instance for write in writes]


def take_shipped(actor: Actor) -> int:
    """Make the shipped questions the organisation's own, to be changed; how many. Raises Denied.

    Nothing happens where there are own ones.
    """
    require(actor, "organisation.configure")
    with transaction.atomic():
        if Question.objects.exists():
            return 0
        names = ("area", "title", "good", "weight", "evidence")
        rows = [
            Change({**{name: one[name] for name in names}, "rank": rank})
            for rank, one in enumerate(shipped_questions(), 1)
        ]
        return len(write_questions(actor, rows))


def _findings_of(review: Review) -> Iterable[Finding]:
    return Finding.objects.filter(review=review).select_related("initiative")


declare_belonging(Review, _findings_of)
