"""What may be done with snapshots."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(
    Action("snapshot.view", _("Read figures and ratings")),
    Action("snapshot.import", _("Record figures and ratings")),
)
