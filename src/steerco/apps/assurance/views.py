"""The plan of reviews, a review, its report, the questions, and how the ways of working are kept."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.assurance.compliance import compliance
from steerco.apps.assurance.documents import DOCUMENTS, document_of
from steerco.apps.assurance.issuing import content_issued, issue, may_issue
from steerco.apps.assurance.models import Finding, Review, ReviewKind
from steerco.apps.assurance.pages import shown_form
from steerco.apps.assurance.questions import shipped_questions
from steerco.apps.assurance.selectors import ageing, calendar, coverage, repeated
from steerco.apps.assurance.services import (
    is_reviewer,
    may_follow,
    set_team,
    take_shipped,
    write_reviews,
)
from steerco.apps.assurance.showing import draft_of, shown_content
from steerco.apps.assurance.states import PLAN
from steerco.apps.assurance.suggesting import suggestions
from steerco.apps.assurance.working import Typed, begin, facts_due, save_working, send, take_back
from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import find_initiative
from steerco.apps.people.models import Party
from steerco.kit import clock
from steerco.kit.history import Change, Conflict, Invalid
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.downloads import download
from steerco.kit.pages.htmx import page, redirect_to
from steerco.kit.permissions import can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.references import reference
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of

TEAM_MOST = 20


def _place(request: HttpRequest, data: Any) -> Initiative | None:
    code = data.get("in", "")
    if not code:
        return None
    found = find_initiative(actor_of(request), code)
    if found is None:
        raise Http404
    return found


@require_GET
@guard("record.view", "the reviews that the actor may read")
def plan_page(request: HttpRequest) -> HttpResponse:
    """What is reviewed when, what should be, how much was, and what is found again and again."""
    actor, today = actor_of(request), clock.today()
    place = _place(request, request.GET)
    may_plan = can(actor, PLAN, place) if place else can(actor, PLAN, anywhere=True)
    context = {
        "place": place,
        "quarters": calendar(actor, place, today),
        "suggested": [(one, one.by(today)) for one in suggestions(actor, place, today)] if may_plan else [],
        "coverage": coverage(actor, place, today),
        "ageing": ageing(actor, place, today),
        "repeated": repeated(actor, place),
        "may_plan": may_plan,
        "may_set": can(actor, "organisation.configure"),
        "reviews": register_of("review"),
        "findings": register_of("review_finding"),
    }
    return page(request, "assurance/plan.html", context)


@require_POST
@guard(PLAN, "the initiative that is to be reviewed")
@answered_once
def plan_suggested(request: HttpRequest) -> HttpResponse:
    """Plan a review that was suggested, with its reason."""
    actor, today = actor_of(request), clock.today()
    place = _place(request, request.POST)
    if place is None:
        raise Http404
    require(actor, PLAN, place)
    one = next((s for s in suggestions(actor, place, today) if s.initiative.pk == place.pk), None)
    if one is None:
        messages.error(request, _("This is not suggested any more."))
        return redirect_to(request, reverse("assurance:plan"))
    values = {
        "initiative": place,
        "title": _("Health check"),
        "kind": ReviewKind.HEALTH.value,
        "planned_on": one.by(today),
        "why": one.reason,
    }
    row = write_reviews(actor, [Change(values)])[0]
    messages.success(request, _("Planned. Say who leads the review."))
    return redirect_to(request, f"{register_of('review').list_url()}{row.pk}/edit/")


def _review(request: HttpRequest, pk: int) -> Review:
    found = register_of("review").find(actor_of(request), pk)
    if found is None or found.deleted:
        raise Http404
    return Review.objects.select_related("initiative__lead", "initiative__sponsor", "owner").get(pk=pk)


@require_http_methods(["GET", "POST"])
@guard("record.view", "the review; writing it: who leads it and its team")
@answered_once
def review_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A review: planned, written, sent, issued, read."""
    review = _review(request, pk)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            return _take(request, review)
        except Invalid as refusal:
            errors = refusal.errors[0]
            review.refresh_from_db()
        except Conflict:
            errors = {
                "": [_("Somebody else of the team saved it meanwhile. Copy your text and load it again.")]
            }
    status = 422 if errors else 200
    return page(request, "assurance/review.html", _context(request, review, errors), status=status)


