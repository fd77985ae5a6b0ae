"""What is not in order in the registers, as the last look found it; what was confirmed; the organisation's limits."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import OF_ENTRY, Entry
from steerco.apps.people.models import Person
from steerco.kit.permissions import Access, ScopedQuerySet


class Finding(models.Model):
    """An entry that a rule finds fault with. Computed; rewritten by each look."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="findings")
    rule = models.CharField(max_length=20)
    found_on = models.DateField()

    objects = ScopedQuerySet.as_manager()
    access = OF_ENTRY

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = (models.UniqueConstraint(fields=("entry", "rule"), name="hygiene_finding_once"),)
        indexes = (models.Index(fields=("rule", "entry"), name="hygiene_by_rule"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.entry_id}"


class Confirmation(models.Model):
    """When somebody last said that an entry is still right as it stands."""

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="confirmation")
    on = models.DateField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"{self.entry_id} {self.on}"


class Limit(models.Model):
    """The organisation's own limit of a rule, for one register or ("") for all. Off: the rule is not looked at."""

    rule = models.CharField(max_length=20)
    register = models.CharField(max_length=40, blank=True)
    limit = models.PositiveSmallIntegerField()
    off = models.BooleanField(default=False)

    access = Access(rule="internal")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("rule", "register"), name="hygiene_limit_once"),)

    def __str__(self) -> str:
        return f"{self.rule} {self.register} {self.limit}"


class Look(models.Model):
    """The last look, one row: how far into the journal it saw, on which day, with which limits."""

    position = models.BigIntegerField(default=0)
    day = models.DateField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(null=True)
    asks_owners = models.BooleanField(_("owners are asked by themselves"), default=True)
    measures_people = models.BooleanField(_("people are measured"), default=False)

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"{self.day} {self.position}"
