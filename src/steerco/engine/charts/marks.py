"""Marks: one shape for each rating, so that a rating is never told by colour alone."""

from steerco.engine.charts.svg import Svg, element, titled

# Corners in a square of side 2 around the origin; the shapes of the stylesheet's pills.
SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "triangle": ((0, -1), (1, 0.85), (-1, 0.85)),
    "hexagon": ((-0.5, -0.95), (0.5, -0.95), (1, 0), (0.5, 0.95), (-0.5, 0.95), (-1, 0)),
    "diamond": ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    "dash": ((-0.9, -0.25), (0.9, -0.25), (0.9, 0.25), (-0.9, 0.25)),
}
SHAPE_OF_TONE = {
    "sc-rag-green": "circle",
    "sc-rag-amber-green": "square",
    "sc-rag-amber": "triangle",
    "sc-rag-amber-red": "hexagon",
    "sc-rag-red": "diamond",
    "sc-rag-none": "dash",
}


def mark(shape: str, x: float, y: float, radius: float, css: str, title: str = "") -> Svg:
    """Return a shape of the given radius around x, y.

    Args:
        shape: circle or one of SHAPES.
        css: class names, normally the tone of what is marked.
        title: text shown on pointing.

    Raises:
        KeyError: no such shape.
    """
    if shape == "circle":
        return titled("circle", {"class": css, "cx": x, "cy": y, "r": radius}, title)
    corners = " ".join(f"{x + dx * radius:.2f},{y + dy * radius:.2f}" for dx, dy in SHAPES[shape])
    return titled("polygon", {"class": css, "points": corners}, title)


def rating_mark(tone: str, x: float, y: float, radius: float, title: str = "") -> Svg:
    """Return the mark of a rating's tone (``sc-rag-green`` …), a circle for any other tone."""
    return mark(SHAPE_OF_TONE.get(tone, "circle"), x, y, radius, f"sc-fill {tone}", title)


def rule(x1: float, y1: float, x2: float, y2: float, css: str) -> Svg:
    """Return a straight line."""
    return element("line", {"class": css, "x1": x1, "y1": y1, "x2": x2, "y2": y2})
