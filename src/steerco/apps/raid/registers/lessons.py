"""The register of lessons."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.raid.models import Lesson
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.reuse import with_reuse
from steerco.apps.raid.states import LESSON_STATES
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import Column, Kind
from steerco.kit.registers.register import Section, View


def _times(row: Any) -> str:
    """How often it is used; nothing for never, and for a version of the past, of which nobody kept it."""
    return str(getattr(row, "reused", 0) or "")


class LessonRegister(RecordRegister):
    """Lessons."""

    key = "lesson"
    slug = "lessons"
    label = _("Lesson")
    label_plural = _("Lessons")
    explanation = _("What was learnt, and where it has become part of how we work.")
    detail = "event"
    model = Lesson
    states = LESSON_STATES
    order = ("-raised_on", "sort_title")
    search = ("title", "event", "effect", "cause", "recommendation", "keywords", "supplier")
    called, columns = as_files_say(
        "lesson",
        REFERENCE,
        Column("title", label=_("lesson")),
        Column("initiative"),
        Column("owner"),
        Column("state"),
        Column("type"),
        Column("category"),
        Column("event"),
        Column("effect"),
        Column("cause"),
        Column("recommendation"),
        Column("keywords"),
        Column("supplier"),
        Column(
            "embedded_in",
            help=_("The standard, template, checklist or contract that says it now."),
        ),
        Column("embedded_on"),
        Column("raised_on"),
        Column(
            "reused",
            label=_("reused"),
            kind=Kind.NUMBER,
            sort="reused",
            text=_times,
            help=_("At how many records that you may read it is used."),
        ),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        *("reference", "title", "initiative", "type", "category", "recommendation", "state", "reused"),
        "embedded_in",
    )
    filters = ("state", "type", "category", "keywords", "supplier", "owner", "initiative", "raised_on")
    groups = ("category", "type", "initiative", "state", "owner")
    sections = (
        Section(_("What was learnt"), ("title", "initiative", "type", "category", "keywords", "supplier")),
        Section(_("What happened"), ("event", "effect", "cause", "raised_on")),
        Section(_("What to do"), ("recommendation", "owner", "state", "embedded_in", "embedded_on")),
    )
    views = (
        View(_("Went well"), "type=well&group=all"),
        View(_("To embed"), "state=confirmed"),
        View(_("Embedded"), "group=done"),
        View(_("Most reused"), "sort=-reused&group=all"),
        View(_("By category"), "by=category&group=all"),
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """The lessons with how often each is used."""
        return with_reuse(super().rows(actor), actor)

    def find(self, actor: Actor, pk: int, *, deleted: bool = False) -> Any:
        """One lesson with how often it is used."""
        row = super().find(actor, pk, deleted=deleted)
        if row is not None:
            counted = with_reuse(Lesson.objects.filter(pk=pk), actor)
            row.reused = counted.values_list("reused", flat=True)[0]
        return row
