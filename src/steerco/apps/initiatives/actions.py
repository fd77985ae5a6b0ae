"""What may be done with initiatives and the records below them."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(
    Action("initiative.view", _("Read initiatives")),
    Action("initiative.create", _("Create initiatives")),
    Action("initiative.edit", _("Change initiatives")),
    Action("initiative.move", _("Move, merge, split and rename initiatives")),
    Action("initiative.archive", _("Archive initiatives")),
    Action("initiative.appoint", _("Fill posts")),
    Action("initiative.restrict", _("Restrict an initiative to named people")),
    Action("record.view", _("Read registers")),
    Action("record.create", _("Add entries to registers")),
    Action("record.edit", _("Change entries in registers")),
    Action("record.transition", _("Move entries to their next state")),
    Action("record.delete", _("Delete and restore entries in registers")),
    Action("record.restrict", _("Restrict an entry to named people")),
    Action("record.decide", _("Decide and approve"), decides=True),
)
