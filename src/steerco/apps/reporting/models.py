"""Packs: what was asked for, what was built of it, and the organisation's own templates."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.models import Cadence, FrozenReport
from steerco.apps.initiatives.models import Initiative
from steerco.apps.people.models import Person
from steerco.kit.journal.models import Event
from steerco.kit.journal.reach import hidden_entries
from steerco.kit.permissions import Access, Actor, ScopedQuerySet


class PackQuerySet(ScopedQuerySet["Pack"]):
    """Packs with their audience."""

    def visible_to(self, actor: Actor) -> "PackQuerySet":
        """The packs of initiatives that `actor` may read; one's own packs for oneself alone; none with something
        that was restricted since and that `actor` may not read.
        """
        rows = super().visible_to(actor)
        if actor.trusted:
            return rows
        rows = rows.filter(Q(audience=Pack.Audience.READERS) | Q(requested_by=actor.user_id))
        # What was restricted after a pack was made still stands in it.
        since = Event.objects.filter(
            kind="entry.restricted",
            entry__in=hidden_entries(actor),
            entry__initiative__above__ancestor=OuterRef("initiative"),
            at__gte=OuterRef("requested_at"),
        )
        return rows.exclude(Exists(since))


class Pack(models.Model):
    """A steering pack of an initiative at a date, against another, for an audience.

    READERS: holds what everybody with access to the initiative reads, so they may all open it. OWN: holds what
    its requester reads, restricted things included, so only they open it.
    """

    class Audience(models.TextChoices):
        READERS = "readers", _("everybody who reads this initiative")
        OWN = "own", _("only me: with everything that I may read")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")

    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="packs")
    # Of a frozen report: then the pack shows that and nothing else.
    frozen = models.ForeignKey(
        FrozenReport, null=True, blank=True, on_delete=models.PROTECT, related_name="packs", db_index=False
    )
    title = models.CharField(_("title"), max_length=300)  # as it was named then: a rename does not touch it
    as_of = models.DateField(_("as of"))
    compare = models.DateField(_("compared with"), null=True, blank=True)
    audience = models.CharField(
        _("audience"), max_length=10, choices=Audience.choices, default=Audience.READERS
    )
    formats = models.JSONField(default=list)
    language = models.CharField(max_length=10, default="en")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    requested_label = models.CharField(max_length=200)
    requested_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    problem = models.CharField(max_length=300, blank=True)
    job_id = models.BigIntegerField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    seconds = models.FloatField(null=True)

    objects = PackQuerySet.as_manager()
    access = Access(
        view="pack.view",
        scope="initiative_id",
        restricted_by="initiative__restricted_by_id",
        entry="initiative__entry_id",
    )

    class Meta:
        ordering = ("-requested_at", "-pk")
        verbose_name = _("pack")
        verbose_name_plural = _("packs")

    def __str__(self) -> str:
        return self.title


class PackFile(models.Model):
    """One format of a pack, kept under the hash of its content."""

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="files")
    format = models.CharField(max_length=5)
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    access = Access(rule="internal")

    class Meta:
        ordering = ("pk",)
        constraints = (models.UniqueConstraint(fields=("pack", "format"), name="reporting_file_once"),)

    def __str__(self) -> str:
        return self.name


class PackTemplate(models.Model):
    """The organisation's own .pptx or .docx; the newest of each format is used."""

    format = models.CharField(max_length=5, choices=(("pptx", "PowerPoint"), ("docx", "Word")))
    name = models.CharField(_("name"), max_length=200)
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    report = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=200)

    objects = ScopedQuerySet.as_manager()
    access = Access(view="pack.template", rule="office")

    class Meta:
        ordering = ("-added_at", "-pk")
        verbose_name = _("template")
        verbose_name_plural = _("templates")

    def __str__(self) -> str:
        return self.name


class Publication(models.Model):
    """An edition of a frozen report that was sent to its readers. Written in the transaction that asks for the mails;
    further readers of the same edition join it."""

    frozen = models.OneToOneField(FrozenReport, on_delete=models.PROTECT, related_name="publication")
    initiative = models.ForeignKey(Initiative, on_delete=models.CASCADE, related_name="+")
    published_at = models.DateTimeField(_("published at"))
    published_by = models.CharField(_("published by"), max_length=200)

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="record.view",
        scope="initiative_id",
        restricted_by="frozen__report__restricted_by_id",
        entry="frozen__report__entry_id",
    )

    class Meta:
        ordering = ("-published_at", "-pk")
        verbose_name = _("publication")
        verbose_name_plural = _("publications")

    def __str__(self) -> str:
        return str(self.frozen)


class Delivery(models.Model):
    """One reader of one publication: an address gets an edition once. How far its mail is stands in the outbox.

    `outside`: has no right to read the initiative and was confirmed by name by whoever published. `opened_at`: first
    opened on a page or as a document; a mail tells nothing back.
    """

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    via = models.CharField(_("by"), max_length=300, blank=True)
    outside = models.BooleanField(_("outside"), default=False)
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)

    access = Access(rule="internal")

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(fields=("publication", "email"), name="reporting_delivered_once"),
        )

    def __str__(self) -> str:
        return f"{self.publication_id} to {self.email}"


class PublishedFile(models.Model):
    """The document of a publication in a language, made when the first mail needs it."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="files")
    language = models.CharField(max_length=10)
    path = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()

    access = Access(rule="internal")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("publication", "language"), name="reporting_document_once"),
        )

    def __str__(self) -> str:
        return self.name


class Keeping(models.Model):
    """Why a calendar whose reports hardly anybody opens is kept, and until when it is not proposed for its end."""

    cadence = models.ForeignKey(Cadence, on_delete=models.CASCADE, related_name="keepings")
    reason = models.CharField(_("reason"), max_length=300)
    until = models.DateField(_("until"))
    on = models.DateField()
    by = models.CharField(max_length=200)

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="record.view",
        scope="cadence__initiative_id",
        restricted_by="cadence__initiative__restricted_by_id",
        entry="cadence__initiative__entry_id",
    )

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.cadence_id} until {self.until.isoformat()}"
