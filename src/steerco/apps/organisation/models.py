"""The organisation's own settings, words, scales and fields. One organisation per installation."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.organisation.days_off import day_lines, holidays_of, is_known_country
from steerco.kit.fields import FieldKind
from steerco.kit.history import Versioned, versioned
from steerco.kit.permissions import Access, ScopedQuerySet


@versioned
class Organisation(Versioned):
    """The one row of settings."""

    name = models.CharField(_("name"), max_length=160, default="Steerco")
    marking = models.CharField(
        _("marking on every page of a pack"), max_length=80, blank=True, help_text=_("for example: Internal")
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    language = models.CharField(_("language"), max_length=10, default="en-gb")
    fiscal_year_start = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        validators=(MinValueValidator(1), MaxValueValidator(12)),
    )
    staff_read_all = models.BooleanField(
        _("staff read every initiative that is not restricted"), default=True
    )
    palette = models.CharField(
        _("colours"),
        max_length=10,
        default="classic",
        choices=(("classic", _("classic")), ("safe", _("colour-blind safe"))),
    )
    risk_appetite = models.PositiveSmallIntegerField(
        _("risk appetite"),
        default=9,
        validators=(MinValueValidator(0), MaxValueValidator(25)),
        help_text=_("The highest score of a threat that is carried without further treatment."),
    )
    code_from = models.BigIntegerField(
        _("code for a sign-off from"),
        null=True,
        blank=True,
        default=10_000_000,
        help_text=_(
            "From this amount on, the link of a mail signs off only with a code sent to the approver. Empty: never."
        ),
    )
    sign_on_makes_accounts = models.BooleanField(
        _("single sign-on makes accounts"),
        default=False,
        help_text=_(
            "Whoever the identity provider vouches for gets an account; otherwise an administrator makes it first."
        ),
    )

    period_names = models.CharField(
        _("names of reporting periods"),
        max_length=10,
        default="calendar",
        choices=(
            ("calendar", _("by the calendar: April 2026")),
            ("fiscal", _("by the fiscal year: P01 2026/27")),
        ),
    )
    holiday_country = models.CharField(
        _("public holidays of"),
        max_length=2,
        blank=True,
        help_text=_("The country's two letters, for example DE. Empty: no public holidays."),
    )
    holiday_region = models.CharField(
        _("region"),
        max_length=10,
        blank=True,
        help_text=_("The region's letters, for example BY for Bavaria. Empty: those of the whole country."),
    )
    own_days_off = models.TextField(
        _("own days off"),
        blank=True,
        help_text=_("One day a line, with its name if you like: 2026-12-24 Christmas Eve."),
    )

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="staff", view="person.view")

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Its holidays are known ones, its own days off are dates."""
        errors: dict[str, Any] = {}
        self.holiday_country = self.holiday_country.strip().upper()
        self.holiday_region = self.holiday_region.strip()
        if self.holiday_country and not is_known_country(self.holiday_country):
            errors["holiday_country"] = _("The holidays of this country are not known here.")
        elif self.holiday_region and not self.holiday_country:
            errors["holiday_region"] = _("Name the country too.")
        else:
            try:
                holidays_of(self.holiday_country, self.holiday_region)
            except LookupError:
                errors["holiday_region"] = _("This region of the country is not known here.")
        try:
            day_lines(self.own_days_off)
        except ValueError as error:
            errors["own_days_off"] = _("“%(line)s” does not begin with a date such as 2026-12-31.") % {
                "line": str(error)[:80]
            }
        if errors:
            raise ValidationError(errors)


class Term(models.Model):
    """The organisation's own word for a thing: "Work package" for "Workstream". Sentences quote it unchanged."""

    key = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    singular = models.CharField(_("singular"), max_length=80)
    plural = models.CharField(_("plural"), max_length=80)

    access = Access(rule="staff", view="person.view")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("key", "language"), name="organisation_term_once"),)

    def __str__(self) -> str:
        return self.singular


class RiskScale(models.Model):
    """A scale of probability or impact, as data, per level of the tree; level "" is the default for all.

    `steps`: list of {"value": 1, "label": "Very low", "percent": [0, 10], "money": [0, 5000000], "days": [0, 5]};
    money in minor units of the organisation's currency, days are working days.
    """

    level = models.CharField(max_length=20, blank=True)
    axis = models.CharField(
        max_length=12, choices=(("probability", _("probability")), ("impact", _("impact")))
    )
    steps = models.JSONField(default=list)

    access = Access(rule="staff", view="person.view")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("level", "axis"), name="organisation_scale_once"),)

    def __str__(self) -> str:
        return f"{self.level or 'default'} {self.axis}"


class FieldDefinition(models.Model):
    """A field that the organisation added to a register or to initiatives."""

    subject = models.CharField(_("where"), max_length=40)
    key = models.SlugField(_("key"), max_length=40)
    label = models.CharField(_("label"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=[(k.value, k.value) for k in FieldKind])
    choices = models.JSONField(_("choices"), default=list, blank=True)
    required = models.BooleanField(_("required"), default=False)
    help = models.CharField(_("help"), max_length=200, blank=True)
    rank = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    access = Access(rule="staff", view="person.view")

    class Meta:
        ordering = ("subject", "rank", "pk")
        constraints = (models.UniqueConstraint(fields=("subject", "key"), name="organisation_field_once"),)

    def __str__(self) -> str:
        return self.label
