"""What may be done with reports and their calendars."""

from django.utils.translation import gettext_lazy as _

from steerco.apps.cycles.states import CONCLUDE
from steerco.kit.permissions import Action, declare_actions

declare_actions(
    Action("cadence.set", _("Set the reporting calendars of what is below")),
    Action(CONCLUDE, _("Conclude a report: only a step of its cycle does"), decides=True),
)
