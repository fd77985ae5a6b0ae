"""The dependency network: who gives what to whom below a place, the critical ones first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.apps.initiatives.models import Initiative
from steerco.apps.raid.models import Dependency
from steerco.apps.raid.registers.dependencies import rating_pill, rating_text
from steerco.engine.charts.network import Arrow, Node, network
from steerco.engine.performance.dependencies import MARGIN
from steerco.kit import clock
from steerco.kit.permissions import Actor, visible_to
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import Register, register_of
from steerco.kit.registers.scopes import Scope

MOST_ROWS = 100  # in the table and in the drawing
MOST_NODES = 40  # in the drawing
RANK = {"red": 0, "amber": 1, "green": 2, "none": 3}


@dataclass(frozen=True)
class Line:
    """A dependency as the table shows it. `giver` is None where the giver is outside, or not the reader's to see."""

    title: str
    url: str
    giver: Initiative | None
    outside: str
    receiver: Initiative
    need_by: date | None
    forecast: date | None
    agreed: str
    rating: str
    pill: SafeString | str


@dataclass(frozen=True)
class Network:
    """The open dependencies of a place: the critical ones first. `count` are all of them, `critical` the red and amber
    ones of those shown, `drawn` those that the drawing holds; `url` is their list."""

    lines: list[Line]
    drawing: SafeString | str
    count: int
    critical: int
    drawn: int
    scope: Scope | None
    url: str


def network_of(actor: Actor, query: QueryDict) -> Network:
    """What the initiatives at the place of `query`, or of the whole organisation, need and give, as far as `actor` may
    read it. An arrow is drawn where both of its ends may be named. A fixed number of statements."""
    register = register_of("dependency")
    below, scope, _filters = queryset_for(register, actor, query)
    found = below
    if scope is not None:
        inside = Initiative.objects.visible_to(actor).filter(above__ancestor=scope.row)
        given = visible_to(Dependency._default_manager.filter(deleted=False, state_group="open"), actor)
        both = Q(pk__in=below.order_by().values("pk")) | Q(giver__in=inside.order_by().values("pk"))
        found = given.filter(both).select_related(*register.related)
    count = found.order_by().count()
    rows = list(mask(register, actor, list(by_criticality(found)[:MOST_ROWS])))
    rows.sort(key=lambda row: RANK[row.verdict().rating])  # stable: the order within a rating stays
    drawing, drawn = _drawing(register, rows, count)
    return Network(
        lines=[_line(register, row) for row in rows],
        drawing=drawing,
        count=count,
        critical=sum(row.verdict().rating in ("red", "amber") for row in rows),
        drawn=drawn,
        scope=scope,
        url=f"{register.list_url()}{f'?{query.urlencode()}' if query else ''}",
    )


def by_criticality(rows: QuerySet[Dependency]) -> QuerySet[Dependency]:
    """In the order of their rating today, red first, as `Dependency.verdict` rates them; then the first needed."""
    today = clock.today()
    handed = Q(state="delivered", delivered_on__isnull=False)
    late = Q(agreed=Dependency.Agreed.NO) | Q(need_by__lt=today) | Q(forecast__gt=F("need_by"))
    rank = Case(
        When(need_by=None, then=Value(3)),
        When(handed & Q(delivered_on__gt=F("need_by")), then=Value(0)),
        When(handed, then=Value(2)),
        When(late, then=Value(0)),
        When(Q(forecast=None) | Q(agreed="") | Q(slack__lt=MARGIN), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.annotate(rank=rank).order_by("rank", F("need_by").asc(nulls_last=True), "sort_title", "pk")


def _line(register: Register, row: Any) -> Line:
    return Line(
        title=register.title(row),
        url=register.url(row),
        giver=row.giver,
        outside=row.outside,
        receiver=row.initiative,
        need_by=row.need_by,
        forecast=row.forecast,
        agreed=row.get_agreed_display(),
        rating=row.verdict().rating,
        pill=rating_pill(row),
    )


def _giver_key(row: Any) -> str:
    if row.giver is not None:
        return f"i{row.giver.pk}"
    return f"o{row.outside}" if row.outside else ""


def _drawing(register: Register, rows: Sequence[Any], count: int) -> tuple[SafeString | str, int]:
    """The drawing of as many of the rows as MOST_NODES ends allow, and how many rows that are."""
    nodes: dict[str, Node] = {}
    pairs: dict[tuple[str, str], list[Any]] = {}
    drawn = 0
    for row in rows:
        source, target = _giver_key(row), f"i{row.initiative.pk}"
        if not source:
            continue
        new = {source, target} - nodes.keys()
        if len(nodes) + len(new) > MOST_NODES:
            continue
        nodes.setdefault(source, _node(source, row.giver, row.outside))
        nodes.setdefault(target, _node(target, row.initiative, ""))
        pairs.setdefault((source, target), []).append(row)
        drawn += 1
    if not pairs:
        return "", 0
    arrows = [_arrow(register, pair, group) for pair, group in pairs.items()]
    ordered = sorted(nodes.values(), key=lambda node: (node.label.casefold(), node.key))
    said = ngettext(
        "%(drawn)s of %(count)s open dependency, from the giver on the left to the receiver on the right.",
        "%(drawn)s of %(count)s open dependencies, from the giver on the left to the receiver on the right.",
        count,
    )
    # every text in it was escaped by the drawing
    svg = network(
        ordered,
        list(reversed(arrows)),  # the critical ones above the others
        title=_("Dependency network"),
        description=said % {"drawn": drawn, "count": count},
    )
    return mark_safe(svg), drawn  # noqa: S308


def _node(key: str, place: Initiative | None, outside: str) -> Node:
    if place is None:
        return Node(key, outside, _("outside the portfolio"), css="sc-node-outside")
    return Node(key, place.name, place.code, reverse("initiatives:page", args=[place.code]))


def _arrow(register: Register, pair: tuple[str, str], rows: Sequence[Any]) -> Arrow:
    """One arrow for all that one end gives to another, rated as the worst of it."""
    worst = min(rows, key=lambda row: RANK[row.verdict().rating])
    rating = worst.verdict().rating
    said = [f"{register.title(row)}: {_dates(row)}" for row in rows]
    letter = "" if rating == "none" else rating[0].upper()
    return Arrow(
        *pair,
        tone=f"sc-rag-{rating}",
        letter=letter if len(rows) == 1 else f"{letter}{len(rows)}",
        said="; ".join(said),
        href=register.url(worst),
    )


def _dates(row: Any) -> str:
    parts: Iterable[str] = (
        rating_text(row),
        _("needed by %(day)s") % {"day": date_format(row.need_by, "SHORT_DATE_FORMAT")}
        if row.need_by
        else "",
    )
    return ", ".join(part for part in parts if part)
