"""Checklists: the obligations that a new initiative of a type gets. The organisation's own, else those shipped."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from steerco.apps.deliverables.models import ObligationKind, ObligationTemplate, Requirement
from steerco.apps.initiatives.models import Initiative
from steerco.apps.organisation.selectors import organisation
from steerco.kit.fields import sort_key

K = ObligationKind


@dataclass(frozen=True)
class Shipped:
    """A line that comes with the product; texts in the organisation's language."""

    key: str
    title: str | Promise
    text: str | Promise
    acceptance_criterion: str | Promise
    kind: str = K.ADMINISTRATIVE
    due_from: str = "start"
    due_days: int = 0
    profiles: frozenset[str] = frozenset({"light", "standard", "major"})


ALL_BUT_LIGHT = frozenset({"standard", "major"})
MAJOR = frozenset({"major"})
PROJECT = (
    Shipped(
        "mandate",
        _("Mandate and sponsor are named"),
        _(
            "Somebody with the authority to do so has said in writing that the project is wanted, and by whom."
        ),
        _("Signed mandate; the sponsor's post is filled."),
    ),
    Shipped(
        "case",
        _("Business case is approved"),
        _("Reasons, options, costs, benefits and risks are set down and approved by whoever pays."),
        _("Approved business case with date and version."),
        due_days=20,
    ),
    Shipped(
        "scope",
        _("Scope is signed off"),
        _("What the project delivers and what it does not is agreed with the sponsor and the users."),
        _("Sign-off of the scope by sponsor and user."),
        due_days=30,
    ),
    Shipped(
        "plan",
        _("Plan is baselined"),
        _("Milestones and deliverables have agreed dates, owners and approvers."),
        _("Every milestone and deliverable has a baseline and an owner."),
        due_days=30,
    ),
    Shipped(
        "budget",
        _("Budget is released"),
        _("Money is set aside under a cost code, with who may spend how much."),
        _("Release note of Finance with cost code."),
        due_days=20,
    ),
    Shipped(
        "data",
        _("Data protection is checked"),
        _("It is known which personal data are used, on what legal basis, and whether an assessment is due."),
        _("Statement of the data protection officer."),
        due_days=40,
        profiles=ALL_BUT_LIGHT,
    ),
    Shipped(
        "purchasing",
        _("Purchasing rules are kept"),
        _("What is bought is tendered and contracted as the organisation's rules and the law demand."),
        _("Award notes and signed contracts are on file."),
        due_from="end",
        due_days=-60,
        profiles=ALL_BUT_LIGHT,
    ),
    Shipped(
        "security",
        _("Security is assessed"),
        _("Threats are assessed, measures agreed and tested before anything goes live."),
        _("Report of the test without open critical findings."),
        kind=K.TECHNICAL,
        due_from="end",
        due_days=-30,
        profiles=ALL_BUT_LIGHT,
    ),
    Shipped(
        "tests",
        _("Acceptance tests are passed"),
        _("Users have tested what is delivered against its acceptance criteria."),
        _("Test report, signed by the users."),
        kind=K.TECHNICAL,
        due_from="end",
        due_days=-20,
    ),
    Shipped(
        "operations",
        _("Operations have taken over"),
        _("Whoever runs it afterwards has documents, training, contracts and staff."),
        _("Signed hand-over with list of open points."),
        kind=K.TECHNICAL,
        due_from="end",
    ),
    Shipped(
        "gate",
        _("Independent review before each gate"),
        _("Somebody who does not work on the project has reviewed it before each investment decision."),
        _("Review report with recommendations and what became of them."),
        due_from="end",
        due_days=-40,
        profiles=MAJOR,
    ),
    Shipped(
        "benefits",
        _("Benefits have owners and measures"),
        _("Each benefit has somebody who answers for it, a measure and a value before the project."),
        _("Benefit profiles, confirmed by their owners."),
        due_days=60,
        profiles=MAJOR,
    ),
    Shipped(
        "closure",
        _("Closure report and lessons are filed"),
        _("What was achieved, what it cost and what others should know is written down."),
        _("Accepted closure report; lessons are in the register."),
        due_from="end",
        due_days=20,
    ),
)
SHIPPED_NAME = _("Obligations of every project")


@dataclass(frozen=True)
class Line:
    """A line of a checklist that fits an initiative. `is_there`: it has an obligation of that name already."""

    key: str
    checklist: str
    title: str
    kind: str
    text: str
    source: str
    acceptance_criterion: str
    due_from: str
    due_days: int | None
    is_there: bool

    @property
    def kind_label(self) -> str:
        """What sort of obligation it is, in words."""
        return str(ObligationKind(self.kind).label)


def lines_for(initiative: Initiative) -> list[Line]:
    """The lines that fit the type, profile and category of `initiative`, in order, in the organisation's language."""
    known = Requirement.objects.filter(initiative=initiative, deleted=False)
    there = set(known.values_list("sort_title", flat=True))
    with translation.override(organisation().language[:2]):
        rows = _own(initiative) if ObligationTemplate.objects.exists() else _shipped(initiative)
        return [Line(**row, is_there=sort_key(row["title"]) in there) for row in rows]


def _own(initiative: Initiative) -> list[dict[str, Any]]:
    fits = (
        Q(for_type__in=("", initiative.type))
        & Q(for_profile__in=("", initiative.profile))
        & (Q(for_category="") | Q(for_category__iexact=initiative.category))
    )
    names = ("checklist", "title", "kind", "text", "source", "acceptance_criterion", "due_from", "due_days")
    rows = ObligationTemplate.objects.filter(fits)
    return [{"key": f"own-{row.pk}", **{name: getattr(row, name) for name in names}} for row in rows]


def _shipped(initiative: Initiative) -> list[dict[str, Any]]:
    if initiative.type != Initiative.Type.PROJECT:
        return []
    return [
        {
            "key": line.key,
            "checklist": str(SHIPPED_NAME),
            "title": str(line.title),
            "kind": line.kind,
            "text": str(line.text),
            "source": "",
            "acceptance_criterion": str(line.acceptance_criterion),
            "due_from": line.due_from,
            "due_days": line.due_days,
        }
        for line in PROJECT
        if initiative.profile in line.profiles
    ]
