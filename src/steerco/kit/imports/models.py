"""What is kept of an import: the run, its files as they were read, and mappings under a name."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Access, ScopedQuerySet


class ImportRun(models.Model):
    """One import into one register, from the upload to the undo.

    `mapping` is {"layouts": [...], "options": {...}, "choices": {...}} (see `layouts.py`); `report` is what the last
    check or the import found (see `reports.py`); `outcome` is {"created": {pk: version}, "changed": {pk: version}}
    with the versions that the import left. `batch` stands in every event of the import.
    """

    class State(models.TextChoices):
        STAGED = "staged", _("not imported yet")
        APPLIED = "applied", _("imported")
        UNDONE = "undone", _("undone")
        REFUSED = "refused", _("discarded")

    register = models.CharField(max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", db_index=True
    )
    owner_label = models.CharField(max_length=200)
    place = models.CharField(max_length=60, blank=True)  # the code of the place that all rows belong to
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.STAGED)
    batch = models.CharField(max_length=40, unique=True)
    bundle = models.CharField(
        max_length=40, blank=True, db_index=True
    )  # runs of one workbook, one per register
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    mapping = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict)

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="own", owner="owner")

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = (models.Index(fields=("owner", "-id"), name="imports_of_owner"),)

    def __str__(self) -> str:
        return f"{self.register} {self.batch}"


class ImportFile(models.Model):
    """One file (or pasted text) of a run. `tables` is what was read; `content` goes once the run is over."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    pasted = models.BooleanField(default=False)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    header_row = models.PositiveIntegerField(null=True)  # where a person said that the headers stand
    content = models.BinaryField()
    tables = models.JSONField(default=list)
    identity = models.JSONField(null=True)  # of a workbook that was exported here: row ids, versions
    problem = models.JSONField(null=True)  # why the file could not be read

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="own", owner="run__owner")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("imported file")
        verbose_name_plural = _("imported files")

    def __str__(self) -> str:
        return self.name


class NamedMapping(models.Model):
    """How the columns of one layout are read, under a name. `headers` are the folded headers that it is for."""

    register = models.CharField(max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(_("name"), max_length=80)
    shared = models.BooleanField(_("everybody may use it"), default=False)
    headers = models.JSONField(default=list)
    layout = models.JSONField(default=dict)

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="own", owner="owner")

    class Meta:
        ordering = ("name", "pk")
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        constraints = (
            models.UniqueConstraint(fields=("register", "owner", "name"), name="imports_mapping_once"),
        )

    def __str__(self) -> str:
        return self.name
