"""What risks, issues and actions add to the page of an initiative and to the home page."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Ancestry, Initiative
from steerco.apps.initiatives.policy import standing_of
from steerco.apps.initiatives.selectors import read_from
from steerco.apps.organisation.selectors import organisation
from steerco.apps.raid.matrix import matrices
from steerco.apps.raid.models import Action, Issue, Risk
from steerco.apps.raid.registers import score_pill
from steerco.apps.raid.registers.conflicts import rank_text
from steerco.apps.raid.registers.dependencies import rating_pill
from steerco.apps.raid.selectors import conflicts_of, gifts_of, needs_of
from steerco.kit import clock
from steerco.kit.journal.unchanged import count_while_unchanged, first_while_unchanged
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.register import Register, register_of, registers

TOP = 8
SOON = timedelta(days=30)
PLACES = 12


def address(**values: Any) -> QueryDict:
    """What would stand in a list's address."""
    return QueryDict(urlencode(values))


def _matrix(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    found = matrices(actor, address(**{"in": subject.code}))
    if not found.total:
        return None
    return {
        "found": found,
        "url": f"{reverse('raid:matrix')}?{urlencode({'in': subject.code})}",
    }


def _top_risks(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    register = register_of("risk")
    query = address(**{"in": subject.code})
    queryset, _scope, _filters = queryset_for(register, actor, query)
    ordered = queryset.order_by(F("score").desc(nulls_last=True), "sort_title", "pk")
    rows = first_while_unchanged(read_from(Risk), ordered, TOP)
    if not rows:
        return None
    top = [
        {
            "url": register.url(row),
            "title": register.title(row),
            "where": row.initiative if row.initiative_id != subject.pk else None,
            "pill": score_pill(row.score),
            "was": score_pill(row.inherent_score),
            "aim": score_pill(row.target_score),
            "owner": row.owner,
            "response": row.get_response_display(),
        }
        for row in rows
    ]
    return {
        "top": top,
        "count": count_while_unchanged(read_from(Risk), queryset),
        "url": f"{register.list_url()}?{query.urlencode()}",
        "enterprise_url": f"{reverse('raid:enterprise')}?{query.urlencode()}",
    }


def _due(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    today = clock.today()
    rows, counts = [], []
    for register in registers():
        if register.model not in (Issue, Action):
            continue
        soon = address(**{"in": subject.code, "due_on_to": (today + SOON).isoformat(), "sort": "due_on"})
        late = address(**{"in": subject.code, "due_on_to": (today - timedelta(days=1)).isoformat()})
        queryset, _scope, _filters = queryset_for(register, actor, soon)
        kept = read_from(register.model)
        counts.append(
            {
                "label": register.label_plural,
                "late": count_while_unchanged(kept, queryset.filter(due_on__lt=today)),
                "late_url": f"{register.list_url()}?{late.urlencode()}",
                "soon": count_while_unchanged(kept, queryset),
                "soon_url": f"{register.list_url()}?{soon.urlencode()}",
            }
        )
        first = first_while_unchanged(kept, queryset.order_by("due_on", "-priority", "pk"), TOP)
        rows += [(register, row) for row in first]
    if not rows:
        return None
    rows.sort(key=lambda pair: (pair[1].due_on, -pair[1].priority, pair[1].pk))
    shown = [
        {
            "url": register.url(row),
            "title": register.title(row),
            "owner": row.owner,
            "due": row.due_on,
            "is_late": row.due_on < today,
            "priority": row.get_priority_display(),
        }
        for register, row in rows[:TOP]
    ]
    return {"rows": shown, "counts": counts}


def _my_places(actor: Actor) -> list[Initiative]:
    """The initiatives on which the actor holds a post, or which they run or sponsor; closed ones left out."""
    held = {place for _role, place in standing_of(actor).roles if place is not None}
    mine = Q(pk__in=held) | Q(lead__in=actor.parties) | Q(sponsor__in=actor.parties)
    rows = Initiative.objects.visible_to(actor).filter(mine, archived=False)
    return list(rows.exclude(status__in=Initiative.FINISHED).order_by("sort_name", "pk")[:PLACES])


def _mine(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    places = _my_places(actor)
    if not places:
        return None
    today = clock.today()
    over = organisation().risk_appetite + 1
    counted = {
        "waiting": _by_place(actor, Issue, places, Q(state="waiting")),
        "risks": _by_place(actor, Risk, places, Q(score__gte=over, direction=Risk.Direction.THREAT)),
        "issues": _by_place(actor, Issue, places, Q(due_on__lt=today)),
        "actions": _by_place(actor, Action, places, Q(due_on__lt=today)),
    }
    lists = {register.model: register.list_url() for register in registers()}
    yesterday = (today - timedelta(days=1)).isoformat()

    def url(model: type, code: str, **values: Any) -> str:
        return f"{lists[model]}?{urlencode({'in': code, **values})}"

    rows = [
        {
            "place": place,
            "url": reverse("initiatives:page", args=[place.code]),
            "numbers": [
                (counted["waiting"].get(place.pk, 0), url(Issue, place.code, state="waiting")),
                (
                    counted["risks"].get(place.pk, 0),
                    url(Risk, place.code, score_min=over, direction="threat"),
                ),
                (counted["issues"].get(place.pk, 0), url(Issue, place.code, due_on_to=yesterday)),
                (counted["actions"].get(place.pk, 0), url(Action, place.code, due_on_to=yesterday)),
            ],
        }
        for place in places
    ]
    return {"rows": rows}


def _by_place(actor: Actor, model: type[Any], places: list[Initiative], wanted: Q) -> dict[int, int]:
    """How many open records each place has at it and below it: one grouped query."""
    rows = visible_to(model._default_manager.all(), actor).filter(wanted, deleted=False, state_group="open")
    below = Ancestry.objects.filter(ancestor__in=places).values(
        "descendant"
    )  # found from the tree, then by place
    inside = rows.filter(initiative__in=below, initiative__above__ancestor__in=places).order_by()
    return dict(inside.values_list("initiative__above__ancestor").annotate(n=Count("pk")))


def _to_decide(actor: Actor, subject: None, state: PageState) -> dict[str, Any] | None:
    """Issues that wait for a decision where the actor decides, and the actor's risks whose review is due."""
    deciding = standing_of(actor).places("record.decide")
    issues: Register = next(r for r in registers() if r.model is Issue)
    queryset, _scope, _filters = queryset_for(issues, actor, address(state="waiting"))
    if None not in deciding:
        queryset = queryset.filter(initiative__above__ancestor__in=[p for p in deciding if p]).distinct()
    waiting = list(queryset.order_by(F("due_on").asc(nulls_last=True), "-priority", "pk")[: TOP + 1])
    today = clock.today().isoformat()
    review = address(mine="true", next_review_to=today)
    risks, _scope, _filters = queryset_for(register_of("risk"), actor, review)
    reviews = risks.count()
    if not waiting and not reviews:
        return None
    return {
        "waiting": [
            {"url": issues.url(row), "title": issues.title(row), "where": row.initiative, "due": row.due_on}
            for row in waiting[:TOP]
        ],
        "more": f"{issues.list_url()}?state=waiting" if len(waiting) > TOP else "",
        "reviews": reviews,
        "reviews_url": f"{register_of('risk').list_url()}?{review.urlencode()}",
    }


RISKS, ISSUES, ACTIONS = (model._meta.label_lower for model in (Risk, Issue, Action))


def _dependencies(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """What the initiative needs of others, and what others need of it."""
    needs, gifts = needs_of(actor, subject), gifts_of(actor, subject)
    if not needs and not gifts:
        return None
    register = register_of("dependency")

    def shown(row: Any, end: Initiative | None, outside: str, owner: Any) -> dict[str, Any]:
        return {
            "url": register.url(row),
            "title": register.title(row),
            "end": end,
            "outside": outside,
            "owner": owner,
            "need_by": row.need_by,
            "forecast": row.forecast,
            "pill": rating_pill(row),
        }

    def named(row: Any, name: str) -> Any:
        return None if register.all_columns()[name].is_withheld(row) else getattr(row, name)

    return {
        "parts": [
            (_("We need"), [shown(r, r.giver, r.outside, named(r, "giver_owner")) for r in needs]),
            (_("Others need of us"), [shown(r, r.initiative, "", r.owner) for r in gifts]),
        ],
        "url": f"{register.list_url()}?{address(**{'in': subject.code}).urlencode()}",
        "network_url": f"{reverse('raid:network')}?{address(**{'in': subject.code}).urlencode()}",
    }


def _conflicts(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    """The open conflicts that the initiative is a party of."""
    rows = conflicts_of(actor, subject)
    if not rows:
        return None
    register = register_of("conflict")
    today = clock.today()
    return {
        "rows": [
            {
                "url": register.url(row),
                "title": register.title(row),
                "about": row.get_type_display(),
                "parties": [end for end in (row.initiative, row.other) if end is not None],
                "rank": rank_text(row),
                "owner": row.owner,
                "due": row.due_on,
                "is_late": row.due_on is not None and row.due_on < today,
            }
            for row in rows
        ]
    }


declare_panel(
    Panel(
        "risks.matrix", "initiative", 40, "raid/_matrix_panel.html", _matrix, _("Risk matrix"), 12, (RISKS,)
    )
)
declare_panel(Panel("risks.top", "initiative", 41, "raid/_top.html", _top_risks, _("Top risks"), 6, (RISKS,)))
declare_panel(
    Panel(
        "raid.due",
        "initiative",
        42,
        "raid/_due.html",
        _due,
        _("Issues and actions due"),
        6,
        (ISSUES, ACTIONS),
    )
)
declare_panel(
    Panel(
        "home.decide",
        "home",
        20,
        "raid/_decide.html",
        _to_decide,
        _("To decide and review"),
        4,
        (ISSUES, RISKS),
        personal=True,
    )
)
declare_panel(
    Panel(
        "home.places",
        "home",
        30,
        "raid/_places.html",
        _mine,
        _("My initiatives"),
        12,
        (RISKS, ISSUES, ACTIONS),
        personal=True,
    )
)
declare_panel(
    Panel(
        "raid.dependencies",
        "initiative",
        44,
        "raid/_dependencies.html",
        _dependencies,
        _("Dependencies"),
        12,
        ("raid.dependency",),
    )
)
declare_panel(
    Panel(
        "raid.conflicts",
        "initiative",
        45,
        "raid/_conflicts.html",
        _conflicts,
        _("Open conflicts"),
        12,
        ("raid.conflict",),
    )
)
