"""The page that says how ratings are computed: the published rules with the limits that hold at a place."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from steerco.apps.cycles.computing import rules_of
from steerco.apps.cycles.wording import rule_words
from steerco.apps.indicators.dimensions import dimension_label
from steerco.apps.initiatives.selectors import find_initiative
from steerco.engine.performance.rag import STANDARD, RuleSet
from steerco.kit import clock
from steerco.kit.pages.htmx import page
from steerco.kit.permissions.inventory import guard
from steerco.kit.registers.register import register_of
from steerco.kit.registers.views.finding import actor_of

JUDGED = ("milestone", "year_budget", "cost_at_completion")


@require_GET
@guard("initiative.view", "the initiative that is named; without one, the rules hold for everybody")
def rules_page(request: HttpRequest) -> HttpResponse:
    """What green, amber and red mean, what is computed and where its limits lie; `in`: at which initiative."""
    code, place, rules = request.GET.get("in", ""), None, STANDARD
    if code:
        place = find_initiative(actor_of(request), code[:60])
        if place is None:
            raise Http404
        rules = rules_of(place, clock.today())
    context = {
        "place": place,
        "meanings": meanings(),
        "rules": _lines(rules),
        "tolerances": register_of("tolerance").list_url(),
    }
    return page(request, "cycles/rules.html", context)


def meanings() -> list[tuple[str, str]]:
    """What each rating means to whoever declares it."""
    return [
        ("green", _("On plan, within tolerance.")),
        ("amber-green", _("On plan, with something to watch. Only where a calendar asks for five steps.")),
        ("amber", _("Off plan, and we can get back to it within our own authority.")),
        (
            "amber-red",
            _("Off plan, and the way back is in doubt. Only where a calendar asks for five steps."),
        ),
        ("red", _("Needs a decision from above.")),
        ("not_started", _("No colour: the work has not begun.")),
        ("on_hold", _("No colour: the work rests.")),
        ("complete", _("No colour: the work is done.")),
        ("not_reported", _("No colour: nothing was reported in time. The last colour is never shown again.")),
        ("no_baseline", _("No colour: nothing was agreed that one could measure against.")),
    ]


def _lines(rules: RuleSet) -> list[dict[str, Any]]:
    found = [rule for code in JUDGED if (rule := rules.rule(code))]
    return [
        {"dimension": dimension_label(rule.dimension), "agreed": rule.agreed, **rule_words(rule)}
        for rule in found
    ]
