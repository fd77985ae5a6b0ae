"""The money of a level: what was frozen below it, summed by currency, and whose expectation moved most.

Sums hold what was reported, each amount once: where a project reports and its workstreams do too, the project's counts,
which holds theirs.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from steerco.apps.cycles.facts import Fact
from steerco.apps.initiatives.models import Ancestry, Initiative

KINDS = ("money_approved", "money_spent", "money_expected", "money_contingency")
MOVERS = 10


def is_money(fact: Fact) -> bool:
    """Whether a fact is an amount of money."""
    return str(fact["kind"]) in KINDS


def sum_money(place: Initiative, told: Mapping[int, Sequence[Fact]], names: Mapping[int, str]) -> list[Fact]:
    """The money facts of the initiative `place` out of those `told` by initiatives below it (by their id, named in
    `names`): a sum for each currency and kind, then the expectations that moved most. At most one statement."""
    counted = _topmost([pk for pk, facts in told.items() if any(map(is_money, facts))])
    groups: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    movers = []
    for pk in counted:
        for fact in filter(is_money, told[pk]):
            groups[fact["title"], KINDS.index(fact["kind"])].append(fact)
            if fact["kind"] == "money_expected" and fact.get("before") not in (None, fact["after"]):
                movers.append({**fact, "place": names[pk]})
    start = {"entry": place.entry_id, "ref": place.code, "place": "", "owner": ""}
    sums = [
        {**start, **_sum(KINDS[kind], currency, facts)} for (currency, kind), facts in sorted(groups.items())
    ]
    movers.sort(key=lambda fact: (-abs(fact["after"] - fact["before"]), fact["place"]))
    return [*sums, *movers[:MOVERS]]


def _topmost(initiatives: Sequence[int]) -> list[int]:
    """Those of them that stand below none of the others."""
    if len(initiatives) < 2:
        return list(initiatives)
    below = Ancestry.objects.filter(ancestor__in=initiatives, descendant__in=initiatives, depth__gt=0)
    inside = set(below.values_list("descendant", flat=True))
    return [pk for pk in initiatives if pk not in inside]


def _sum(kind: str, currency: str, facts: Sequence[Fact]) -> dict[str, Any]:
    """One sum. What was before is known only where all of them know it, and the data are as old as the oldest."""
    found: dict[str, Any] = {"kind": kind, "title": currency, "of": len(facts)}
    for name in ("before", "after", "approved"):
        amounts = [fact.get(name) for fact in facts]
        found[name] = None if None in amounts else sum(amounts)
    for name in ("data_date", "month"):
        days = [fact[name] for fact in facts if fact.get(name)]
        found[name] = min(days) if days else None
    return found
