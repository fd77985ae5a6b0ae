"""The packs of a meeting, on its page."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.meetings.agenda import previous_of
from steerco.apps.reporting.models import Pack
from steerco.kit.pages.panels import PageState, Panel, declare_panel
from steerco.kit.permissions import Actor, can

MOST = 8


def _packs(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """What was built of the meeting's initiative since the last meeting of its body, up to its day."""
    rows = Pack.objects.visible_to(actor).filter(
        initiative=subject.initiative_id, state=Pack.State.READY, as_of__lte=subject.day
    )
    if (last := previous_of(subject)) is not None:
        rows = rows.filter(as_of__gt=last.day)
    packs = list(rows.prefetch_related("files").order_by("-as_of", "-pk")[:MOST])
    may_build = subject.is_ahead and can(actor, "pack.build", subject.initiative)
    if not packs and not may_build:
        return None
    build = f"{reverse('reporting:ask')}?{urlencode({'in': subject.initiative.code})}"
    return {"packs": packs, "build": build if may_build else ""}


def declare() -> None:
    """Show the packs of a meeting on its page."""
    declare_panel(Panel("meeting.packs", "meeting", 10, "reporting/_of_meeting.html", _packs, _("Packs")))
