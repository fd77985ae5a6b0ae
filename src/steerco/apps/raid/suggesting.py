"""Which lessons help where: on a young initiative, on a risk, at a gate; and why, in words.

A lesson is near by the words in common, by the supplier, by the category and by the sort of initiative it comes from.
One word alone is no reason.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from steerco.apps.initiatives.models import Entry, Initiative
from steerco.apps.initiatives.states import StateGroup
from steerco.apps.people.models import Person
from steerco.apps.planning.models import Milestone
from steerco.apps.raid.models import Lesson, LessonLook, LessonUse, Risk
from steerco.apps.raid.reuse import note_suggested
from steerco.kit import clock
from steerco.kit.fields import sort_key
from steerco.kit.pages.words import word
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.register import register_of
from steerco.kit.search.models import number_of
from steerco.kit.search.similar import similar_to
from steerco.kit.search.structures import among_rows_holding
from steerco.kit.search.words import spelled, stems, terms

SHOWN = 5
NEAR = 40  # lessons that are looked at for each of the ways to be near
YOUNG = timedelta(days=90)
BATCH = 200  # entries that the clock looks at in one go
SUPPLIER, CATEGORY, KIND_OF_PLACE, TYPE_OF_PLACE = 6.0, 2.0, 2.0, 0.5  # beside the weight of the words
ENOUGH = (
    2  # grounds: two words or the supplier; one word of the title with the category or the sort of initiative
)
STATES = ("noted", "confirmed", "embedded")
BEFORE_DELIVERY = frozenset(
    {Initiative.Status.PROPOSED, Initiative.Status.APPROVED, Initiative.Status.INITIATING}
)
LEGAL_FORMS = frozenset(
    [
        "ag",
        "and",
        "bv",
        "co",
        "corp",
        "corporation",
        "gmbh",
        "inc",
        "kg",
        "limited",
        "llc",
        "ltd",
        "nv",
        "plc",
        "sa",
        "se",
        "the",
        "und",
    ]
)
CATEGORY_OF = {
    Risk.Category.DELIVERY: Lesson.Category.PLANNING,
    Risk.Category.COMMERCIAL: Lesson.Category.SUPPLIERS,
    Risk.Category.FINANCIAL: Lesson.Category.MONEY,
    Risk.Category.TECHNICAL: Lesson.Category.TECHNICAL,
    Risk.Category.RESOURCES: Lesson.Category.PEOPLE,
    Risk.Category.STAKEHOLDERS: Lesson.Category.COMMUNICATION,
}


@dataclass(frozen=True)
class About:
    """What lessons are compared with: the text of a record, who is named on it, where it stands.

    `place` is the initiative whose sort is compared; lessons of the initiative `without` are no news there.
    """

    text: str
    category: str = ""
    place: Initiative | None = None
    parties: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    without: int | None = None


@dataclass
class Suggestion:
    """A lesson with why it is suggested, in words. `grounds`: how much there is for it; it is left out below ENOUGH."""

    lesson: Any
    url: str
    reasons: list[str] = field(default_factory=list)
    score: float = 0.0
    grounds: int = 0


@dataclass(frozen=True)
class Advice:
    """What is suggested at an entry, what is used there, and what was answered with "not here"."""

    suggested: list[Suggestion]
    used: list[LessonUse]
    dismissed: list[LessonUse]


def about(actor: Actor, row: Any) -> About | None:
    """What lessons are compared with at a record or an initiative; None where none are suggested.

    At an open risk; at a gate that is not passed; at an initiative before it delivers, and for its first three months.
    Of an initiative that `actor` may not view nothing is compared: they see the record alone.
    """
    if isinstance(row, Initiative):
        if row.status in Initiative.FINISHED or not is_young(row):
            return None
        text = f"{row.name} {row.summary}"
        return About(text, place=row, without=row.pk, **_named((row,), (row.lead_id, row.sponsor_id)))
    if getattr(row, "deleted", False) or getattr(row, "state_group", "") == StateGroup.DONE:
        return None
    if isinstance(row, Risk):
        text = f"{row.title} {row.cause} {row.effect}"
        category = CATEGORY_OF.get(Risk.Category(row.category), "") if row.category else ""
    elif isinstance(row, Milestone) and row.tier == Milestone.Tier.GATE:
        text, category = f"{row.title} {row.description} {row.initiative.name}", ""
    else:
        return None
    return at_place(actor, About(text, category), row, row.initiative, row.owner_id)


def at_place(actor: Actor, what: About, row: Any, place: Initiative | None, owner: int | None) -> About:
    """`what` with who and what is named on a record and on its initiative, where `actor` may view that."""
    if place is None or not can(actor, "initiative.view", place):
        return replace(what, **_named((row,), (owner,)))
    return replace(what, place=place, **_named((row, place), (owner, place.lead_id, place.sponsor_id)))


def is_young(row: Initiative) -> bool:
    """Whether an initiative does not deliver yet, or began or was entered in the last three months."""
    day = clock.today() - YOUNG
    begun = row.actual_start or row.planned_start
    return (
        row.status in BEFORE_DELIVERY or row.created_at.date() >= day or (begun is not None and begun >= day)
    )


def _named(rows: Iterable[Any], parties: Iterable[int | None]) -> dict[str, Any]:
    """Who and what is named on them: parties, and the words in the organisation's own fields."""
    values = (value for row in rows if row is not None for value in (row.custom or {}).values())
    return {
        "parties": frozenset(pk for pk in parties if pk),
        "names": frozenset(value for value in values if isinstance(value, str)),
    }


