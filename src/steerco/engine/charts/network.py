"""A network in layers: who gives to whom, from left to right, the same drawing for the same data.

Givers stand left of receivers. A ring of initiatives that wait for each other is cut at its least arrow; that arrow
is drawn from right to left, below the others. Within a layer a node stands near the middle of those that it is
connected with (the barycentre of Sugiyama, Tagawa and Toda, 1981), four times back and forth.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steerco.engine.charts.marks import SHAPE_OF_TONE, mark
from steerco.engine.charts.svg import Svg, chart, element, label, link, number, rect, shortened

NODE_WIDTH, NODE_HEIGHT = 190.0, 40.0
GAP, LAYER_GAP, EDGE = 22.0, 110.0, 10.0
MARK = 9.0
SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Node:
    """An end of arrows. `css` marks a kind of node, "" the usual one."""

    key: str
    label: str
    short: str = ""
    href: str | None = None
    css: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """What `source` gives to `target`. `tone` is the class of its rating ("sc-rag-red"), `letter` that rating's letter,
    `said` what a pointer and a screen reader are told."""

    source: str
    target: str
    tone: str
    letter: str
    said: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands: its layer from the left and its row from the top."""

    layer: int
    row: int


def layered(keys: Sequence[str], pairs: Sequence[tuple[str, str]]) -> dict[str, Place]:
    """The layer and the row of every key.

    Args:
        keys: in the order that decides between equals.
        pairs: (source, target); both are keys and differ.
    """
    rank = {key: index for index, key in enumerate(keys)}
    edges = sorted(set(pairs), key=lambda pair: (rank[pair[0]], rank[pair[1]]))
    forward = _without_rings(keys, edges)
    layers = _longest_paths(keys, forward)
    rows: dict[int, list[str]] = defaultdict(list)
    for key in keys:
        rows[layers[key]].append(key)
    beside: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        beside[source].append(target)
        beside[target].append(source)
    order = sorted(rows)
    for sweep in range(SWEEPS):
        for layer in order if sweep % 2 == 0 else reversed(order):
            _by_middle(rows[layer], layer - 1 if sweep % 2 == 0 else layer + 1, layers, rows, beside)
    return {key: Place(layer, row) for layer in order for row, key in enumerate(rows[layer])}


def _without_rings(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The edges without those that lead back to where a walk in the order of `keys` came from."""
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        after[source].append(target)
    state: dict[str, int] = {}  # 1: on the way, 2: done
    back: set[tuple[str, str]] = set()
    for start in keys:
        if start in state:
            continue
        state[start] = 1
        stack = [(start, iter(after[start]))]
        while stack:
            key, rest = stack[-1]
            for target in rest:
                if state.get(target) == 1:
                    back.add((key, target))
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(after[target])))
                    break
            else:
                state[key] = 2
                stack.pop()
    return [edge for edge in edges if edge not in back]


def _longest_paths(keys: Sequence[str], edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    waiting = {key: len(before[key]) for key in keys}
    ready = [key for key in keys if not waiting[key]]
    layers = dict.fromkeys(keys, 0)
    for key in ready:
        for target in after[key]:
            layers[target] = max(layers[target], layers[key] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    return layers


def _by_middle(
    row: list[str],
    other: int,
    layers: Mapping[str, int],
    rows: Mapping[int, list[str]],
    beside: Mapping[str, list[str]],
) -> None:
    places = {key: index for index, key in enumerate(rows.get(other, ()))}
    present = {key: index for index, key in enumerate(row)}

    def middle(key: str) -> tuple[float, int]:
        found = [places[k] for k in beside.get(key, ()) if layers[k] == other]
        return (sum(found) / len(found) if found else float(present[key]), present[key])

    row.sort(key=middle)


def network(nodes: Sequence[Node], arrows: Sequence[Arrow], *, title: str, description: str) -> str:
    """The drawing. Arrows given later are drawn above earlier ones: give the critical ones last.

    Raises:
        KeyError: an arrow names a node that is not there.
    """
    places = layered([node.key for node in nodes], [(arrow.source, arrow.target) for arrow in arrows])
    most = max((place.row for place in places.values()), default=0) + 1
    tall: dict[int, int] = defaultdict(int)
    for place in places.values():
        tall[place.layer] = max(tall[place.layer], place.row + 1)
    step = NODE_HEIGHT + GAP
    corners = {
        key: (
            EDGE + place.layer * (NODE_WIDTH + LAYER_GAP),
            EDGE + (most - tall[place.layer]) * step / 2 + place.row * step,
        )
        for key, place in places.items()
    }
    width = 2 * EDGE + max(tall, default=0) * (NODE_WIDTH + LAYER_GAP) + NODE_WIDTH
    height = 2 * EDGE + most * step
    marked: dict[tuple[int, int], int] = defaultdict(int)
    lines = [_arrow(arrow, corners, height, marked) for arrow in arrows]
    boxes = [_node(node, *corners[node.key]) for node in nodes]
    return chart("network", width, height, title, description, *lines, *boxes)


def _node(node: Node, x: float, y: float) -> Svg:
    body = [rect(f"sc-node {node.css}".strip(), x, y, NODE_WIDTH, NODE_HEIGHT, radius=0 if node.css else 6)]
    name = shortened(node.label, NODE_WIDTH - 16, 12)
    body.append(label(name, x + 8, y + (17 if node.short else 24), css="sc-node-name", size=12))
    if node.short:
        body.append(label(shortened(node.short, NODE_WIDTH - 16), x + 8, y + 32, css="sc-chart-muted"))
    return link(node.href, node.label, *body)


def _arrow(
    arrow: Arrow,
    corners: Mapping[str, tuple[float, float]],
    height: float,
    marked: dict[tuple[int, int], int],
) -> Svg:
    (left, top), (x2, y2) = corners[arrow.source], corners[arrow.target]
    y2 += NODE_HEIGHT / 2
    if x2 > left:
        x1, y1, side = left + NODE_WIDTH, top + NODE_HEIGHT / 2, -1
        bend = (x2 - x1) / 2
        points = (x1 + bend, y1, x2 - bend, y2)
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
    else:  # back to the left, from below the giver to the right edge of the receiver
        x1, y1, side = left + NODE_WIDTH / 2, top + NODE_HEIGHT, 1
        x2 += NODE_WIDTH
        low = min(max(y1, y2) + GAP, height - EDGE)
        points = (x1, low, x2 + LAYER_GAP / 3, low)
        x, y = (x1 + x2 + LAYER_GAP / 3) / 2, low - MARK
    end = x2 + 7 * side
    curve = " ".join(number(value) for value in (*points, end, y2))
    spot = (round(x / (3 * MARK)), round(y / (2.4 * MARK)))
    x += marked[spot] * 2.6 * MARK  # marks never cover each other
    marked[spot] += 1
    head = f"{number(x2)},{number(y2)} {number(x2 + 8 * side)},{number(y2 - 4.5)} "
    head += f"{number(x2 + 8 * side)},{number(y2 + 4.5)}"
    shape = SHAPE_OF_TONE.get(arrow.tone, "circle")
    body = (
        element("path", {"class": f"sc-arrow {arrow.tone}", "d": f"M{number(x1)} {number(y1)} C{curve}"}),
        element("polygon", {"class": f"sc-fill {arrow.tone}", "points": head}),
        mark(shape, x, y, MARK, f"sc-fill {arrow.tone}"),
        label(arrow.letter, x, y + 4, css=f"sc-on-fill {arrow.tone}", anchor="middle", size=10),
    )
    return link(arrow.href, arrow.said, *body)
