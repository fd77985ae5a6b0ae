"""Risk scales as data: what each step is called and what it stands for, by level of the tree.

What is shipped holds until somebody changes it; a level without scales of its own uses the general ones.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from steerco.apps.organisation.models import RiskScale
from steerco.apps.organisation.selectors import organisation
from steerco.engine.risk.scoring import FIVE_BY_FIVE, Band, Level, Matrix, Scale
from steerco.kit.history import Invalid
from steerco.kit.history.writes import append_events
from steerco.kit.journal.models import Event
from steerco.kit.journal.unchanged import while_unchanged
from steerco.kit.permissions import Actor, require

PROBABILITY, IMPACT = "probability", "impact"
BANDS: Mapping[str, tuple[str, ...]] = {PROBABILITY: ("percent",), IMPACT: ("money", "days")}
LABELS = {
    PROBABILITY: (_("very low"), _("low"), _("medium"), _("high"), _("very high")),
    IMPACT: (_("minor"), _("moderate"), _("serious"), _("major"), _("critical")),
}
# Lowest amount of each step: percent; minor units of the organisation's currency; working days.
SHIPPED = {
    "percent": (0, 10, 30, 50, 70),
    "money": (0, 50_000_00, 250_000_00, 1_000_000_00, 5_000_000_00),
    "days": (0, 5, 10, 20, 60),
}


def shipped_steps(axis: str) -> list[dict[str, Any]]:
    """The steps that come with the product, in the form that RiskScale keeps; labels in the reader's language."""
    return with_bands(
        axis, [str(label) for label in LABELS[axis]], {kind: SHIPPED[kind] for kind in BANDS[axis]}
    )


def with_bands(axis: str, labels: Sequence[str], floors: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """Steps from their labels and the lowest amount of each: a band ends where the next begins, the last is open."""
    steps = []
    for index, label in enumerate(labels):
        step: dict[str, Any] = {"value": index + 1, "label": label}
        for kind in BANDS[axis]:
            lows = floors[kind]
            step[kind] = [lows[index], lows[index + 1] if index + 1 < len(lows) else None]
        steps.append(step)
    return steps


def scale_of(axis: str, steps: Sequence[Mapping[str, Any]], currency: str) -> Scale:
    """The engine's scale. Raises ValueError where the bands do not ascend."""
    levels = []
    for step in steps:
        bands = {}
        for kind in BANDS[axis]:
            low, high = step[kind]
            if high is not None and high <= low:
                raise ValueError(f"{kind}: {low} is not below {high}")
            bands[kind] = Band(Decimal(low), None if high is None else Decimal(high))
        levels.append(Level(int(step["value"]), str(step["label"]), **bands))
    return Scale(tuple(levels), currency if axis == IMPACT else "")


def steps_of(level: str, axis: str) -> tuple[list[dict[str, Any]], str]:
    """The steps that hold at a level and whose they are: that level's, "" (the general ones), or "shipped"."""
    rows = while_unchanged((RiskScale._meta.label_lower,), "scales", _stored_steps)
    for owner in (level, ""):
        if (owner, axis) in rows:
            return deepcopy(rows[owner, axis]), owner
    return shipped_steps(axis), "shipped"


def _stored_steps() -> dict[tuple[str, str], list[dict[str, Any]]]:
    """The steps of every scale that somebody changed, by level and axis."""
    return {(row.level, row.axis): row.steps for row in RiskScale.objects.all()}


def risk_matrix(level: str = "") -> Matrix:
    """The scales of a level of the tree with the rating bands and the organisation's appetite."""
    settings = organisation()
    scales = {axis: scale_of(axis, steps_of(level, axis)[0], settings.currency) for axis in BANDS}
    return Matrix(
        probability=scales[PROBABILITY],
        impact=scales[IMPACT],
        bands=FIVE_BY_FIVE.bands,
        appetite=settings.risk_appetite,
        visible_score=FIVE_BY_FIVE.visible_score,
        visible_impact=FIVE_BY_FIVE.visible_impact,
    )


def set_scale(actor: Actor, level: str, axis: str, steps: Sequence[Mapping[str, Any]] | None) -> None:
    """Give a level its own scale of one axis; None goes back to the general or shipped one. Raises Denied, Invalid."""
    require(actor, "organisation.configure")
    before = RiskScale.objects.filter(level=level, axis=axis).first()
    if steps is not None:
        try:
            scale_of(axis, steps, "")
        except ValueError:
            raise Invalid({0: {"steps": [str(_("Each step must begin above the one before."))]}}) from None
        if not all(str(step["label"]).strip() for step in steps):
            raise Invalid({0: {"steps": [str(_("Each step needs a name."))]}})
    with transaction.atomic():
        if steps is None:
            RiskScale.objects.filter(level=level, axis=axis).delete()
        else:
            RiskScale.objects.update_or_create(level=level, axis=axis, defaults={"steps": list(steps)})
        changes = {
            f"{level or 'all'}.{axis}": [before.steps if before else None, list(steps) if steps else None]
        }
        append_events(actor, [Event(kind="scale.changed", model="organisation.riskscale", changes=changes)])
