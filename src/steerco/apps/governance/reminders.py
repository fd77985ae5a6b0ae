"""How somebody is asked for a decision."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.escalation.questions import declare_take
from steerco.apps.followups.kinds import Answer
from steerco.apps.governance.models import DEFER, MORE, OTHER
from steerco.apps.governance.services import TAKE

declare_take(
    TAKE,
    gettext_lazy("Decision"),
    (
        Answer(OTHER, gettext_lazy("Something else"), "must"),
        Answer(DEFER, gettext_lazy("Defer"), "must"),
        Answer(MORE, gettext_lazy("Ask for more"), "must"),
    ),
    lambda row: _("Decide: %(title)s") % {"title": row.entry.title},
)
