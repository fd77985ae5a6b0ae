"""What may be done with tolerances and decision rights."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(
    Action("authority.set", _("Set tolerances and decision rights of what is below")),
    Action("paper.conclude", _("Conclude a paper: only a decision does"), decides=True),
)
