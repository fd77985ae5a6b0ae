"""The register of lessons."""

from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.raid.models import Lesson
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.states import LESSON_STATES
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View


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
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "initiative", "type", "category", "recommendation", "state", "embedded_in")
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
        View(_("By category"), "by=category&group=all"),
    )
