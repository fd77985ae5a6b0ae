"""The kinds of report: which ratings and parts each has. What a report tells is named after PRINCE2, MSP and P3O."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 5_000  # characters of one text


@dataclass(frozen=True)
class Part:
    """A part of a report: what is asked, and the groups of facts that stand in it by themselves.

    `most`: how many of them the report of a level holds unless more are put first; the others are counted.
    """

    key: str
    label: str | Promise
    help: str | Promise = ""
    facts: tuple[str, ...] = ()
    most: int = 60


PARTS: Mapping[str, Part] = {
    part.key: part
    for part in (
        Part(
            "achieved",
            _("What was achieved"),
            _("What is reached, delivered and done stands here already. Add what nobody else knows."),
            ("achieved",),
        ),
        Part(
            "planned",
            _("What comes next"),
            _("What is due in the next period stands here already."),
            ("planned",),
        ),
        Part("slipped", _("What slipped, and why"), _("Say why, in a sentence."), ("slipped",)),
        Part("risks", _("Risks and issues"), _("What is new, worse or closed."), ("risks", "issues")),
        Part("changes", _("Change requests"), "", ("changes",)),
        Part("money", _("Money"), _("Why the forecast moved."), ("money",)),
        Part(
            "help",
            _("Decisions and help wanted"),
            _("What the level above has to decide or to do, and by when."),
            ("decisions",),
        ),
        Part("lessons", _("Lessons"), _("What others should know."), ("lessons",)),
        Part("follow_ups", _("Follow-ups of the last report")),
        Part("cause", _("Cause of the exception"), _("What goes beyond tolerance, and why.")),
        Part("consequences", _("Consequences"), _("If nothing is done.")),
        Part("options", _("Options"), _("With their effect on time, cost, scope and benefit.")),
        Part("recommendation", _("Recommendation")),
        Part("business_case", _("Review of the business case")),
        Part("objectives", _("Review of objectives and tolerances")),
        Part("products", _("What was delivered"), "", ("achieved",)),
        Part("team", _("Team")),
        Part("forecast", _("Outlook"), "", ("planned",)),
        Part("bridge", _("What happened since the last report"), _("A sentence is enough.")),
        Part("restart", _("When it may go on"), _("A date, or what it depends on.")),
        Part("summary", _("In short"), _("What the reader has to know, in a few sentences.")),
        Part(
            "asked",
            _("Decisions and help wanted"),
            _("What the level above has to decide or to do."),
            ("decisions", "asked"),
        ),
        Part("moved", _("What moved"), _("Why, in a sentence."), ("slipped",), most=15),
        Part("top_risks", _("Top risks"), "", ("risks",)),
        Part("ahead", _("Milestones of the next ninety days"), "", ("ahead",), most=20),
        Part("decided", _("What was decided"), "", ("decided",)),
        Part("next", _("Next milestone"), _("What is reached next, and by when."), ("next",)),
    )
}


@dataclass(frozen=True)
class Question:
    """What a calendar asks beside the parts. `type`: text, number, yes_no, date or choice (one of `choices`)."""

    key: str
    label: str
    type: str = "text"
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportKind:
    """A kind of report. `dimensions` are rated, the first is the overall one.

    `figures`: what is frozen is also the report of its date on dashboards and in packs, which compare whole portfolios
    from date to date; the weekly round of a team is none. `path`: an amber or red one says how it gets back to green.
    A calendar may ask for more: parts that have to be written (`required`), shorter texts (`limits`, characters by
    part), `questions` of its own, ratings in `five` steps: amber/green and amber/red too.
    """

    key: str
    label: str | Promise
    dimensions: tuple[str, ...]
    parts: tuple[str, ...]
    figures: bool = False
    path: bool = True
    required: tuple[str, ...] = ()
    limits: tuple[tuple[str, int], ...] = ()
    questions: tuple[Question, ...] = ()
    five: bool = False

    @property
    def shown_parts(self) -> tuple[Part, ...]:
        """Its parts in order."""
        return tuple(PARTS[key] for key in self.parts)

    def longest(self, part: str) -> int:
        """How many characters the text of a part may have."""
        return dict(self.limits).get(part, LONGEST)


USUAL = ("overall", "schedule", "cost", "scope", "resources")
ALONE = ("overall",)
CONSOLIDATED = "consolidated"
ASKING = ("help", "asked")  # the parts in which a level asks the one above
ON_HOLD = "on_hold"
BRIDGE = "bridge"

KINDS: Mapping[str, ReportKind] = {
    kind.key: kind
    for kind in (
        ReportKind(
            "weekly",
            _("Weekly workstream report"),
            USUAL,
            ("achieved", "planned", "slipped", "risks", "help"),
        ),
        ReportKind("lite", _("Short report"), ALONE, ("next",), path=False),
        ReportKind(
            "checkpoint", _("Checkpoint report"), ALONE, ("follow_ups", "achieved", "planned", "risks")
        ),
        ReportKind(
            "highlight",
            _("Highlight report"),
            USUAL,
            ("achieved", "planned", "slipped", "money", "risks", "changes", "lessons", "help"),
            figures=True,
        ),
        ReportKind(
            "monthly",
            _("Monthly report"),
            (*USUAL, "benefits"),
            ("achieved", "planned", "slipped", "money", "risks", "changes", "help"),
            figures=True,
        ),
        ReportKind(
            "exception",
            _("Exception report"),
            USUAL,
            ("cause", "consequences", "options", "recommendation", "lessons"),
        ),
        ReportKind(
            "end_stage",
            _("End stage report"),
            USUAL,
            ("business_case", "objectives", "products", "team", "risks", "forecast", "lessons"),
        ),
        ReportKind(
            "end_project",
            _("End project report"),
            ALONE,
            ("business_case", "objectives", "products", "team", "lessons", "follow_ups"),
        ),
        ReportKind(ON_HOLD, _("On hold"), (), ("restart",)),
        ReportKind(BRIDGE, _("Since the last report"), (), ("bridge",)),
        ReportKind(
            CONSOLIDATED,
            _("Consolidated report"),
            ALONE,
            ("summary", "asked", "moved", "money", "top_risks", "ahead", "decided"),
        ),
    )
}
# What a calendar of reports may ask for; the others are written once, or follow from it.
REGULAR = ("weekly", "lite", "checkpoint", "highlight", "monthly")
# What only a cycle brings forth: nobody starts one by hand.
OF_CYCLES = (ON_HOLD, BRIDGE, CONSOLIDATED)


def kind_choices(*, regular: bool = False) -> list[tuple[str, str | Promise]]:
    """The kinds for a model field."""
    return [(k.key, k.label) for k in KINDS.values() if not regular or k.key in REGULAR]


# States that stand beside the colours: they are no colour, and never the last one again.
PLAIN_STATES = ("not_started", "on_hold", "complete")
