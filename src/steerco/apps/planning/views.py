"""Pages of plans: bring a file, say which tasks become milestones, look at what moved, take it, undo it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from steerco.apps.initiatives.models import Initiative
from steerco.apps.planning.choosing import MOST_LEVEL, Choice, Settings
from steerco.apps.planning.jobs import read_plan
from steerco.apps.planning.models import PlanRevision
from steerco.apps.planning.selectors import plans_of, revisions_of
from steerco.apps.planning.services import (
    PlanRefused,
    bring_plan,
    choices_for,
    drop_revision,
    keep_choice,
    reading_of,
    set_revision,
    take_revision,
    undo_revision,
    use_choice,
)
from steerco.apps.planning.showing import ready_context, taken_context
from steerco.apps.planning.wording import COLUMNS
from steerco.exchange.schedule import ENCODINGS
from steerco.kit.history import Conflict, Invalid
from steerco.kit.imports.services import ImportRefused
from steerco.kit.jobs.tasks import TooManyJobs, enqueue
from steerco.kit.journal.submissions import answered_once
from steerco.kit.pages.htmx import page, redirect_to, wants_fragment
from steerco.kit.permissions import Actor, can, require
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.views.finding import actor_of


def _find(actor: Actor, code: str) -> Initiative:
    """The initiative at an address. Raises Http404: hidden is missing."""
    found = Initiative.objects.visible_to(actor).filter(code=code).first()
    if found is None or not can(actor, "record.view", found):
        raise Http404
    return found


def _find_revision(actor: Actor, code: str, pk: int) -> PlanRevision:
    found = PlanRevision.objects.visible_to(actor).select_related("initiative", "run", "attachment")
    revision = found.filter(initiative=_find(actor, code), pk=pk).first()
    if revision is None:
        raise Http404
    return revision


@require_GET
@guard("record.view", "the initiative")
def plans_page(request: HttpRequest, code: str) -> HttpResponse:
    """The plans of an initiative, all their revisions, and where the next one is brought."""
    actor = actor_of(request)
    return page(request, "planning/plans.html", _plans(actor, _find(actor, code)))


def _plans(actor: Actor, initiative: Initiative) -> dict[str, Any]:
    return {
        "initiative": initiative,
        "plans": plans_of(actor, initiative),
        "revisions": revisions_of(actor, initiative),
        "may_bring": can(actor, "import.run", initiative),
    }


@require_POST
@guard("import.run", "the initiative")
@answered_once
def bring(request: HttpRequest, code: str) -> HttpResponse:
    """Bring the next revision of a plan; it is read in the background."""
    actor = actor_of(request)
    initiative = _find(actor, code)
    require(actor, "import.run", initiative)
    uploaded = request.FILES.get("file")
    plan = request.POST.get("plan", "") or request.POST.get("new_plan", "")
    try:
        if uploaded is None:
            raise PlanRefused(_("Choose a file."))
        with transaction.atomic():
            revision = bring_plan(actor, initiative, uploaded.name or "", uploaded.read(), plan=plan)
            enqueue(actor, read_plan, revision.pk)
    except TooManyJobs:
        problem = _("You have too many jobs waiting: try again when some are done.")
    except PlanRefused as refusal:
        problem = str(refusal)
    else:
        return redirect_to(request, reverse("planning:revision", args=[code, revision.pk]))
    return page(request, "planning/plans.html", {**_plans(actor, initiative), "problem": problem}, status=422)


@require_http_methods(["GET", "POST"])
@guard("record.view", "the revision: what was taken, or one's own; import.run to take it")
@answered_once
def revision_page(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One revision: while it is read, what it would do, or what it did."""
    actor = actor_of(request)
    revision = _find_revision(actor, code, pk)
    if request.method == "POST":
        require(actor, "import.run", revision.initiative)
        return _change(request, actor, revision)
    if revision.state == PlanRevision.State.TAKEN:
        return page(request, "planning/taken.html", taken_context(actor, revision))
    if revision.state == PlanRevision.State.READING:
        return page(
            request, "planning/reading.html", {"revision": revision}, fragment="planning/_reading.html"
        )
    if wants_fragment(request):  # it was waited for
        return redirect_to(request, request.path)
    return page(request, "planning/revision.html", ready_context(actor, revision))


