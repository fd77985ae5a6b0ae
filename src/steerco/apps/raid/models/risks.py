"""Risks and opportunities."""

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.raid.states import RISK_STATES
from steerco.kit.fields.indexes import ListOrder
from steerco.kit.history import versioned
from steerco.kit.states import States

FIVE = (MinValueValidator(1), MaxValueValidator(5))


def _scale(label: Any) -> Any:
    return models.PositiveSmallIntegerField(label, null=True, blank=True, validators=FIVE)


@versioned
class Risk(Record):
    """An uncertain event that would hurt (threat) or help (opportunity)."""

    class Direction(models.TextChoices):
        THREAT = "threat", _("threat")
        OPPORTUNITY = "opportunity", _("opportunity")

    class Category(models.TextChoices):
        DELIVERY = "delivery", _("delivery")
        COMMERCIAL = "commercial", _("commercial and suppliers")
        FINANCIAL = "financial", _("financial")
        TECHNICAL = "technical", _("technical")
        RESOURCES = "resources", _("people and resources")
        STAKEHOLDERS = "stakeholders", _("stakeholders")
        LEGAL = "legal", _("legal and regulatory")
        EXTERNAL = "external", _("external")

    class Proximity(models.TextChoices):
        NOW = "now", _("now")
        MONTH = "month", _("within a month")
        QUARTER = "quarter", _("within three months")
        YEAR = "year", _("within a year")
        LATER = "later", _("later")

    class Response(models.TextChoices):
        AVOID = "avoid", _("avoid")
        REDUCE = "reduce", _("reduce")
        TRANSFER = "transfer", _("transfer")
        SHARE = "share", _("share")
        ACCEPT = "accept", _("accept")
        CONTINGENCY = "contingency", _("prepare contingency")
        EXPLOIT = "exploit", _("exploit")
        ENHANCE = "enhance", _("enhance")
        REJECT = "reject", _("reject")

    class Closing(models.TextChoices):
        EXPIRED = "expired", _("expired")
        AVOIDED = "avoided", _("avoided")
        MERGED = "merged", _("merged with another")
        OCCURRED = "occurred", _("it happened")

    register_key: ClassVar[str] = "risk"
    number_prefix: ClassVar[str] = "R"
    states: ClassVar[States] = RISK_STATES

    direction = models.CharField(
        _("threat or opportunity"), max_length=12, choices=Direction.choices, default=Direction.THREAT
    )
    category = models.CharField(_("category"), max_length=14, choices=Category.choices, blank=True)
    description = models.TextField(_("description"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    effect = models.TextField(_("effect"), blank=True)
    inherent_probability = _scale(_("probability before any response"))
    inherent_impact = _scale(_("impact before any response"))
    current_probability = _scale(_("probability now"))
    current_impact = _scale(_("impact now"))
    target_probability = _scale(_("target probability"))
    target_impact = _scale(_("target impact"))
    inherent_score = models.PositiveSmallIntegerField(_("score before"), null=True, editable=False)
    score = models.PositiveSmallIntegerField(_("score"), null=True, editable=False)
    target_score = models.PositiveSmallIntegerField(_("target score"), null=True, editable=False)
    proximity = models.CharField(_("proximity"), max_length=10, choices=Proximity.choices, blank=True)
    response = models.CharField(_("response"), max_length=12, choices=Response.choices, blank=True)
    response_text = models.TextField(_("what we do about it"), blank=True)
    exposure = models.BigIntegerField(_("exposure"), null=True, blank=True)
    response_cost = models.BigIntegerField(_("cost of the response"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    exposure_days = models.PositiveIntegerField(_("exposure, working days"), null=True, blank=True)
    raised_on = models.DateField(_("identified on"), null=True, blank=True)
    next_review = models.DateField(_("next review"), null=True, blank=True)
    last_reviewed = models.DateField(_("last reviewed"), null=True, blank=True)
    trigger_on = models.DateField(_("may happen from"), null=True, blank=True)
    closing = models.CharField(_("closed because"), max_length=10, choices=Closing.choices, blank=True)

    bookkeeping = Record.bookkeeping | {"inherent_score", "target_score"}

    class Meta(Record.Meta):
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        constraints = Record.Meta.constraints
        indexes = (  # type: ignore[assignment]
            *Record.Meta.indexes,
            ListOrder(fields=("state_group", "-score", "sort_title", "id"), name="risk_top"),
            ListOrder(fields=("state_group", "next_review", "id"), name="risk_review"),
            ListOrder(fields=("state_group", "category", "-score", "sort_title", "id"), name="risk_category"),
            # What lists sort, group and count by, and the matrices: read from here, not from rows full of text.
            models.Index(
                fields=(
                    *("state_group", "deleted", "restricted_by", "initiative", "entry", "owner", "direction"),
                    *(
                        "category",
                        "response",
                        "proximity",
                        "score",
                        "next_review",
                        "changed_at",
                        "created_at",
                    ),
                    *("inherent_probability", "inherent_impact", "current_probability", "current_impact"),
                    *("target_probability", "target_impact"),
                ),
                name="risk_narrow",
            ),
        )

    @property
    def due(self) -> Any:
        """A risk is owed its next review."""
        return self.next_review

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """Scores are computed, never typed."""
        for row in instances:
            row.inherent_score = _score(row.inherent_probability, row.inherent_impact)
            row.score = _score(row.current_probability, row.current_impact)
            row.target_score = _score(row.target_probability, row.target_impact)
        super().prepare_write(instances, creating)


def _score(probability: int | None, impact: int | None) -> int | None:
    return probability * impact if probability and impact else None
