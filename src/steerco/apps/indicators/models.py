"""What was reported of an initiative for an as-of date: snapshots and their values.

A snapshot is immutable. A correction for the same initiative and date is a newer row; the older one loses
`current`. Stored rows are an initiative's own values: a parent is summed over what is visible below it.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.indicators.dimensions import dimension_label
from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Unit
from steerco.kit.fields import sort_key
from steerco.kit.journal.reach import hidden_batches
from steerco.kit.permissions import Access, Actor, ScopedQuerySet


class Snapshot(models.Model):
    """One report of one initiative, as published.

    The headline columns repeat those of its values that lists, totals and comparisons read: one row per
    initiative and date keeps a dashboard over ten thousand initiatives fast. Written once, with the values.
    """

    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, related_name="snapshots", verbose_name=_("initiative")
    )
    as_of = models.DateField(_("as of"))
    recorded_at = models.DateTimeField(_("recorded at"), editable=False)
    current = models.BooleanField(default=True, editable=False)
    batch = models.CharField(max_length=40, blank=True, editable=False, db_index=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    source_row = models.PositiveIntegerField(_("row in the source"), null=True, blank=True)
    fingerprint = models.CharField(max_length=64, editable=False)

    name = models.CharField(_("name as published"), max_length=300)
    sort_name = models.CharField(max_length=220, editable=False)
    code = models.CharField(_("code as published"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    unit_name = models.CharField(_("unit as published"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=120, blank=True)
    status = models.CharField(_("status"), max_length=120, blank=True)

    scale = models.CharField(_("scale"), max_length=20, blank=True)
    rating = models.CharField(_("rating"), max_length=20, blank=True)
    starts = models.DateField(_("start"), null=True, blank=True)
    ends = models.DateField(_("end"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    year = models.CharField(_("fiscal year"), max_length=12, blank=True)
    year_budget = models.BigIntegerField(_("budget of the year"), null=True, blank=True)
    year_forecast = models.BigIntegerField(_("forecast of the year"), null=True, blank=True)
    whole_life_cost = models.BigIntegerField(_("whole-life cost"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="snapshot.view", scope="initiative_id", restricted_by="initiative__restricted_by_id", entry=""
    )

    class Meta:
        ordering = ("as_of", "sort_name", "pk")
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        constraints = (
            models.UniqueConstraint(
                fields=("initiative", "as_of"),
                condition=Q(current=True),
                name="indicators_one_current_snapshot",
            ),
        )
        indexes = (
            models.Index(
                fields=("as_of", "initiative", "scale", "rating", "currency", "whole_life_cost"),
                name="indicators_snapshot_point",
                condition=Q(current=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}, {self.as_of.isoformat()}"

    def save(self, *args: object, **kwargs: object) -> None:
        """Refuse: snapshots are recorded through the service, in bulk, and never changed."""
        raise TypeError("a snapshot is immutable: record a newer one")

    def keep_sort_name(self) -> None:
        """The key that orders it by name."""
        self.sort_name = sort_key(self.name)


class Value(models.Model):
    """One value of a snapshot: a rating, an amount, a date, a number, a text, or why there is none."""

    class State(models.TextChoices):
        EXEMPT = "exempt", _("exempt")
        NOT_PROVIDED = "not_provided", _("not provided")
        RESET = "reset", _("reset")
        NOT_ASSESSED = "not_assessed", _("not assessed")
        NO_END_DATE = "no_end_date", _("no end date")
        TO_BE_DECIDED = "to_be_decided", _("to be decided")
        NOT_APPLICABLE = "not_applicable", _("not applicable")
        BELOW_THRESHOLD = "below_threshold", _("below the threshold")
        UNREADABLE = "unreadable", _("not readable")
        NOT_STARTED = "not_started", _("not started")
        ON_HOLD = "on_hold", _("on hold")
        COMPLETE = "complete", _("complete")

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="values")
    initiative = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="+", db_index=False)
    as_of = models.DateField(_("as of"))
    current = models.BooleanField(default=True, editable=False)
    indicator = models.CharField(_("indicator"), max_length=40)
    dimension = models.CharField(_("dimension"), max_length=40, blank=True)
    assessor = models.CharField(_("assessed by"), max_length=60, blank=True)

    state = models.CharField(_("state"), max_length=20, choices=State.choices, blank=True)
    scale = models.CharField(_("scale"), max_length=20, blank=True)
    rating = models.CharField(_("rating"), max_length=20, blank=True)
    amount = models.BigIntegerField(_("amount"), null=True, blank=True)  # minor units
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    year = models.CharField(_("fiscal year"), max_length=12, blank=True)
    day = models.DateField(_("date"), null=True, blank=True)
    number = models.DecimalField(_("number"), max_digits=18, decimal_places=4, null=True, blank=True)
    text = models.TextField(_("text"), blank=True)  # a narrative; beside a state, the words of the source

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="snapshot.view", scope="initiative_id", restricted_by="initiative__restricted_by_id", entry=""
    )

    class Meta:
        ordering = ("pk",)
        verbose_name = _("value")
        verbose_name_plural = _("values")
        constraints = (
            models.UniqueConstraint(
                fields=("snapshot", "indicator", "dimension", "assessor"), name="indicators_value_once"
            ),
        )
        indexes = (
            models.Index(
                fields=("indicator", "as_of", "initiative"),
                name="indicators_value_point",
                condition=Q(current=True),
            ),
            models.Index(
                fields=("initiative", "as_of"), name="indicators_value_own", condition=Q(current=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator} {self.as_of.isoformat()}"

    @property
    def dimension_label(self) -> str:
        """What the rating is about, in the reader's words."""
        return dimension_label(self.dimension)

    def shown(self) -> str:
        """The value as plain text, for telling a correction from what stood there."""
        if self.amount is not None:
            return f"{self.amount} {self.currency}"
        for value in (self.rating, self.day, self.number):
            if value not in (None, ""):
                return str(value)
        return self.text or self.state


