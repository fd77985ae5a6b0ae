"""Decision papers, and the bodies that decide in a room."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.escalation.papers import Paper, Verdict
from steerco.apps.governance.states import DECISION_STATES
from steerco.apps.initiatives.models import OF_INITIATIVE, Initiative
from steerco.apps.people.models import Party
from steerco.apps.planning.models import Milestone
from steerco.kit.fields import sort_key
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import ScopedQuerySet
from steerco.kit.states import States

OTHER, DEFER, MORE = "other", "defer", "more"


@versioned
class Decision(Paper):
    """A question that somebody has to decide, prepared so that it can be: options, consequences, recommendation."""

    register_key: ClassVar[str] = "decision"
    number_prefix: ClassVar[str] = "D"
    states: ClassVar[States] = DECISION_STATES
    subject: ClassVar[str] = "decision"
    ready_state: ClassVar[str] = "prepared"
    asked_state: ClassVar[str] = "asked"
    asked_states: ClassVar[frozenset[str]] = frozenset({"asked"})
    content: ClassVar[frozenset[str]] = Paper.content | {
        "background",
        "silence_verdict",
        "silence_clause",
        "safety",
        "gate",
    }

    background = models.TextField(_("background"), blank=True)
    decision = models.TextField(_("decision"), blank=True)
    reverses = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="reversed_by",
        verbose_name=_("reverses"),
    )
    gate = models.ForeignKey(
        Milestone,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gate_decisions",
        verbose_name=_("gate"),
    )
    safety = models.BooleanField(_("touches safety"), default=False)
    silence_verdict = models.CharField(_("what silence means: option"), max_length=20, blank=True)
    silence_clause = models.CharField(_("clause by which silence decides"), max_length=500, blank=True)

    class Meta(Paper.Meta):
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    @property
    def right_about(self) -> str:
        """A gate, also where what was decided about one is reversed; else decisions."""
        reversed_gate = self.reverses.gate_id if self.reverses else None
        return "gate" if self.gate_id or reversed_gate else self.subject

    def verdicts(self) -> list[Verdict]:
        """Its options; something else; and what is no decision: defer, ask for more."""
        return [
            *(
                Verdict(o.key, o.title, "decided", "must" if o.key == "conditions" else "may")
                for o in self.choices
            ),
            Verdict(OTHER, _("Something else"), "decided", "must"),
            Verdict(DEFER, _("Defer"), "deferred", "must", final=False),
            Verdict(MORE, _("Ask for more"), "prepared", "must", final=False, back=True),
        ]

    @property
    def verdict_text(self) -> str:
        """What was decided: the text of it, else the option."""
        return self.decision or super().verdict_text

    @property
    def brief_texts(self) -> list[tuple[str | Promise, str]]:
        """The background."""
        return [(_("Background"), self.background)] if self.background else []

    @property
    def notes(self) -> list[str]:
        """By which later decision beside it this one was reversed."""
        later = self.reversed_by.filter(
            state__in=("decided", "reversed"),
            deleted=False,
            initiative=self.initiative_id,
            restricted_by=self.restricted_by_id,
        )
        return [
            gettext("Reversed by %(reference)s.") % {"reference": row.reference}
            for row in later.order_by("pk")
        ]

    def silence(self) -> dict[str, Any]:
        """What silence means, on the day by which the decision is needed."""
        if not self.silence_verdict:
            return {}
        return {
            "silence_on": self.decide_by,
            "silence_answer": self.silence_verdict,
            "silence_clause": self.silence_clause,
        }

    def clean(self) -> None:
        """Silence decides only where a clause says so, and never about money, safety or for a body."""
        super().clean()
        errors: dict[str, Any] = {}
        if self.silence_verdict:
            if not self.silence_clause.strip():
                errors["silence_clause"] = _("Quote the clause by which silence decides.")
            if self.silence_verdict not in {option.key for option in self.choices}:
                errors["silence_verdict"] = _("Name one of the options by its number: o1 is the first.")
            elif self.money or any(o.money for o in self.choices) or self.safety:
                errors["silence_verdict"] = _("Silence never decides about money or safety.")
            elif self.right_about != self.subject:
                errors["silence_verdict"] = _("Silence never passes a gate.")
            elif self.decider and self.decider.kind == Party.Kind.BODY:
                errors["silence_verdict"] = _("Silence never decides for a body.")
            elif self.decide_by is None and self.state in self.asked_states:
                errors["decide_by"] = _("Silence needs a day on which it speaks.")
        if self.gate is not None:
            if self.gate.tier != Milestone.Tier.GATE:
                errors["gate"] = _("This milestone is no gate: its tier says so.")
            elif self.gate.initiative_id != self.initiative_id:
                errors["gate"] = _("Decide about a gate at the initiative that passes it.")
        if self.reverses_id and self.reverses_id == self.pk:
            errors["reverses"] = _("A decision does not reverse itself.")
        if errors:
            raise ValidationError(errors)


@versioned
class Body(Versioned):
    """A board or committee that decides in a room: its seats are posts, its party decides, owns and receives."""

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="decides_as", editable=False)
    initiative = models.ForeignKey(
        Initiative,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="bodies",
        verbose_name=_("initiative"),
    )
    name = models.CharField(_("name"), max_length=110)
    sort_name = models.CharField(max_length=220, editable=False)
    purpose = models.TextField(_("terms of reference"), blank=True)
    rhythm = models.CharField(_("meets"), max_length=120, blank=True)
    quorum = models.PositiveSmallIntegerField(_("quorum"), null=True, blank=True)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = OF_INITIATIVE
    bookkeeping = Versioned.bookkeeping | {"sort_name"}

    class Meta:
        ordering = ("sort_name", "pk")
        verbose_name = _("body")
        verbose_name_plural = _("bodies")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """Keep the sort key with the name."""
        for row in instances:
            row.sort_name = sort_key(row.name)

    @property
    def event_entry_id(self) -> int | None:
        """A body shows in the history of its initiative."""
        return self.initiative.entry_id if self.initiative_id and self.initiative else None
