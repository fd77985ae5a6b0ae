"""The register of stakeholders."""

from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import REFERENCE, RecordRegister
from steerco.apps.stakeholders.actions import ATTITUDE
from steerco.apps.stakeholders.models import DistributionList, Stakeholder
from steerco.apps.stakeholders.states import LIST_STATES, STAKEHOLDER_STATES
from steerco.kit.registers.columns import Column
from steerco.kit.registers.register import Section, View, declare_register

STEPS = _("From 1 (very low) to 5 (very high).")
PERSONAL = _("Confidential: shown only to roles that may read attitude and concerns.")
STRATEGIES = {
    (True, True): _("manage closely"),
    (True, False): _("keep satisfied"),
    (False, True): _("keep informed"),
    (False, False): _("keep an eye on"),
}
WORDS: dict[Any, tuple[str, ...]] = {
    1: ("opponent", "against", "hostile", "resistant", "blocker", "negative", "gegner", "ablehnend"),
    2: ("critical", "critic", "resisting", "doubtful", "skeptical", "concerned", "skeptisch", "kritisch"),
    3: ("unaware", "indifferent", "undecided", "unentschieden"),
    4: ("positive", "support", "supporter", "in favour", "for", "positiv", "unterstützend"),
    5: ("leading", "advocate", "sponsor", "promoter", "strongly supportive", "förderer"),
}


def strategy_text(row: Any) -> str:
    """What influence and interest call for: "manage closely"; "" where one of them was not said."""
    if row.is_powerful is None or row.is_interested is None:
        return ""
    return gettext(str(STRATEGIES[row.is_powerful, row.is_interested]))


class StakeholderRegister(RecordRegister):
    """Stakeholders."""

    key = "stakeholder"
    slug = "stakeholders"
    label = _("Stakeholder")
    label_plural = _("Stakeholders")
    explanation = _("Who is affected or has a say, what they need, and when they are spoken to next.")
    model = Stakeholder
    menu = "people"
    states = STAKEHOLDER_STATES
    order = ("next_contact", "sort_title")
    due = "next_contact"
    called = ("stakeholder register", "stakeholder map", "stakeholder analysis", "communication plan")
    detail = "engagement"
    search = ("title", "circle", "role", "engagement")
    related: ClassVar[tuple[str, ...]] = ("initiative", "owner", "party")
    columns = (
        REFERENCE,
        Column(
            "title",
            label=_("name"),
            headers=("title", "stakeholder", "stakeholder name", "who", "person", "Name", "Interessengruppe"),
        ),
        Column("initiative", headers=("project", "programme", "program", "project code", "Projekt")),
        Column("party", help=_("Where it is somebody who is known here.")),
        Column(
            "circle",
            headers=("group", "stakeholder group", "organisation", "department", "company", "Gruppe"),
        ),
        Column("role", headers=("position", "job title", "function", "Rolle", "Funktion")),
        Column(
            "influence",
            help=STEPS,
            headers=("power", "influence level", "influence power", "Einfluss", "Macht"),
        ),
        Column("interest", help=STEPS, headers=("interest level", "level of interest", "Interesse")),
        Column(
            "strategy",
            label=_("calls for"),
            text=strategy_text,
            help=_(
                "By influence and interest: manage closely, keep satisfied, keep informed, keep an eye on."
            ),
        ),
        Column(
            "attitude",
            needs=ATTITUDE,
            help=PERSONAL,
            words=WORDS,
            headers=("attitude", "current attitude", "current support", "support level", "stance", "Haltung"),
        ),
        Column(
            "wanted_attitude",
            needs=ATTITUDE,
            help=PERSONAL,
            words=WORDS,
            headers=("desired attitude", "target attitude", "desired support", "Ziel Haltung"),
        ),
        Column(
            "concerns",
            needs=ATTITUDE,
            help=PERSONAL,
            headers=("concern", "issues", "fears", "key concerns", "expectations", "Bedenken"),
        ),
        Column(
            "engagement", headers=("strategy", "engagement strategy", "approach", "actions", "Massnahmen")
        ),
        Column(
            "owner", headers=("relationship owner", "owned by", "responsible", "contact owner", "Betreut von")
        ),
        Column("state", headers=("status",)),
        Column("channel", headers=("communication method", "method", "medium", "Kanal")),
        Column("frequency", headers=("how often", "communication frequency", "Häufigkeit")),
        Column("last_contact", headers=("date of last contact", "last contacted", "Letzter Kontakt")),
        Column("next_contact", headers=("date of next contact", "follow up date", "Nächster Kontakt")),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        "reference",
        "title",
        "initiative",
        "circle",
        "influence",
        "interest",
        "strategy",
        "attitude",
        "wanted_attitude",
        "owner",
        "channel",
        "next_contact",
    )
    filters = (
        *("state", "circle", "influence", "interest", "attitude", "wanted_attitude", "owner", "initiative"),
        *("channel", "frequency", "next_contact"),
    )
    groups = ("initiative", "owner", "circle", "attitude", "channel", "frequency")
    sections = (
        Section(
            _("Who it is"),
            ("title", "initiative", "party", "circle", "role", "influence", "interest", "strategy"),
        ),
        Section(_("What they think"), ("attitude", "wanted_attitude", "concerns"), PERSONAL),
        Section(
            _("How we stay in touch"),
            ("owner", "state", "channel", "frequency", "last_contact", "next_contact", "engagement"),
        ),
    )
    views = (
        View(_("Manage closely"), "influence_min=4&interest_min=4"),
        View(_("Opposed or sceptical"), "attitude=1&attitude=2"),
        View(_("Mine"), "mine=true"),
        View(_("By initiative"), "by=initiative"),
    )


class DistributionListRegister(RecordRegister):
    """Distribution lists."""

    key = "distribution_list"
    slug = "distribution-lists"
    label = _("Distribution list")
    label_plural = _("Distribution lists")
    explanation = _(
        "To whom reports and letters go. Posts and bodies stand for whoever holds them on the day."
    )
    model = DistributionList
    menu = "people"
    states = LIST_STATES
    order = ("sort_title",)
    called = ("distribution list", "mailing list", "recipients", "circulation list")
    detail = "purpose"
    search = ("title", "purpose", "members")
    related: ClassVar[tuple[str, ...]] = ("initiative", "owner")
    columns = (
        REFERENCE,
        Column("title", label=_("name"), headers=("list", "list name", "Verteiler")),
        Column("initiative", help=_("That of the whole organisation belongs to its portfolio.")),
        Column("purpose", headers=("use", "used for", "Zweck")),
        Column(
            "members",
            help=_(
                "One a line: a person, post or body here; somebody outside as “Ann Ash <ann@example.org>”."
            ),
            headers=("recipients", "receivers", "people", "Empfänger", "Mitglieder"),
        ),
        Column("owner", headers=("responsible", "kept by", "Verantwortlich")),
        Column("state", headers=("status",)),
        Column(
            "confirmed",
            help=_("When somebody last looked whether it is still right."),
            headers=("checked on",),
        ),
        Column("changed_at", label=_("changed")),
    )
    shown = ("reference", "title", "initiative", "purpose", "owner", "state", "confirmed")
    filters = ("state", "owner", "initiative", "confirmed")
    groups = ("initiative", "owner", "state")
    sections = (
        Section(_("What it is for"), ("title", "initiative", "purpose")),
        Section(_("Who is on it"), ("members",)),
        Section(_("Who keeps it"), ("owner", "state", "confirmed")),
    )


declare_register(StakeholderRegister())
declare_register(DistributionListRegister())
