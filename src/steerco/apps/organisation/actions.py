"""What may be done with the organisation's settings."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(Action("organisation.configure", _("Change settings, words, scales and fields")))
