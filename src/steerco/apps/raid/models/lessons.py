"""Lessons."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import OF_ENTRY, Entry, Record
from steerco.apps.links.models import Relation
from steerco.apps.people.models import Person
from steerco.apps.raid.states import LESSON_STATES
from steerco.kit.history import versioned
from steerco.kit.permissions import Access, ScopedQuerySet
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


class LessonUse(models.Model):
    """What became of one lesson at one entry: suggested there, used there (`relation` is there), or not for there.

    Whoever takes the relation away says by it that the lesson is not used there.
    """

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="uses")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="lesson_uses")
    suggested_on = models.DateField()
    relation = models.OneToOneField(Relation, null=True, on_delete=models.SET_NULL, related_name="lesson_use")
    dismissed = models.BooleanField(default=False)
    at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ScopedQuerySet.as_manager()
    access = OF_ENTRY

    class Meta:
        verbose_name = _("use of a lesson")
        verbose_name_plural = _("uses of lessons")
        constraints = (models.UniqueConstraint(fields=("lesson", "entry"), name="raid_lesson_use_once"),)

    def __str__(self) -> str:
        return f"{self.lesson_id} at {self.entry_id}"


class LessonLook(models.Model):
    """How far the clock has looked for what lessons are suggested at, one row: the last entry."""

    position = models.BigIntegerField(default=0)

    access = Access(rule="internal")

    def __str__(self) -> str:
        return str(self.position)
