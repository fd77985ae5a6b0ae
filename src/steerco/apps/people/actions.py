"""What may be done with people and units."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(
    Action("person.view", _("Read the directory")),
    Action("person.edit", _("Change the directory")),
)
