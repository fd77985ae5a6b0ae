"""Reads across the tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Model

from steerco.apps.initiatives.models import Alias, Ancestry, FormerName, Initiative
from steerco.kit.journal.unchanged import statement_of, while_unchanged
from steerco.kit.permissions import Actor


@dataclass
class Node:
    """An initiative in the tree, by its id, with what is visible below it."""

    pk: int
    type: str
    depth: int = 0
    above: "Node | None" = None
    children: list["Node"] = field(default_factory=list)


def find_initiative(actor: Actor, code: str) -> Initiative | None:
    """The visible initiative with that code, now or formerly; None where there is none to see."""
    visible = Initiative.objects.visible_to(actor).select_related("parent", "unit", "sponsor", "lead")
    found = visible.filter(code=code).first() or visible.filter(code__iexact=code).first()
    if found is None:
        entries = Alias.objects.filter(code__iexact=code).values("entry")
        found = visible.filter(entry__in=entries).first()
    return found


def visible_tree(actor: Actor) -> list[Node]:
    """The forest that `actor` sees, in order of priority and name; an initiative whose parent is hidden is a root.

    One query of five narrow columns, one pass: ten thousand initiatives are read for every page of the tree.
    """
    columns = ("pk", "type", "parent", "priority", "sort_name")
    rows = list(Initiative.objects.visible_to(actor).order_by().values_list(*columns))
    rows.sort(key=lambda row: (row[3] is None, row[3] or 0, row[4], row[0]))
    nodes = {row[0]: Node(row[0], row[1]) for row in rows}
    roots: list[Node] = []
    for pk, _type, parent, _priority, _name in rows:
        node = nodes[pk]
        node.above = nodes.get(parent)
        (node.above.children if node.above else roots).append(node)
    return roots


def tree_in_order(actor: Actor) -> list[Node]:
    """The tree that `actor` sees as it is read from top to bottom, put together anew after a write to an initiative.
    The nodes are shared between readers: nobody changes them."""
    visible = Initiative.objects.visible_to(actor).order_by().values_list("pk")
    models = (Initiative._meta.label_lower,)
    return while_unchanged(models, ("tree", statement_of(visible)), lambda: unfolded(visible_tree(actor)))


def unfolded(roots: Sequence[Node]) -> list[Node]:
    """The tree as it is read, from top to bottom: portfolios and programmes with all below, the rest closed."""
    found = []
    stack = list(reversed(roots))
    while stack:
        node = stack.pop()
        found.append(node)
        if node.above is None or node.type in {Initiative.Type.PORTFOLIO, Initiative.Type.PROGRAMME}:
            for child in reversed(node.children):
                child.depth = node.depth + 1
                stack.append(child)
    return found


def read_from(model: type[Model]) -> tuple[str, ...]:
    """What decides which records of `model` somebody sees and what stands in them, for `while_unchanged`: their own
    writes and restrictions, and those of the tree. Names of people and units are not among it."""
    return model._meta.label_lower, Initiative._meta.label_lower


def descendants(initiative: Initiative) -> set[int]:
    """The ids of `initiative` and everything below it, whatever anybody may see: narrow with visible_to."""
    return set(Ancestry.objects.filter(ancestor=initiative).values_list("descendant", flat=True))


def ancestors(initiative: Initiative) -> list[Initiative]:
    """What is above `initiative`, from the top down, itself left out."""
    pairs = Ancestry.objects.filter(descendant=initiative, depth__gt=0).select_related("ancestor")
    return [p.ancestor for p in pairs.order_by("-depth")]


def former_names(initiative_ids: set[int]) -> dict[int, list[str]]:
    """Former names by initiative id."""
    found: dict[int, list[str]] = {}
    for pk, name in FormerName.objects.filter(initiative__in=initiative_ids).values_list(
        "initiative", "name"
    ):
        found.setdefault(pk, []).append(name)
    return found
