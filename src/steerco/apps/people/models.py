"""People, organisation units, and the parties that own, decide, approve and receive.

One person record is used everywhere. A party is a person, a post or a body; posts and bodies live in upper apps and
point at their party.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.kit.fields import sort_key
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet


class Party(models.Model):
    """Somebody who can own, decide, approve or receive."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        POST = "post", _("post")
        BODY = "body", _("body")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(max_length=220, editable=False, db_index=True)
    active = models.BooleanField(default=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(view="person.view", rule="staff")

    class Meta:
        ordering = ("sort_name", "pk")
        verbose_name = _("party")
        verbose_name_plural = _("parties")

    def __str__(self) -> str:
        return self.name


@versioned
class Unit(Versioned):
    """An organisation unit, valid from a date, with the units that followed it after a re-organisation."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(max_length=220, editable=False)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("part of"),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(view="person.view", rule="staff")

    class Meta:
        ordering = ("sort_name", "pk")
        verbose_name = _("organisation unit")
        verbose_name_plural = _("organisation units")

    def __str__(self) -> str:
        return self.name

    bookkeeping = Versioned.bookkeeping | {"sort_name"}

    @classmethod
    def prepare_write(cls, instances: list[Any], creating: bool) -> None:
        """Keep the sort key with the name."""
        for unit in instances:
            unit.sort_name = sort_key(unit.name)


class UnitSuccession(models.Model):
    """`successor` took over `share` percent of `unit` on a date; a split without shares is not comparable."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="predecessions")
    on = models.DateField(_("on"))
    share = models.PositiveSmallIntegerField(_("share, %"), null=True, blank=True)

    access = Access(view="person.view", rule="staff")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("unit", "successor"), name="people_succession_once"),)

    def __str__(self) -> str:
        return f"{self.unit} → {self.successor}"


@versioned
class Person(Versioned):
    """A person: colleague, contractor, supplier, customer. One record, used everywhere."""

    class Engagement(models.TextChoices):
        STAFF = "staff", _("employee")
        CONTRACTOR = "contractor", _("contractor")
        TEMPORARY = "temporary", _("temporary")
        EXTERNAL = "external", _("external")

    party = models.OneToOneField(Party, on_delete=models.PROTECT, related_name="person", editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone"), max_length=60, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="people", verbose_name=_("unit")
    )
    engagement = models.CharField(
        _("engagement"), max_length=12, choices=Engagement.choices, default=Engagement.STAFF
    )
    starts = models.DateField(_("starts"), null=True, blank=True)
    leaves = models.DateField(_("leaves"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(view="person.view", rule="staff")

    class Meta:
        ordering = ("party__sort_name", "pk")
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name
