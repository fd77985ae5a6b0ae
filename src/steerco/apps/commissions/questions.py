"""Questions of a commission: their kinds, how an answer is read, how it is written, and what they cost to answer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.finance.wording import amount_text, decimal_mark_here, with_currency
from steerco.exchange.finance.amounts import Refused, Written, mark_in, parse_minor
from steerco.exchange.tables import told
from steerco.exchange.tables.money import parse_amount

TEXT, NUMBER, MONEY, DATE, YES_NO, CHOICE = "text", "number", "money", "date", "yes_no", "choice"
KINDS: dict[str, str | Promise] = {
    TEXT: gettext_lazy("text"),
    NUMBER: gettext_lazy("number"),
    MONEY: gettext_lazy("money"),
    DATE: gettext_lazy("date"),
    YES_NO: gettext_lazy("yes or no"),
    CHOICE: gettext_lazy("choice"),
}
SECONDS = {TEXT: 180, NUMBER: 60, MONEY: 90, DATE: 60, YES_NO: 30, CHOICE: 30}
SECONDS_SHOWN = 15  # to confirm what is shown
SECONDS_BEFORE = 60  # to open and read it
MOST = 20
LONGEST = 2000


class Wrong(ValueError):
    """An answer that cannot be taken; the message says why."""


@dataclass(frozen=True)
class Question:
    """One question. `prefill`: the known field whose value is shown and only confirmed; `needed`: no blank answer."""

    key: str
    label: str
    kind: str = TEXT
    choices: tuple[str, ...] = ()
    prefill: str = ""
    needed: bool = False

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {**asdict(self), "choices": list(self.choices)}


def questions_of(data: Sequence[Mapping[str, Any]]) -> list[Question]:
    """The questions that were kept."""
    return [Question(**{**one, "choices": tuple(one.get("choices", ()))}) for one in data]


def seconds_for(questions: Sequence[Question], targets: int) -> int:
    """How long answering about so many initiatives is expected to take one person."""
    each = sum(SECONDS_SHOWN if one.prefill else SECONDS[one.kind] for one in questions)
    return SECONDS_BEFORE + each * targets


def read_answer(question: Question, text: str, currency: str) -> Any:
    """What was typed as it is kept: text, number as text, {"minor", "currency"}, ISO date, bool; None for a blank.

    Raises Wrong.
    """
    plain = text.strip()
    if not plain:
        return None
    match question.kind:
        case "number":
            parsed = parse_amount(plain, mark_in([plain], decimal_mark_here()))
            if parsed is None or parsed[1] is not None or parsed[2] is not None or abs(parsed[0]) >= 10**15:
                raise Wrong(_("“%(text)s” is no number.") % {"text": plain[:40]})
            return str(parsed[0])
        case "money":
            try:
                minor = parse_minor(plain, Written(currency, mark_in([plain], decimal_mark_here())))
            except Refused as refusal:
                raise Wrong(told(refusal.said, _)) from None
            return None if minor is None else {"minor": minor, "currency": currency}
        case "date":
            try:
                return date.fromisoformat(plain).isoformat()
            except ValueError:
                raise Wrong(_("“%(text)s” is no date.") % {"text": plain[:40]}) from None
        case "yes_no":
            if plain not in ("yes", "no"):
                raise Wrong(_("Say yes or no."))
            return plain == "yes"
        case "choice":
            if plain not in question.choices:
                raise Wrong(_("Choose one of the answers."))
            return plain
    return plain[:LONGEST]


def field_text(question: Question, value: Any) -> str:
    """A value as its field holds it."""
    if value is None:
        return ""
    match question.kind:
        case "money":
            return amount_text(value["minor"], value["currency"])
        case "number":
            return _number(value)
        case "yes_no":
            return "yes" if value else "no"
    return str(value)


def shown_text(question: Question, value: Any) -> str:
    """A value in words; "" for none."""
    if value is None:
        return ""
    match question.kind:
        case "money":
            return with_currency(value["minor"], value["currency"])
        case "date":
            return formats.date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
        case "yes_no":
            return _("yes") if value else _("no")
    return field_text(question, value)


def _number(value: str) -> str:
    number = Decimal(value).normalize()
    exponent = number.as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return formats.number_format(number, places, use_l10n=True, force_grouping=True)


def sums_of(question: Question, values: Sequence[Any]) -> list[str]:
    """The sums of a column: one for numbers, one for each currency of money; none for the others."""
    known = [value for value in values if value is not None]
    if question.kind == NUMBER and known:
        return [_number(str(sum((Decimal(value) for value in known), Decimal())))]
    if question.kind == MONEY:
        totals: dict[str, int] = {}
        for value in known:
            totals[value["currency"]] = totals.get(value["currency"], 0) + value["minor"]
        return [with_currency(totals[currency], currency) for currency in sorted(totals)]
    return []
