"""What may be done with packs."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(
    Action("pack.view", _("Read packs")),
    Action("pack.build", _("Build packs")),
    Action("pack.template", _("Change the organisation's pack templates")),
)