def _change(request: HttpRequest, actor: Actor, revision: PlanRevision) -> HttpResponse:
    """What a button of the page asks for: drop it, take it, or look again with other settings."""
    here = reverse("planning:revision", args=[revision.initiative.code, revision.pk])
    post = request.POST
    try:
        if "drop" in post:
            drop_revision(actor, revision)
            messages.success(request, _("Dropped. Nothing was changed."))
            return redirect_to(request, reverse("planning:plans", args=[revision.initiative.code]))
        if "take" in post:
            _take(request, actor, revision)
            return redirect_to(request, here)
        set_revision(actor, revision, _settings(actor, revision, post), post.get("plan", ""))
        if revision.state == PlanRevision.State.READING:
            enqueue(actor, read_plan, revision.pk)
        if name := post.get("keep_as", "").strip():
            keep_choice(actor, revision, name)
            messages.success(request, _("Kept as “%(name)s”.") % {"name": name})
    except TooManyJobs:
        messages.error(request, _("You have too many jobs waiting: try again when some are done."))
    except PlanRefused as refusal:
        messages.error(request, str(refusal))
    return redirect_to(request, here)


def _take(request: HttpRequest, actor: Actor, revision: PlanRevision) -> None:
    before = Settings.from_json(revision.settings)
    answers = {**before.answers, **_answers(request.POST)}
    if answers != before.answers:
        set_revision(actor, revision, replace(before, answers=answers))
        messages.info(request, _("Look at what your answers do, then take the plan."))
        return
    try:
        found = take_revision(actor, revision, request.POST.get("fingerprint", ""))
    except Conflict:
        found = None
    except Invalid as error:
        texts = [m for errors in error.errors.values() for ms in errors.values() for m in ms]
        messages.error(request, " ".join([_("Nothing was changed."), *dict.fromkeys(texts)]))
        return
    if found is None:
        messages.warning(request, _("Something changed since you looked. Nothing was written: look again."))
    else:
        messages.success(request, _("The milestones follow the plan now."))


def _answers(post: QueryDict) -> dict[str, str]:
    """What was said of uncertain tasks: key of the task to answer."""
    found = {
        name.removeprefix("answer-"): value for name, value in post.items() if name.startswith("answer-")
    }
    return {
        key: str(value)
        for key, value in found.items()
        if value and key.lstrip("-").isdigit() and len(value) < 30
    }


def _settings(actor: Actor, revision: PlanRevision, post: QueryDict) -> Settings:
    """The settings that a form says."""
    before = Settings.from_json(revision.settings)
    before.answers |= _answers(post)
    before.project = str(post.get("project", before.project))[:200]
    kept = next((m for m in choices_for(actor) if str(m.pk) == post.get("use", "")), None)
    if kept is not None:
        return use_choice(before, kept)
    if "tier" not in post:  # a form that only answers questions
        return before
    choice = Choice.from_json(
        {
            "marked": "marked" in post,
            "levels": [
                int(n) for n in post.getlist("level") if n.isdigit() and len(n) < 3 and int(n) <= MOST_LEVEL
            ],
            "field": post.get("field", "")[:120],
            "value": post.get("value", "")[:120],
            "tier": post.get("tier", ""),
            "present_as_baseline": "present_as_baseline" in post,
        }
    )
    columns = before.columns
    if any(name.startswith("column-") for name in post):
        said = {str(key): str(post.get(f"column-{key}", ""))[:200] for key in COLUMNS}
        said = {key: header for key, header in said.items() if header}
        if said != reading_of(revision).columns:  # what was suggested is no choice of a person
            columns = said
    encoding = post.get("encoding", before.encoding)
    encoding = encoding if encoding in ENCODINGS else ""
    return replace(before, choice=choice, columns=columns, encoding=encoding)


@require_POST
@guard("import.run", "one's own revision, or import.undo on the whole organisation")
@answered_once
def undo_page(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Undo a revision that was taken."""
    actor = actor_of(request)
    revision = _find_revision(actor, code, pk)
    try:
        result = undo_revision(actor, revision)
    except (PlanRefused, ImportRefused) as refusal:
        messages.error(request, str(refusal))
    else:
        text = _("Undone: %(restored)s restored, %(deleted)s deleted, %(kept)s left as they are.")
        values = {"restored": result.restored, "deleted": result.deleted, "kept": len(result.kept)}
        messages.success(request, text % values)
    return redirect_to(request, reverse("planning:revision", args=[code, revision.pk]))
