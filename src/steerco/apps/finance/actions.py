"""What may be done with monthly money besides writing it, which is `snapshot.import` (record figures)."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(Action("money.close", _("Close and reopen months")))
