"""Lessons."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.raid.states import LESSON_STATES
from steerco.kit.history import versioned
from steerco.kit.states import States


@versioned
class Lesson(Record):
    """What was learnt: what happened, what came of it, why, and what others should do."""

    class Type(models.TextChoices):
        WELL = "well", _("went well: do it again")
        BADLY = "badly", _("went badly: avoid it")
        NEARLY = "nearly", _("nearly went badly")

    class Category(models.TextChoices):
        PLANNING = "planning", _("planning and estimating")
        SCOPE = "scope", _("scope and requirements")
        QUALITY = "quality", _("quality and testing")
        PEOPLE = "people", _("people and skills")
        SUPPLIERS = "suppliers", _("suppliers and contracts")
        GOVERNANCE = "governance", _("governance and decisions")
        COMMUNICATION = "communication", _("communication and stakeholders")
        TECHNICAL = "technical", _("technical")
        MONEY = "money", _("money")

    register_key: ClassVar[str] = "lesson"
    number_prefix: ClassVar[str] = "L"
    states: ClassVar[States] = LESSON_STATES

    type = models.CharField(_("type"), max_length=8, choices=Type.choices, default=Type.BADLY)
    category = models.CharField(_("category"), max_length=14, choices=Category.choices, blank=True)
    event = models.TextField(_("what happened"), blank=True)
    effect = models.TextField(_("effect"), blank=True)
    cause = models.TextField(_("cause"), blank=True)
    recommendation = models.TextField(_("recommendation"), blank=True)
    keywords = models.CharField(_("keywords"), max_length=300, blank=True)
    supplier = models.CharField(_("supplier"), max_length=200, blank=True)
    embedded_in = models.CharField(_("embedded in"), max_length=300, blank=True)
    embedded_on = models.DateField(_("embedded on"), null=True, blank=True)
    raised_on = models.DateField(_("noted on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