class NamedMapping(models.Model):
    """Which column of a file means what, kept under a name for the next file of the same layout."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    columns = models.JSONField(default=dict)  # header as in the file -> field of the reader; "" leaves it out
    changed_at = models.DateTimeField(editable=False)

    objects = ScopedQuerySet.as_manager()
    access = Access(view="snapshot.view", rule="staff")

    class Meta:
        ordering = ("name",)
        verbose_name = _("mapping of columns")
        verbose_name_plural = _("mappings of columns")

    def __str__(self) -> str:
        return self.name


class PortfolioImportQuerySet(ScopedQuerySet["PortfolioImport"]):
    """Imports with what they went into."""

    def visible_to(self, actor: Actor) -> "PortfolioImportQuerySet":
        """The imports into portfolios where `actor` imports: one's own drafts, and what was imported unless something
        of it went to an initiative that is hidden from them now.
        """
        rows = super().visible_to(actor)
        if actor.trusted:
            return rows
        own = ~Q(state=PortfolioImport.State.DRAFT) | Q(user=actor.user_id)
        return rows.filter(own).exclude(batch__in=hidden_batches(actor))


class PortfolioImport(models.Model):
    """A file on its way into a portfolio, and what came of it: uploaded, mapped, imported, taken back."""

    class State(models.TextChoices):
        DRAFT = "draft", _("not yet imported")
        IMPORTED = "imported", _("imported")
        UNDONE = "undone", _("taken back")

    batch = models.CharField(max_length=40, unique=True)
    portfolio = models.ForeignKey(Initiative, on_delete=models.PROTECT, related_name="portfolio_imports")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    by = models.CharField(_("by"), max_length=200)
    at = models.DateTimeField(_("at"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(null=True)  # of a draft only: gone once it is imported
    settings = models.JSONField(default=dict)  # mapping, as_of, as_of_column of a draft
    report = models.JSONField(default=dict)

    objects = PortfolioImportQuerySet.as_manager()
    access = Access(
        view="snapshot.import",
        scope="portfolio_id",
        restricted_by="portfolio__restricted_by_id",
        entry="",
    )

    class Meta:
        ordering = ("-at", "-pk")
        verbose_name = _("import of a portfolio")
        verbose_name_plural = _("imports of portfolios")

    def __str__(self) -> str:
        return self.file_name
