"""The right to what is personal of stakeholders."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

ATTITUDE = "stakeholder.attitude"

declare_actions(Action(ATTITUDE, _("Read and write attitude and concerns of stakeholders")))
