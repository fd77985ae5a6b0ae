"""Milestones, and the plans that they are read from each cycle; a milestone stands without one too."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Initiative, Record
from steerco.apps.links.models import Attachment
from steerco.apps.planning.states import MILESTONE_STATES
from steerco.kit.history import versioned
from steerco.kit.imports.models import ImportRun
from steerco.kit.permissions import Access, Actor, ScopedQuerySet
from steerco.kit.states import States


@versioned
class Milestone(Record):
    """A point that a plan must reach: baseline (agreed), forecast (expected now), actual (reached)."""

    class Tier(models.TextChoices):
        BOARD = "board", _("board")
        GATE = "gate", _("gate")
        CONTRACT = "contract", _("contract")
        PAYMENT = "payment", _("payment")
        TEAM = "team", _("team")

    # What a board, a gate, a contract or a payment waits for; the others are the team's own.
    KEY_TIERS: ClassVar[tuple[str, ...]] = (Tier.BOARD, Tier.GATE, Tier.CONTRACT, Tier.PAYMENT)

    register_key: ClassVar[str] = "milestone"
    number_prefix: ClassVar[str] = "M"
    states: ClassVar[States] = MILESTONE_STATES

    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices, default=Tier.TEAM)
    description = models.TextField(_("description"), blank=True)
    baseline = models.DateField(_("baseline"), null=True, blank=True)
    forecast = models.DateField(_("forecast"), null=True, blank=True)
    actual = models.DateField(_("actual"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")

    @property
    def due(self) -> Any:
        """The day that it is expected; nothing is owed once it is reached."""
        return None if self.actual else self.forecast or self.baseline

    @property
    def expected(self) -> date | None:
        """When it was reached, or is expected."""
        return self.actual or self.forecast or self.baseline


class PlanRevisionQuerySet(ScopedQuerySet["PlanRevision"]):
    """Revisions of plans."""

    def visible_to(self, actor: Actor) -> "PlanRevisionQuerySet":
        """What was taken of initiatives that `actor` reads, and the actor's own that is not taken yet."""
        rows = super().visible_to(actor)
        if actor.trusted:
            return rows
        return rows.filter(Q(state=PlanRevision.State.TAKEN) | Q(user=actor.user_id, user__isnull=False))

    def standing(self) -> "PlanRevisionQuerySet":
        """What was taken and not undone, the newest first."""
        return self.filter(state=PlanRevision.State.TAKEN, run__state=ImportRun.State.APPLIED)


class PlanRevision(models.Model):
    """One revision of a plan: a file on its way into an initiative's milestones, and what came of it.

    A plan is known by its name within its initiative; `number` counts the revisions that were taken. `content` and
    `reading` (what was read, compressed) go once it is taken: the file is then an attachment. `tracked` is each task
    that stands for a milestone as this revision had it (see `matching.Tracked`): the next one is compared with it.
    `run` makes the undo; a revision that was undone counts no more.
    """

    class State(models.TextChoices):
        READING = "reading", _("being read")
        REFUSED = "refused", _("cannot be read")
        READY = "ready", _("not taken yet")
        TAKEN = "taken", _("taken")

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="pla_revisions")
    plan = models.CharField(_("plan"), max_length=120)
    number = models.PositiveIntegerField(_("revision"), default=0)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    by = models.CharField(_("by"), max_length=200)
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.READING)
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(max_length=64)
    status_date = models.DateField(_("status date of the plan"), null=True)
    content = models.BinaryField(null=True)
    reading = models.BinaryField(null=True)
    settings = models.JSONField(default=dict)  # see `choosing.Settings`
    problem = models.JSONField(null=True)  # why it cannot be read
    report = models.JSONField(default=dict)  # what was taken, row by row (see `changes.py`)
    tracked = models.JSONField(default=list)
    run = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="+")
    attachment = models.ForeignKey(Attachment, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = PlanRevisionQuerySet.as_manager()
    access = Access(
        view="record.view", scope="initiative_id", restricted_by="initiative__restricted_by_id", entry=""
    )

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("revision of a plan")
        verbose_name_plural = _("revisions of plans")
        indexes = (models.Index(fields=("initiative", "plan", "-id"), name="pla_revision_latest"),)

    def __str__(self) -> str:
        return f"{self.plan} {self.number}"

    @property
    def is_undone(self) -> bool:
        """Whether it was taken and undone."""
        return self.run is not None and self.run.state == ImportRun.State.UNDONE
