"""The tree, its posts, its restrictions, and what every record stands on: Entry and Record."""

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.access.roles import ROLES
from steerco.apps.initiatives.states import GovernanceProfile, InitiativeType, LifecycleStatus, StateGroup
from steerco.apps.people.models import Party, Person, Unit
from steerco.kit import clock
from steerco.kit.fields import clean_custom, sort_key
from steerco.kit.fields.rows import insert_rows
from steerco.kit.history import Versioned, versioned
from steerco.kit.history.columns import write_columns
from steerco.kit.pages.words import word
from steerco.kit.permissions import Access, ScopedQuerySet
from steerco.kit.states import States

OF_INITIATIVE = Access(
    view="initiative.view",
    scope="initiative_id",
    restricted_by="initiative__restricted_by_id",
    entry="initiative__entry_id",
)

OF_ENTRY = Access(
    view="record.view",
    scope="entry__initiative_id",
    restricted_by="entry__restricted_by_id",
    entry="entry_id",
)


class Entry(models.Model):
    """One row per initiative, record and document: what comments, links, follow-ups and search point at.

    `restricted_by` is the entry whose restriction covers this one: itself, or the nearest restricted initiative
    above it. Null: everybody with access to the initiative reads it.
    """

    register = models.CharField(max_length=40)
    initiative = models.ForeignKey(
        "Initiative", null=True, on_delete=models.CASCADE, related_name="entries", db_index=False
    )
    number = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=300)
    owner = models.ForeignKey(Party, null=True, on_delete=models.SET_NULL, related_name="owned")
    state_group = models.CharField(max_length=10, choices=StateGroup.choices, default=StateGroup.OPEN)
    due = models.DateField(null=True)
    restricted_by = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="covers", db_index=False
    )

    objects = ScopedQuerySet.as_manager()
    access = Access(view="record.view", scope="initiative_id", restricted_by="restricted_by_id", entry="id")

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = (
            models.UniqueConstraint(
                fields=("initiative", "register", "number"), name="initiatives_entry_number"
            ),
        )
        indexes = (
            models.Index(fields=("owner", "state_group", "due")),
            models.Index(
                fields=("restricted_by",), name="entry_restricted", condition=Q(restricted_by__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.title


class Alias(models.Model):
    """A code or number that something once had: links in old packs and mails still find it."""

    code = models.CharField(max_length=60, db_index=True)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="aliases")

    access = OF_ENTRY

    class Meta:
        constraints = (models.UniqueConstraint(fields=("code", "entry"), name="initiatives_alias_once"),)

    def __str__(self) -> str:
        return self.code


@versioned
class Initiative(Versioned):
    """A node of the tree: portfolio, programme, project or workstream."""

    Type = InitiativeType
    Profile = GovernanceProfile
    Status = LifecycleStatus
    FINISHED = frozenset({Status.CLOSED, Status.CANCELLED, Status.TRANSFERRED})

    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, related_name="as_initiative", editable=False
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("part of"),
    )
    type = models.CharField(_("type"), max_length=12, choices=Type.choices, default=Type.PROJECT)
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=300)
    sort_name = models.CharField(max_length=220, editable=False, db_index=True)
    summary = models.TextField(_("description"), blank=True)
    priority = models.PositiveIntegerField(_("priority rank"), null=True, blank=True)
    profile = models.CharField(
        _("governance profile"), max_length=10, choices=Profile.choices, default=Profile.STANDARD
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DELIVERING)
    category = models.CharField(_("category"), max_length=120, blank=True)
    unit = models.ForeignKey(
        Unit,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="initiatives",
        verbose_name=_("unit"),
    )
    sponsor = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("sponsor")
    )
    lead = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("manager")
    )
    planned_start = models.DateField(_("planned start"), null=True, blank=True)
    planned_end = models.DateField(_("planned end"), null=True, blank=True)
    forecast_start = models.DateField(_("forecast start"), null=True, blank=True)
    forecast_end = models.DateField(_("forecast end"), null=True, blank=True)
    actual_start = models.DateField(_("actual start"), null=True, blank=True)
    actual_end = models.DateField(_("actual end"), null=True, blank=True)
    archived = models.BooleanField(_("archived"), default=False)
    example = models.CharField(max_length=20, blank=True, editable=False)  # which example data it came with
    custom = models.JSONField(default=dict, blank=True)
    restricted_by = models.ForeignKey(
        Entry,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects = ScopedQuerySet.as_manager()
    access = Access(view="initiative.view", scope="id", restricted_by="restricted_by_id", entry="entry_id")
    bookkeeping = Versioned.bookkeeping | {"entry", "sort_name", "restricted_by", "example"}

    class Meta:
        ordering = ("sort_name", "pk")
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        constraints = (
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="initiatives_not_own_parent"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def event_entry_id(self) -> int:
        """Events about an initiative point at its entry."""
        return self.entry_id

    def get_type_display(self) -> str:  # type: ignore[no-redef]
        """Its type in the organisation's own word."""
        return word(f"initiative.type.{self.type}", self.Type(self.type).label)

    def clean(self) -> None:
        """One initiative's own rules; rules between initiatives are in the services."""
        self.sort_name = sort_key(self.name)
        self.custom = clean_custom("initiative", self.custom)

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """Keep each initiative's entry."""
        for row in instances:
            row.sort_name = sort_key(row.name)
        if creating:
            insert_rows(Entry, entries := [row._entry() for row in instances])
            for row, entry in zip(instances, entries, strict=True):
                row.entry = entry
            return
        told = [row for row in instances if row._told() != row.stored._told()]
        write_columns(Entry, [row._entry() for row in told], ("title", "owner", "state_group"))

    def _told(self) -> tuple[Any, ...]:  # what its entry repeats
        return self.name, self.lead_id, self.state_group

    def _entry(self) -> Entry:
        name, owner, group = self._told()
        return Entry(pk=self.entry_id, register="initiative", title=name, owner_id=owner, state_group=group)

    @property
    def state_group(self) -> str:
        """The meaning of its lifecycle status."""
        if self.status in self.FINISHED:
            return StateGroup.DONE
        return StateGroup.PENDING if self.status == self.Status.PROPOSED else StateGroup.OPEN


class FormerName(models.Model):
    """A name that an initiative had, or goes by elsewhere: imports match by it; old packs keep it."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(_("name"), max_length=300)
    sort_name = models.CharField(max_length=220, db_index=True)
    until = models.DateField(_("until"), null=True, blank=True)

    access = OF_INITIATIVE

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("initiative", "sort_name"), name="initiatives_former_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class Ancestry(models.Model):
    """Every pair of an initiative and one above it, itself included at depth 0. Rewritten by a move."""

    ancestor = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="below", db_index=False)
    descendant = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="above")
    depth = models.PositiveSmallIntegerField()

    access = Access(rule="internal")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("ancestor", "descendant"), name="initiatives_ancestry_once"),
        )

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id}"


class AlsoReportedTo(models.Model):
    """A second place that an initiative reports to. It gives no rights, and totals count the initiative once."""

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="also_reported_to")
    to = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="also_hears_from")

    access = OF_INITIATIVE

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("initiative", "to"), name="initiatives_also_once"),
            models.CheckConstraint(condition=~Q(initiative=models.F("to")), name="initiatives_also_other"),
        )

    def __str__(self) -> str:
        return f"{self.initiative} → {self.to}"


@versioned
class Post(Versioned):
    """A role on an initiative (none: on the whole organisation), held by people from–to, or a seat of a body."""

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="post", editable=False)
    initiative = models.ForeignKey(Initiative, models.CASCADE, null=True, blank=True, related_name="posts")
    role = models.CharField(_("role"), max_length=30, choices=[(k, r.ours) for k, r in ROLES.items()])
    title = models.CharField(_("title"), max_length=120)
    body = models.ForeignKey(Party, null=True, blank=True, on_delete=models.CASCADE, related_name="seats")

    objects = ScopedQuerySet.as_manager()
    access = OF_INITIATIVE

    class Meta:
        ordering = ("pk",)
        verbose_name = _("post")
        verbose_name_plural = _("posts")

    @property
    def role_label(self) -> str:
        """What the role is called here."""
        return ROLES[self.role].label

    def __str__(self) -> str:
        return self.title

    @property
    def event_entry_id(self) -> int | None:
        """Appointments show in the initiative's history."""
        return self.initiative.entry_id if self.initiative_id and self.initiative else None


@versioned
class Holding(Versioned):
    """Who holds a post, from–to: as holder, deputy, or proxy for another."""

    class Kind(models.TextChoices):
        HOLDER = "holder", _("holder")
        DEPUTY = "deputy", _("deputy")
        PROXY = "proxy", _("proxy")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="holdings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="holdings")
    kind = models.CharField(_("as"), max_length=8, choices=Kind.choices, default=Kind.HOLDER)
    starts = models.DateField(_("from"), null=True, blank=True)
    ends = models.DateField(_("to"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="initiative.view",
        scope="post__initiative_id",
        restricted_by="post__initiative__restricted_by_id",
        entry="post__initiative__entry_id",
    )

    class Meta:
        ordering = ("pk",)
        verbose_name = _("holding of a post")
        verbose_name_plural = _("holdings of posts")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=models.F("starts")),
                name="initiatives_holding_from_to",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.post}"

    @property
    def event_entry_id(self) -> int | None:
        """Appointments show in the initiative's history."""
        return self.post.event_entry_id

    @classmethod
    def in_force(cls, day: date | None = None) -> Q:
        """The holdings that count on `day`, else today."""
        today = day or clock.today()
        return (Q(starts=None) | Q(starts__lte=today)) & (Q(ends=None) | Q(ends__gte=today))


class Restriction(models.Model):
    """A party that may read a restricted entry (and, for an initiative, everything below it)."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="readers")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")

    access = OF_ENTRY

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("entry", "party"), name="initiatives_restriction_once"),
        )

    def __str__(self) -> str:
        return f"{self.party}"


REPEATED = ("initiative_id", "number", "title", "owner_id", "state_group", "due")


class Record(Versioned):
    """Base of everything that stands in a register."""

    register_key: ClassVar[str]  # "risk"
    number_prefix: ClassVar[str]  # "R" makes R-12
    states: ClassVar[States]
    entry_id: int
    initiative_id: int
    owner_id: int | None
    restricted_by_id: int | None

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", editable=False)
    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("initiative")
    )
    number = models.PositiveIntegerField(_("no."), editable=False, default=0)
    title = models.CharField(_("title"), max_length=300)
    sort_title = models.CharField(max_length=220, editable=False, default="")
    owner = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    state = models.CharField(_("state"), max_length=20)
    state_group = models.CharField(
        max_length=10, choices=StateGroup.choices, default=StateGroup.OPEN, editable=False
    )
    # Restorable; purged by retention.
    deleted = models.BooleanField(_("deleted"), default=False, editable=False)
    custom = models.JSONField(default=dict, blank=True)
    restricted_by = models.ForeignKey(
        Entry,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        db_index=False,
    )

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="record.view", scope="initiative_id", restricted_by="restricted_by_id", entry="entry_id"
    )
    bookkeeping = Versioned.bookkeeping.union(
        ("entry", "number", "sort_title", "state_group", "restricted_by", "deleted")
    )

    class Meta:
        abstract = True
        constraints = (
            models.UniqueConstraint(fields=("initiative", "number"), name="%(app_label)s_%(class)s_number"),
        )
        indexes = (
            models.Index(fields=("initiative", "state_group"), name="%(class)s_scope"),
            models.Index(fields=("sort_title", "id"), name="%(class)s_title"),
            models.Index(fields=("changed_at",), name="%(class)s_gone", condition=models.Q(deleted=True)),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """What people say: R-12."""
        return f"{self.number_prefix}-{self.number}"

    @property
    def event_entry_id(self) -> int:
        """Events about a record point at its entry."""
        return self.entry_id

    @property
    def due(self) -> Any:
        """The date that it is owed by, for the entry; models with such a date override it."""
        return None

    def group_of_state(self) -> str:
        """The meaning of its state; deleted wins."""
        return StateGroup.DELETED if self.deleted else self.states.group(self.state)

    def clean(self) -> None:
        """Derived columns and custom fields. Models extend it with their own rules."""
        if self.state not in self.states.by_key:
            raise ValidationError({"state": _("There is no such state.")})
        self.sort_title = sort_key(self.title)
        self.state_group = self.group_of_state()
        self.custom = clean_custom(self.register_key, self.custom)

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """Keep each record's entry and number."""
        for row in instances:
            row.sort_title = sort_key(row.title)
            row.state_group = row.group_of_state()
        if creating:
            cls._number(instances)
            insert_rows(Entry, entries := [row._entry() for row in instances])
            for row, entry in zip(instances, entries, strict=True):
                row.entry = entry
            return
        told = [row for row in instances if row._told() != row.stored._told()]
        entries = [row._entry(pk=row.entry_id) for row in told]
        write_columns(Entry, entries, [name.removesuffix("_id") for name in REPEATED])

    def _told(self) -> tuple[Any, ...]:
        """What its entry repeats: REPEATED."""
        return self.initiative_id, self.number, self.title, self.owner_id, self.state_group, self.due

    def _entry(self, pk: int | None = None) -> Entry:
        told = dict(zip(REPEATED, self._told(), strict=True))
        restricted = self.restricted_by_id
        return Entry(pk=pk, register=self.register_key, restricted_by_id=restricted, **told)

    @classmethod
    def _number(cls, instances: list[Any]) -> None:
        """The next numbers of each initiative, and the restriction that covers what is made or moved below it."""
        ids = {row.initiative_id for row in instances}
        parents = Initiative.objects.filter(pk__in=ids)
        if connection.features.has_select_for_update:  # SQLite's writers are one at a time already
            list(parents.select_for_update().values_list("pk"))
        last = dict(
            Entry.objects.filter(initiative__in=ids, register=cls.register_key)
            .values_list("initiative")
            .annotate(last=models.Max("number"))
        )
        covered = dict(parents.values_list("pk", "restricted_by"))
        for row in instances:
            last[row.initiative_id] = row.number = last.get(row.initiative_id, 0) + 1
            if row.restricted_by_id is None or row.restricted_by_id != row.entry_id:  # its own goes with it
                row.restricted_by_id = covered[row.initiative_id]
