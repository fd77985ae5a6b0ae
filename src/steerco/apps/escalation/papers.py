"""What is put to somebody for a decision: the fields that decision papers and change requests share.

The options are part of the paper, so that its history shows what was asked and its version guards it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.models import Record
from steerco.apps.people.models import Party, Person
from steerco.kit.registers.columns import money_text

MOST_OPTIONS = 6
# The consequences that are said in words.
ASPECTS: dict[str, str | Promise] = {
    "scope": _("Scope"),
    "quality": _("Quality"),
    "benefit": _("Benefit"),
    "risk": _("Risk"),
    "note": _("Remark"),
}
ASPECT_LIMIT = 500
MOST_RECOMMENDED = 1_000  # characters that a report repeats


class OptionsField(models.JSONField):
    """The options of a paper, in its own row."""

    def in_words(self, value: Any) -> str:
        """What the history shows: the names with their figures."""
        rows = value if isinstance(value, list) else []
        return "; ".join(_option_in_words(row) for row in rows if isinstance(row, dict))


def _option_in_words(row: dict[str, Any]) -> str:
    money, days = row.get("money"), row.get("days")
    figures = [f"{days:+d}"] if isinstance(days, int) else []
    figures += [money_text(money)] if isinstance(money, int) else []
    words = [str(row[name]) for name in ASPECTS if row.get(name)]
    return " · ".join([str(row.get("title", "")), *figures, *words])


class VerdictField(models.CharField):
    """The key of a verdict: an option by its number, or what else may be decided."""

    def in_words(self, value: Any) -> str:
        """What the history shows."""
        number = str(value).removeprefix("o")
        return gettext("option %(number)s") % {"number": number} if number.isdigit() else str(value)


@dataclass(frozen=True)
class Option:
    """One way out with its consequences: `days` and `money` (minor units) are differences, None where not known."""

    key: str
    title: str
    days: int | None = None
    money: int | None = None
    currency: str = ""
    words: tuple[tuple[str, str], ...] = ()

    @property
    def days_text(self) -> str:
        """The delay in days with its sign."""
        return "" if self.days is None else f"{self.days:+d}"

    @property
    def in_words(self) -> str:
        """The option with its figures in a line."""
        days = "" if self.days is None else ngettext("%(days)s day", "%(days)s days", abs(self.days))
        parts = (self.title, days % {"days": self.days_text} if days else "", self.money_text)
        return " · ".join(part for part in parts if part)

    @property
    def told(self) -> list[tuple[str | Promise, str]]:
        """The consequences that are said in words, each with its name."""
        return [(ASPECTS[name], text) for name, text in self.words]

    @property
    def money_text(self) -> str:
        """The cost with its sign."""
        if self.money is None:
            return ""
        return ("+" if self.money > 0 else "") + money_text(self.money, self.currency)


def options_of(rows: Iterable[dict[str, Any]], currency: str) -> list[Option]:
    """The options as a paper keeps them."""
    return [
        Option(
            key=row["key"],
            title=row["title"],
            days=row.get("days"),
            money=row.get("money"),
            currency=currency,
            words=tuple((name, row[name]) for name in ASPECTS if row.get(name)),
        )
        for row in rows
    ]


def effect_in_words(put: Mapping[str, Any]) -> str:
    """What follows from the best known effect of a paper: its working days and its cost."""
    effects = []
    if put["days"] is not None:
        days = ngettext("%(days)s working day", "%(days)s working days", abs(put["days"]))
        effects.append(days % {"days": f"{put['days']:+d}"})
    if put["money"] is not None:
        effects.append(money_text(put["money"], put["currency"]))
    return " · ".join(effects)


@dataclass(frozen=True)
class Verdict:
    """What may be decided on a paper and the state that it leads to. `comment`: "may" or "must" be given a reason.

    `final`: it is decided; a deferred paper is not. `back`: it is no decision, the paper comes back to be worked on.
    """

    key: str
    label: str | Promise
    state: str
    comment: str = "may"
    final: bool = True
    back: bool = False


class Paper(Record):
    """Base of the registers of what waits for a decision."""

    subject: ClassVar[str]  # of the decision right: DecisionRight.Subject
    ready_state: ClassVar[str]  # from which it is asked, and to which it comes back
    asked_state: ClassVar[str]
    asked_states: ClassVar[frozenset[str]]  # in which the decision is waited for
    recorded_state: ClassVar[str] = "recorded"
    decides_options: ClassVar[bool] = True  # its options are the answers; else they only explain
    # What was asked is what is decided: locked from the asking on.
    content: ClassVar[frozenset[str]] = frozenset(
        {"title", "options", "recommendation", "money", "currency", "days"}
    )

    options = OptionsField(_("options"), default=list, blank=True, editable=False)
    recommendation = models.TextField(_("recommendation"), blank=True)
    money = models.BigIntegerField(_("cost"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    days = models.IntegerField(_("working days"), null=True, blank=True)
    decider = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who decides"),
    )
    second = models.ForeignKey(
        Party,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("second pair of eyes"),
    )
    decide_by = models.DateField(_("decision needed by"), null=True, blank=True)
    asked_on = models.DateField(_("asked on"), null=True, blank=True, editable=False)
    verdict = VerdictField(_("verdict"), max_length=30, blank=True, editable=False)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    rationale = models.TextField(_("reason for the decision"), blank=True)
    forum = models.CharField(_("where it was decided"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    first_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    recorded_by = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        verbose_name=_("recorded by"),
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True, editable=False)

    class Meta(Record.Meta):
        abstract = True

    @property
    def right_about(self) -> str:
        """What a decision right must be about to cover it: DecisionRight.Subject."""
        return self.subject

    @property
    def due(self) -> Any:
        """The day by which the decision is needed, until it is made."""
        return None if self.decided_on else self.decide_by

    @property
    def choices(self) -> list[Option]:
        """The options with their consequences."""
        return options_of(self.options, self.currency)

    @property
    def put(self) -> dict[str, Any]:
        """What is put to the decision, in no language: as a report keeps it."""
        return {
            "options": self.options,
            "recommendation": self.recommendation[:MOST_RECOMMENDED],
            **{name: getattr(self, name) for name in ("days", "money", "currency")},
        }

    @property
    def stake_money(self) -> int | None:
        """The largest amount that a verdict may bring, in minor units; None where none is named."""
        return _largest([self.money, *(self._of_options("money"))])

    @property
    def stake_days(self) -> int | None:
        """The longest delay that a verdict may bring, in working days; None where none is named."""
        return _largest([self.days, *(self._of_options("days"))])

    def _of_options(self, name: str) -> list[int | None]:
        return [row.get(name) for row in self.options] if self.decides_options else []

    def verdicts(self) -> list[Verdict]:
        """What may be decided."""
        raise NotImplementedError

    def verdict_on(self, key: str) -> Verdict:
        """The verdict `key`. Raises LookupError."""
        for verdict in self.verdicts():
            if verdict.key == key:
                return verdict
        raise LookupError(key)

    @property
    def verdict_text(self) -> str:
        """What was decided, in words; "" as long as nothing is."""
        try:
            return str(self.verdict_on(self.verdict).label) if self.verdict else ""
        except LookupError:
            return self.verdict

    @property
    def latency(self) -> int | None:
        """Calendar days from the first asking to the decision or the meeting that made it; None before.

        What a body had decided before it was written down and asked for took no day.
        """
        if self.asked_on is None or self.decided_on is None:
            return None
        return max((self.decided_on - self.asked_on).days, 0)

    def is_late(self, day: date) -> bool:
        """Whether the decision is overdue."""
        return self.state in self.asked_states and self.decide_by is not None and self.decide_by < day

    @property
    def brief_texts(self) -> list[tuple[str | Promise, str]]:
        """What whoever decides reads before the options: (label, text)."""
        return []

    @property
    def notes(self) -> list[str]:
        """What else whoever reads it should know at once."""
        return []

    def silence(self) -> dict[str, Any]:
        """What silence means where it was agreed, as fields of an Ask; nothing by default."""
        return {}

    @property
    def is_open_to_writers(self) -> bool:
        """Whether its content may still be changed."""
        return self.state not in self.asked_states | {self.recorded_state} and self.confirmed_on is None

    def clean(self) -> None:
        """Options are well formed, amounts have a currency."""
        super().clean()
        errors: dict[str, Any] = {}
        problem = options_problem(self.options)
        if problem:
            errors["options"] = problem
        amounts = [self.money, *(row.get("money") for row in self.options if isinstance(row, dict))]
        if any(a is not None for a in amounts) and not self.currency:
            errors["currency"] = _("An amount needs its currency.")
        if errors:
            raise ValidationError(errors)


def _largest(amounts: list[int | None]) -> int | None:
    known = [abs(amount) for amount in amounts if amount is not None]
    return max(known) if known else None


def options_in_words(row: Any) -> str:
    """The options of a paper, one a line."""
    return "\n".join(option.in_words for option in row.choices)


def options_problem(rows: Any) -> str | Promise:
    """What is wrong with a list of options; "" when nothing is."""
    if not isinstance(rows, list) or len(rows) > MOST_OPTIONS or not all(isinstance(r, dict) for r in rows):
        return _("These are no options.")
    keys = [row.get("key") for row in rows]
    if len(set(keys)) < len(keys) or not all(isinstance(k, str) and 0 < len(k) <= 20 for k in keys):
        return _("These are no options.")
    for row in rows:
        if not isinstance(row.get("title"), str) or not row["title"].strip() or len(row["title"]) > 200:
            return _("Every option needs a name of at most 200 characters.")
        if any(not isinstance(row.get(name), int | None) for name in ("days", "money")):
            return _("These are no options.")
        words = [row.get(name, "") for name in ASPECTS]
        if not all(isinstance(text, str) and len(text) <= ASPECT_LIMIT for text in words):
            return _("A consequence has at most 500 characters.")
    return ""
