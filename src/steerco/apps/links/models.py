"""What hangs on an entry: comments with mentions, files, relations to other entries, tags, who watches it.

Reading is decided on the entry; nothing here has rights of its own.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Entry
from steerco.apps.people.models import Party, Person
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet


def of_entry(path: str) -> Access:
    """Read like the entry that `path` leads to."""
    return Access(
        view="record.view",
        scope=f"{path}__initiative_id",
        restricted_by=f"{path}__restricted_by_id",
        entry=f"{path}_id",
    )


@versioned
class Comment(Versioned):
    """What somebody says about an entry: Markdown, people as "@{party id}" so that a new name shows everywhere."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    author_label = models.CharField(max_length=200, editable=False)
    text = models.TextField(_("comment"), max_length=20_000)
    deleted = models.BooleanField(default=False, editable=False)

    objects = ScopedQuerySet.as_manager()
    access = of_entry("entry")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self) -> str:
        return self.text[:60]

    @property
    def event_entry_id(self) -> int:
        """Events about a comment point at what it is about."""
        return self.entry_id


class Mention(models.Model):
    """A person named in a comment."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")

    objects = ScopedQuerySet.as_manager()
    access = Access(
        view="record.view",
        scope="comment__entry__initiative_id",
        restricted_by="comment__entry__restricted_by_id",
        entry="comment__entry_id",
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("comment", "party"), name="links_mention_once"),)

    def __str__(self) -> str:
        return f"{self.party}"


class StoredFile(models.Model):
    """The content of a file, kept once under its digest however often it is attached."""

    digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    access = Access(rule="internal")

    def __str__(self) -> str:
        return self.digest


@versioned
class Attachment(Versioned):
    """A file on an entry, under the name that it came with. `source` says that it is what the entry came from."""

    class Source(models.TextChoices):
        NONE = "", _("a document")
        MAIL = "mail", _("the mail that it came by")
        CALL = "call", _("the note of a call")
        MEETING = "meeting", _("the note of a meeting")
        FILE = "file", _("the file that it came in")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(_("name"), max_length=200)
    source = models.CharField(_("it is"), max_length=10, choices=Source.choices, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    added_by_label = models.CharField(max_length=200, editable=False)
    deleted = models.BooleanField(default=False, editable=False)

    objects = ScopedQuerySet.as_manager()
    access = of_entry("entry")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name

    @property
    def event_entry_id(self) -> int:
        """Events about a file point at the entry that it hangs on."""
        return self.entry_id


class Relation(models.Model):
    """What one entry is to another. Both ends show it, each only to those who may read the other."""

    class Kind(models.TextChoices):
        RELATES = "relates", _("relates to")
        CAUSES = "causes", _("causes")
        BLOCKS = "blocks", _("blocks")
        MITIGATES = "mitigates", _("mitigates")
        FULFILS = "fulfils", _("fulfils")
        CHANGES = "changes", _("changes")
        USED_IN = "used_in", _("is used in")

    source = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="relations_out")
    target = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="relations_in")
    kind = models.CharField(_("what it is to it"), max_length=10, choices=Kind.choices, default=Kind.RELATES)

    objects = ScopedQuerySet.as_manager()
    access = of_entry("source")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = (
            models.UniqueConstraint(fields=("source", "target", "kind"), name="links_relation_once"),
            models.CheckConstraint(condition=~Q(source=models.F("target")), name="links_relation_other"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.get_kind_display()} {self.target}"


class Reply(models.Model):
    """A mail that became a comment, known by the digest of its Message-ID: it never becomes another one."""

    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    access = Access(rule="internal")

    class Meta:
        indexes = (models.Index(fields=("person", "at"), name="links_reply_of"),)

    def __str__(self) -> str:
        return self.digest


class Tag(models.Model):
    """A word that entries share. Known to a reader only through entries that they may read."""

    name = models.CharField(_("tag"), max_length=40)
    sort_name = models.CharField(max_length=220, unique=True)

    access = Access(rule="internal")

    class Meta:
        ordering = ("sort_name",)

    def __str__(self) -> str:
        return self.name


class Tagging(models.Model):
    """A tag on an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")

    objects = ScopedQuerySet.as_manager()
    access = of_entry("entry")

    class Meta:
        ordering = ("tag__sort_name",)
        constraints = (models.UniqueConstraint(fields=("entry", "tag"), name="links_tagging_once"),)

    def __str__(self) -> str:
        return f"{self.tag}"


class Watch(models.Model):
    """Somebody who wants to hear of an entry."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="own", owner="user")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("entry", "user"), name="links_watch_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.entry_id}"
