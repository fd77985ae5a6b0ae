"""What the pages of initiatives and findings show of reviews."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from steerco.apps.assurance.models import Finding, Review
from steerco.apps.assurance.selectors import second_ratings
from steerco.apps.initiatives.models import Initiative
from steerco.kit import clock
from steerco.kit.pages.panels import Button, PageState, Panel, declare_button, declare_panel
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.register import register_of

SHOWN = 5


def _reviews(actor: Actor, subject: Initiative, state: PageState) -> dict[str, Any] | None:
    rows = Review.objects.visible_to(actor).filter(initiative=subject, deleted=False)
    found = list(rows.exclude(state="cancelled").select_related("owner").order_by("-pk")[:SHOWN])
    if not found:
        return None
    open_ones = Finding.objects.visible_to(actor).filter(initiative=subject, deleted=False)
    day = clock.today()
    return {
        "rows": found,
        "second": second_ratings(actor, [subject.pk], day).get(subject.pk),
        "findings": open_ones.exclude(state__in=("closed", "withdrawn")).count(),
        "late": open_ones.filter(state__in=("open", "agreed"), due_on__lt=day).count(),
        "findings_url": f"{register_of('review_finding').list_url()}?{urlencode({'in': subject.code})}",
        "plan": f"{reverse('assurance:plan')}?{urlencode({'in': subject.code})}",
    }


def _review_of(actor: Actor, subject: Any, state: PageState) -> dict[str, Any] | None:
    """The review that a finding comes from."""
    if not isinstance(subject, Finding) or subject.review_id is None:
        return None
    review = Review.objects.visible_to(actor).filter(pk=subject.review_id).first()
    return {"review": review} if review else None


def _plan(actor: Actor, found: Any) -> str:
    place = found.scope.code if found.scope else ""
    return f"{reverse('assurance:plan')}?{urlencode({'in': place})}"


def _take(actor: Actor, found: Any) -> str:
    from_shipped = can(actor, "organisation.configure")
    return reverse("assurance:questions") if from_shipped else ""


declare_button(Button("list.review", _("Plan of reviews"), _plan))
declare_button(Button("list.review_finding", _("Plan of reviews"), _plan))
declare_button(Button("list.review_question", _("The shipped questions"), _take))
declare_panel(
    Panel(
        "assurance.reviews",
        "initiative",
        23,
        "assurance/_reviews.html",
        _reviews,
        _("Reviews"),
        6,
        reads=("assurance.review", "assurance.finding"),
    )
)
declare_panel(
    Panel("assurance.review_of", "record", 7, "assurance/_review_of.html", _review_of, _("Found by"))
)