def suggestions(
    actor: Actor, what: About, *, without: Collection[int] = (), limit: int = SHOWN
) -> list[Suggestion]:
    """The lessons that `actor` may read and that are nearest to `what`, nearest first; of equals the newer one.

    At most seven queries, however many lessons there are.
    """
    register = register_of("lesson")
    found: dict[int, Suggestion] = {}

    def at(lesson: Lesson) -> Suggestion:
        return found.setdefault(lesson.pk, Suggestion(lesson, register.url(lesson)))

    rows = register.rows(actor).filter(state__in=STATES).order_by("-pk")
    suppliers = _suppliers(actor, what)
    for lesson in _of_suppliers(rows, suppliers):
        _add(at(lesson), SUPPLIER, ENOUGH, _("same supplier: %s") % lesson.supplier)
    for near in similar_to(actor, what.text, registers=(register,), limit=NEAR):
        words = [stem for stem in near.shared if stem in _stems_of(near.row)]
        grounds = min(len(words), ENOUGH)
        if grounds == 1 and words[0] not in stems(f"{near.row.title} {near.row.keywords}"):
            grounds = 0  # one word that the lesson only mentions
        if near.row.state in STATES and (grounds or near.row.pk in found):
            score = near.score * len(words) / len(near.shared)
            _add(at(near.row), score, grounds, _("words: %s") % ", ".join(spelled(what.text, words)))
    places = Initiative.objects.visible_to(actor).order_by()
    if what.place is not None and what.place.category and what.without:
        alike = places.filter(category__iexact=what.place.category)
        for lesson in rows.filter(initiative__in=alike.values("pk"))[:NEAR]:
            at(lesson).grounds += 1  # with the category itself it is enough
    left_out, category = set(without), what.category
    for one in found.values():
        if category and one.lesson.category == category:
            own = word(f"lesson.category.{category}", Lesson.Category(category).label)
            _add(one, CATEGORY, 1, _("same category: %s") % own)
    kept = [
        one
        for pk, one in found.items()
        if pk not in left_out and one.lesson.initiative_id != (what.without or 0)
    ]
    if what.place is not None and kept:
        known = places.filter(pk__in={one.lesson.initiative_id for one in kept}).values_list("pk", flat=True)
        seen = set(known)
        for one in kept:
            if one.lesson.initiative_id in seen:
                _weigh_place(one, what.place)
    kept = [one for one in kept if one.grounds >= ENOUGH]
    kept.sort(key=lambda one: (-round(one.score, 6), -one.lesson.pk))
    return kept[:limit]


def _add(one: Suggestion, score: float, grounds: int, reason: str) -> None:
    one.score += score
    one.grounds += grounds
    one.reasons.append(reason)


