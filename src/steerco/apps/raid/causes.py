"""Common causes: open risks and issues of several initiatives that share a category, a tag, an outside organisation or
the words of their cause.

Of the highest risks and the most urgent issues below a place; what is not visible to the reader is in no group, no
count and no sum. A risk that was raised above for several of them is not counted beside them.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Ancestry, Entry, Initiative
from steerco.apps.initiatives.records import addresses_of
from steerco.apps.links.selectors import causes_among, tags_among
from steerco.apps.people.models import Person
from steerco.apps.raid.appetite import rows_url
from steerco.apps.raid.enterprise import amounts_in_words
from steerco.apps.raid.models import Risk
from steerco.engine.risk.commonalities import commonalities
from steerco.kit.permissions import Actor, read_ahead
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import register_of
from steerco.kit.search.words import stems

MOST_RISKS, MOST_ISSUES = 1500, 500  # rows that are looked through
MOST_GROUPS = 8  # of each kind
MOST_MEMBERS = 200  # entries that one risk is raised for
KINDS: dict[str, str | Promise] = {
    "words": _("Words of the cause"),
    "tag": _("Tag"),
    "organisation": _("Outside organisation of the owner"),
    "category": _("Category"),
}
# What tells how many or how long, never why.
NUMBERS = frozenset(
    stems(
        "one two three four five six seven eight nine ten eleven twelve hundred thousand first second third half once "
        "twice year month week day days hour time eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf "
        "hundert tausend erste zweite dritte halb einmal zweimal Jahr Monat Woche Tag Tage Stunde Zeit"
    )
)
_word = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Member:
    """A risk or an issue that may be in groups."""

    entry: int
    pk: int
    place: int
    owner: int | None
    text: str
    category: str = ""
    direction: str = ""
    currency: str = ""
    exposure: int = 0
    days: int = 0

    @property
    def is_issue(self) -> bool:
        """An issue has no direction."""
        return not self.direction


@dataclass(frozen=True)
class Raised:
    """The risk that stands above the members of a group."""

    title: str
    url: str


@dataclass(frozen=True)
class CommonCause:
    """Risks and issues of several initiatives that share something, with what they would cost and could bring.

    `raise_url` opens the form of one risk above them at `above`, "" where the reader may not write there; `raised` is
    the one that was raised before.
    """

    kind: str
    label: str
    risks: int
    issues: int
    places: int
    threats: list[str]
    chances: list[str]
    days: int
    risks_url: str
    issues_url: str
    above: Initiative | None
    raise_url: str
    raised: Raised | None


@dataclass(frozen=True)
class CommonCauses:
    """The groups by kind, in order, and whether more rows are open than the most that are looked through."""

    kinds: list[tuple[str | Promise, list[CommonCause]]]
    is_part: bool
    most_risks: int
    most_issues: int


def common_causes(actor: Actor, query: QueryDict) -> CommonCauses:
    """The common causes among what `query` (its place) means to the lists of risks and issues. A fixed number of
    statements."""
    risks, issues, is_part = _members(actor, query)
    members = {one.entry: one for one in (*risks, *issues)}
    causing = causes_among(actor, sorted(members))
    members = {entry: one for entry, one in members.items() if entry not in causing}
    found: list[tuple[str, str, list[Member]]] = []
    for kind, groups in (
        ("words", _by_words(members.values())),
        ("tag", _by_tag(actor, members)),
        ("organisation", _by_organisation(actor, members.values())),
        ("category", _by_category(members.values())),
    ):
        several = [(label, rows) for label, rows in groups if len(_places(rows)) > 1]
        if kind != "words":
            several.sort(key=lambda group: (-len(_places(group[1])), -len(group[1]), group[0]))
        found += [(kind, label, rows) for label, rows in several[:MOST_GROUPS]]
    above = lowest_above(actor, [_places(rows) for _kind, _label, rows in found])
    raised = _raised(actor, causing)
    shown: dict[str, list[CommonCause]] = defaultdict(list)
    for (kind, label, rows), place in zip(found, above, strict=True):
        shown[kind].append(_shown(actor, query, kind, label, rows, place, causing, raised))
    return CommonCauses(
        [(title, shown[kind]) for kind, title in KINDS.items() if shown[kind]],
        is_part,
        MOST_RISKS,
        MOST_ISSUES,
    )


def _members(actor: Actor, query: QueryDict) -> tuple[list[Member], list[Member], bool]:
    risks, _scope, _filters = queryset_for(register_of("risk"), actor, query)
    columns = ("entry", "pk", "initiative", "owner", "cause", "title", "category", "direction", "currency")
    ordered = risks.order_by(F("score").desc(nulls_last=True), "pk")
    rows = list(ordered.values_list(*columns, "exposure", "exposure_days")[: MOST_RISKS + 1])
    found = [
        Member(
            *(entry, pk, place, owner),
            cause or title,
            category=category,
            direction=direction,
            currency=currency,
            exposure=max(exposure or 0, 0),
            days=days or 0,
        )
        for entry, pk, place, owner, cause, title, category, direction, currency, exposure, days in rows[
            :MOST_RISKS
        ]
    ]
    issues, _scope, _filters = queryset_for(register_of("issue"), actor, query)
    urgent = issues.order_by("-priority", "pk").values_list("entry", "pk", "initiative", "owner", "title")
    others = list(urgent[: MOST_ISSUES + 1])
    is_part = len(rows) > MOST_RISKS or len(others) > MOST_ISSUES
    return found, [Member(*row) for row in others[:MOST_ISSUES]], is_part


def _places(rows: Iterable[Member]) -> set[int]:
    return {row.place for row in rows}


def _by_words(rows: Iterable[Member]) -> list[tuple[str, list[Member]]]:
    members = {row.entry: row for row in rows}
    texts = {entry: _telling(row.text) for entry, row in members.items()}
    places = {entry: row.place for entry, row in members.items()}
    groups = commonalities(texts, places, most=MOST_GROUPS)
    return [
        (
            _in_full(group.words, [members[entry].text for entry in group.members]),
            [members[e] for e in group.members],
        )
        for group in groups
    ]


def _telling(text: str) -> list[str]:
    """The stems of a text without numbers and spans of time."""
    return [word for word in stems(text) if word not in NUMBERS and not word.isdigit()]


def _in_full(words: Sequence[str], texts: Iterable[str]) -> str:
    """The stems as the texts write them, each in its shortest form, in the order of the alphabet."""
    written: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for word in _word.findall(text):
            for stem in stems(word):
                if stem in words:
                    written[stem].add(word.lower())
    return " · ".join(sorted(min(forms, key=lambda form: (len(form), form)) for forms in written.values()))


def _by_tag(actor: Actor, members: Mapping[int, Member]) -> list[tuple[str, list[Member]]]:
    tags = tags_among(actor, sorted(members))
    return [(name, [members[entry] for entry in entries]) for name, entries in tags.items()]


def _by_organisation(actor: Actor, rows: Iterable[Member]) -> list[tuple[str, list[Member]]]:
    """By the organisation of owners who are not of the staff: suppliers, partners, customers."""
    owned = [row for row in rows if row.owner is not None]
    people = Person.objects.visible_to(actor).filter(party__in={row.owner for row in owned})
    outside = people.exclude(engagement=Person.Engagement.STAFF).exclude(organisation="")
    names = dict(outside.order_by("pk").values_list("party", "organisation")) if owned else {}
    groups: dict[str, list[Member]] = defaultdict(list)
    for row in owned:
        if row.owner in names:
            groups[names[row.owner]].append(row)
    return list(groups.items())


def _by_category(rows: Iterable[Member]) -> list[tuple[str, list[Member]]]:
    words = dict(register_of("risk").model_columns["category"].choices())
    groups: dict[str, list[Member]] = defaultdict(list)
    for row in rows:
        if row.category:
            groups[str(words.get(row.category, row.category))].append(row)
    return list(groups.items())


def lowest_above(actor: Actor, groups: Sequence[set[int]]) -> list[Initiative | None]:
    """Of each group of places the lowest initiative that all of them stand at or below and that `actor` may see."""
    above: dict[int, dict[int, int]] = defaultdict(dict)
    every = set().union(*groups) if groups else set()
    pairs = Ancestry.objects.filter(descendant__in=every).order_by()
    for descendant, ancestor, depth in pairs.values_list("descendant", "ancestor", "depth"):
        above[descendant][ancestor] = depth
    shared = [set.intersection(*(set(above[place]) for place in places)) for places in groups]
    visible = Initiative.objects.visible_to(actor).filter(archived=False)
    known = visible.in_bulk(sorted(set().union(*shared))) if shared else {}
    read_ahead(actor, list(known.values()))
    found: list[Initiative | None] = []
    for places, common in zip(groups, shared, strict=True):
        depths = above[min(places)]
        nearest = min((pk for pk in common if pk in known), key=lambda pk: depths[pk], default=None)
        found.append(known[nearest] if nearest is not None else None)
    return found


def _raised(actor: Actor, causing: Mapping[int, set[int]]) -> dict[int, Raised]:
    if not causing:
        return {}
    entries = list(
        Entry.objects.visible_to(actor).filter(pk__in=sorted(causing)).select_related("initiative")
    )
    urls = addresses_of(entries)
    return {entry.pk: Raised(entry.title, urls.get(entry.pk, "")) for entry in entries}


def _shown(
    actor: Actor,
    query: QueryDict,
    kind: str,
    label: str,
    rows: Sequence[Member],
    above: Initiative | None,
    causing: Mapping[int, set[int]],
    raised: Mapping[int, Raised],
) -> CommonCause:
    threats: dict[str, int] = defaultdict(int)
    chances: dict[str, int] = defaultdict(int)
    for row in rows:
        kept = chances if row.direction == Risk.Direction.OPPORTUNITY else threats
        kept[row.currency] += row.exposure
    entries = {row.entry for row in rows}
    place = query.urlencode()
    issues = [row for row in rows if row.is_issue]
    standing = [
        source for source, targets in causing.items() if len(targets & entries) > 1 and source in raised
    ]
    may = (
        above is not None and len(rows) <= MOST_MEMBERS and register_of("risk").allows(actor, "create", above)
    )
    named = f"{place}{'&' if place else ''}entries={','.join(map(str, sorted(entries)))}"
    return CommonCause(
        kind=kind,
        label=label,
        risks=len(rows) - len(issues),
        issues=len(issues),
        places=len(_places(rows)),
        threats=amounts_in_words(threats),
        chances=amounts_in_words(chances),
        days=sum(row.days for row in rows if row.direction == Risk.Direction.THREAT),
        risks_url=rows_url(register_of("risk"), place, [row.pk for row in rows if not row.is_issue]),
        issues_url=rows_url(register_of("issue"), place, [row.pk for row in issues]),
        above=above,
        raise_url=f"{reverse('raid:raise')}?{named}" if may and not standing else "",
        raised=raised[standing[0]] if standing else None,
    )
