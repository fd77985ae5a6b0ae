"""What may be done with reviews."""

from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.states import CONCLUDE, PLAN
from steerco.kit.permissions import Action, declare_actions

declare_actions(
    Action(PLAN, _("Plan reviews, and check what became of their findings")),
    Action(CONCLUDE, _("Conclude a review or a finding: only its own steps do"), decides=True),
)
