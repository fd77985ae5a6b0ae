"""What may be done with commissions. Answering needs no right: whoever owes an answer gives it."""

from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Action, declare_actions

declare_actions(Action("commission.ask", _("Ask initiatives by a commission and read the answers")))
