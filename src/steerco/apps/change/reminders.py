"""How somebody is asked to decide a change."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.change.models import VERDICTS
from steerco.apps.change.services import TAKE
from steerco.apps.escalation.questions import declare_take
from steerco.apps.followups.kinds import Answer

declare_take(
    TAKE,
    gettext_lazy("Change request"),
    tuple(Answer(verdict.key, verdict.label, verdict.comment) for verdict in VERDICTS),
    lambda row: _("Decide the change: %(title)s") % {"title": row.entry.title},
)