def _stems_of(lesson: Lesson) -> set[str]:
    """What a lesson is about, in the stems of its words: the index finds beginnings, "care" in "caretaker" too."""
    return set(stems(" ".join(getattr(lesson, name) for name in register_of("lesson").search)))


def _weigh_place(one: Suggestion, place: Initiative) -> None:
    """Add what the sort of the initiative tells that a lesson comes from."""
    lesson = one.lesson
    if place.category and sort_key(place.category) == sort_key(lesson.initiative.category):
        _add(one, KIND_OF_PLACE, 1, _("also from: %s") % place.category)
    if place.type == lesson.initiative.type:
        _add(one, TYPE_OF_PLACE, 0, _("same type of initiative: %s") % place.get_type_display())


def bare_name(name: str) -> tuple[str, ...]:
    """A name as it is compared: without case, accents, punctuation and legal form."""
    return tuple(part for part in re.findall(r"\w+", sort_key(name)) if part not in LEGAL_FORMS)


def _suppliers(actor: Actor, what: About) -> set[tuple[str, ...]]:
    """The names that a supplier may be told by: of the parties, of their organisations, in the own fields."""
    names = set(what.names)
    if what.parties:
        people = Person.objects.visible_to(actor).filter(party__in=what.parties).order_by()
        for pair in people.values_list("organisation", "name"):
            names.update(pair)
    return {bare for name in names if (bare := bare_name(name))}


def _of_suppliers(rows: QuerySet[Any], suppliers: Collection[tuple[str, ...]]) -> list[Any]:
    """The lessons about one of the suppliers. The index finds the words of a name; the name itself is compared here."""
    either = Q()
    for name in sorted(suppliers)[:NEAR]:
        if query := terms(" ".join(name)):
            either |= Q(among_rows_holding(query, number_of(Lesson)))
    if not either:
        return []
    return [row for row in rows.filter(either)[: NEAR * 5] if bare_name(row.supplier) in suppliers]


def advice(actor: Actor, row: Any) -> Advice | None:
    """What is suggested and was answered at a record or an initiative; None where nothing is."""
    what = about(actor, row)
    uses = _answered(actor, row.entry_id)
    if what is None and not any(use.relation_id for use in uses):
        return None
    without = {use.lesson_id for use in uses}
    found = suggestions(actor, what, without=without) if what is not None else []
    used = [use for use in uses if use.relation_id]
    dismissed = [use for use in uses if use.dismissed and not use.relation_id]
    return Advice(found, used, dismissed) if found or uses else None


def _answered(actor: Actor, entry_id: int) -> list[LessonUse]:
    """What was answered at an entry, of lessons that `actor` may read, in the order of the answers."""
    seen = register_of("lesson").rows(actor).order_by().values("pk")
    rows = LessonUse.objects.filter(entry=entry_id, lesson__in=seen)
    rows = rows.filter(Q(relation__isnull=False) | Q(dismissed=True))
    return list(rows.select_related("lesson__initiative", "by").order_by("at", "pk"))


def look_for_suggestions(actor: Actor) -> Mapping[str, int]:
    """Note what is suggested at entries that came since the last look, some hundred at a time: for the figures."""
    look, _made = LessonLook.objects.get_or_create(pk=1)
    keys = (Risk.register_key, Milestone.register_key, "initiative")
    entries = Entry.objects.filter(pk__gt=look.position, register__in=keys).order_by("pk")
    chosen = list(entries[:BATCH])
    rows: dict[int, Any] = {}
    for model in (Risk, Milestone, Initiative):
        found: Iterable[Any] = model._default_manager.filter(entry__in=[entry.pk for entry in chosen])
        rows |= {row.entry_id: row for row in found}
    pairs = []
    for entry in chosen:
        what = about(actor, rows[entry.pk]) if entry.pk in rows else None
        if what is not None:
            pairs += [(one.lesson.pk, entry.pk) for one in suggestions(actor, what)]
    new = note_suggested(pairs)
    if chosen:
        LessonLook.objects.filter(pk=look.pk).update(position=chosen[-1].pk)
    return {"looked": len(chosen), "suggested": new}