def _take(request: HttpRequest, review: Review) -> HttpResponse:
    """What a button of the page asks for. Raises Denied, Invalid, Conflict."""
    actor, post = actor_of(request), request.POST
    match post.get("take"):
        case "begin":
            begin(actor, review)
            messages.success(request, _("Begun. The questions are kept as they are now."))
        case "save" | "send":
            typed = _typed(request, review)
            save_working(actor, review, typed, post.get("seen", ""))
            if post["take"] == "send":
                send(actor, review)
                messages.success(
                    request, _("Sent. Whoever leads the initiative is asked to check the facts.")
                )
            else:
                messages.success(request, _("Saved."))
        case "back":
            take_back(actor, review)
            messages.success(request, _("Taken back."))
        case "issue":
            issue(actor, review)
            messages.success(
                request, _("Issued. From here on it stays as it is; the findings are asked for.")
            )
        case _:
            raise Invalid({0: {"": [_("Choose what is to be done.")]}})
    return redirect_to(request, reverse("assurance:review", args=[review.pk]))


def _typed(request: HttpRequest, review: Review) -> Typed:
    working = getattr(review, "working", None)
    if working is None or not is_reviewer(actor_of(request), review):
        begin_first = _("This is not open now: load the page again.")
        raise Invalid({0: {"": [begin_first]}})
    return Typed.of(actor_of(request), request.POST, review, working)


def _context(request: HttpRequest, review: Review, errors: dict[str, list[str]]) -> dict[str, Any]:
    actor, register = actor_of(request), register_of("review")
    writes, working = is_reviewer(actor, review), getattr(review, "working", None)
    issued = content_issued(review)
    follows = may_follow(actor, review)
    found = Finding.objects.visible_to(actor).filter(review=review, deleted=False).select_related("owner")
    return {
        "review": review,
        "register": register,
        "details": f"{register.list_url()}{review.pk}/",
        "team": review.team.select_related("party"),
        "may_plan": can(actor, PLAN, review) and review.state in ("planned", "running", "checking"),
        "writes": writes,
        "form": shown_form(actor, review, working, request.POST, errors)
        if writes and working and review.state == "running"
        else None,
        "seen": working.changed_at.isoformat() if working else "",
        "shown": shown_content(issued) if issued else draft_of(review) if follows and working else None,
        "is_draft": issued is None,
        "issued": review.issued if issued else None,
        "findings": [(row, register_of("review_finding").url(row)) for row in found] if issued else [],
        "waits": may_issue(review, working) if working and review.state == "checking" else "",
        "facts_due": facts_due(review) if review.state == "checking" else None,
        "errors": errors,
        "problem": errors.get("", [""])[0],
        "documents": DOCUMENTS if issued else (),
        "today": clock.today(),
    }


@require_POST
@guard(PLAN, "the review")
@answered_once
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who reviews beside whoever leads the review."""
    actor, review = actor_of(request), _review(request, pk)
    require(actor, PLAN, review)
    names = [name.strip() for name in request.POST.get("team", "")[:2000].split("\n") if name.strip()]
    try:
        set_team(actor, review, _parties(request, names[:TEAM_MOST]))
        messages.success(request, _("Saved."))
    except Invalid as refusal:
        messages.error(request, next(iter(refusal.errors[0].values()))[0])
    return redirect_to(request, reverse("assurance:review", args=[pk]))


def _parties(request: HttpRequest, names: list[str]) -> list[Party]:
    """The parties with those names. Raises Invalid for one that is not there."""
    found, parties = [], reference("party")
    for name in names:
        try:
            found.append(parties.resolve(actor_of(request), name))
        except ValidationError as error:
            raise Invalid({0: {"team": list(error.messages)}}) from None
    return found


@require_GET
@guard("record.view", "the issued review")
def document(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The report of an issued review as a file."""
    review = _review(request, pk)
    content = content_issued(review)
    if content is None or form not in DOCUMENTS:
        raise Http404
    name = slugify(f"{review.reference} {review.title}")
    return download(document_of(review, content, form), f"{name}.{form}")


@require_http_methods(["GET", "POST"])
@guard("organisation.configure", "the organisation")
@answered_once
def questions_page(request: HttpRequest) -> HttpResponse:
    """The shipped questions, and the way to make them one's own."""
    actor = actor_of(request)
    require(actor, "organisation.configure")
    register = register_of("review_question")
    if request.method == "POST":
        count = take_shipped(actor)
        text = _("Taken over. Change them as you like.") if count else _("There are own questions already.")
        messages.success(request, text)
        return redirect_to(request, register.list_url())
    context = {"questions": shipped_questions(), "register": register}
    return page(request, "assurance/questions.html", context)


@require_GET
@guard("record.view", "what the actor may read of each initiative")
def compliance_page(request: HttpRequest) -> HttpResponse:
    """How the agreed ways of working are kept, told from everyday work, with an offer of help."""
    place = _place(request, request.GET)
    found = compliance(actor_of(request), place, clock.today())
    return page(request, "assurance/compliance.html", {"place": place, "found": found})
