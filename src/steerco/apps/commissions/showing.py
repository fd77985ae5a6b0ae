"""What the pages of a commission show: the form with what is known, and the answers as one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse

from steerco.apps.commissions.models import Commission, Target
from steerco.apps.commissions.prefill import KNOWN, known_values
from steerco.apps.commissions.questions import (
    MONEY,
    NUMBER,
    Question,
    field_text,
    questions_of,
    shown_text,
    sums_of,
)
from steerco.apps.commissions.services import KIND, field_name, targets_of
from steerco.apps.finance.services import sheet_currency
from steerco.apps.followups.models import FollowUp
from steerco.apps.followups.services import holders
from steerco.apps.initiatives.models import Initiative
from steerco.kit import clock
from steerco.kit.permissions import Actor, Via


@dataclass(frozen=True)
class FieldView:
    """A question about one initiative on the page of answers. `known`: what the system shows, in words."""

    question: Question
    name: str
    value: str
    known: str
    known_label: str
    currency: str
    error: str = ""


def _answerer(follow_up: FollowUp) -> Actor:
    """Whoever owes it, with the parties of its debtor alone: decides which of its initiatives the page names."""
    parties = {follow_up.debtor_id, *(p.party_id for p in holders(follow_up.debtor_id, clock.today()))}
    return Actor(0, "", via=Via.LINK, parties=frozenset(parties))


def form_context(
    follow_up: FollowUp,
    address: str,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The form of a follow-up: each of its initiatives with each question, filled with what is known.

    `address` is that of the page of the follow-up; the form posts to its own beside it.
    """
    actor = _answerer(follow_up)
    targets = targets_of(actor, follow_up)
    if not targets:
        return {"groups": [], "commission": None}
    commission = targets[0].commission
    questions = questions_of(commission.questions)
    known = known_values(actor, questions, [target.initiative for target in targets])
    groups = []
    for target in targets:
        currency = sheet_currency(target.initiative)
        fields = []
        for one in questions:
            name, value = field_name(target, one), known[target.initiative_id].get(one.key)
            fields.append(
                FieldView(
                    one,
                    name,
                    (typed or {}).get(name, field_text(one, value)),
                    shown_text(one, value),
                    str(KNOWN[one.prefill].label) if one.prefill in KNOWN else "",
                    currency,
                    (errors or {}).get(name, ""),
                )
            )
        groups.append((target.initiative, fields))
    return {"groups": groups, "commission": commission, "action": _action(follow_up, address)}


def _action(follow_up: FollowUp, address: str) -> str:
    """Where the form posts to: the door of the mail that it was opened by, or the page of who is signed in."""
    parts = [part for part in address.split("/") if part]
    by_link = reverse("commissions:by_link", args=["x"]).strip("/").split("/")[:-1]
    if len(parts) >= 2 and (parts[-2] == "answer" or parts[:-1] == by_link) and "-" in parts[-1]:
        return reverse("commissions:by_link", args=[parts[-1]])
    return reverse("commissions:answer", args=[follow_up.pk])


@dataclass(frozen=True)
class AnswerView:
    """An answer in the table: blank ones are shown as such; `differs` from what the system said then."""

    text: str
    is_blank: bool
    differs: bool
    shown: str
    value: Any = None
    is_number: bool = False


@dataclass
class RowView:
    """An initiative in the table of answers."""

    initiative: Initiative
    party: str
    answers: list[AnswerView]
    answered_at: datetime | None
    answered_by: str
    days_late: int = 0


@dataclass
class Results:
    """All answers that the reader may see, question by question, with sums."""

    questions: list[Question]
    rows: list[RowView] = field(default_factory=list)
    sums: list[list[str]] = field(default_factory=list)

    @property
    def answered(self) -> int:
        """How many initiatives were answered for."""
        return sum(row.answered_at is not None for row in self.rows)

    @property
    def late(self) -> list[RowView]:
        """Those that are overdue, the longest first."""
        return sorted((row for row in self.rows if row.days_late > 0), key=lambda row: -row.days_late)


@dataclass(frozen=True)
class Tally:
    """How many initiatives a commission asked, how many were answered for, how many are late."""

    asked: int = 0
    answered: int = 0
    late: int = 0


def tallies(actor: Actor, rows: Sequence[Commission]) -> list[tuple[Commission, Tally]]:
    """Commissions with what came of each, as far as `actor` may read the initiatives. One statement."""
    counted = Target.objects.visible_to(actor).filter(commission__in=rows).order_by().values("commission")
    found = {
        row["commission"]: (row["asked"], row["answered"])
        for row in counted.annotate(asked=Count("pk"), answered=Count("answered_at"))
    }
    today, result = clock.today(), []
    for row in rows:
        asked, answered = found.get(row.pk, (0, 0))
        is_late = row.state == Commission.State.ASKED and row.due is not None and row.due < today
        result.append((row, Tally(asked, answered, asked - answered if is_late else 0)))
    return result


def results(actor: Actor, commission: Commission) -> Results:
    """The answers to a commission as far as `actor` may read the initiatives. Three statements."""
    rows = Target.objects.visible_to(actor).filter(commission=commission)
    targets = list(rows.select_related("initiative", "party", "answered_by__party"))
    questions = questions_of(commission.questions)
    asked = FollowUp.objects.filter(key__startswith=f"{KIND}:{commission.pk}:", state="open")
    open_ones = {row.data.get("party"): row for row in asked.select_related("debtor")}
    found = Results(questions)
    for target in targets:
        follow_up = open_ones.get(target.party_id)
        due = follow_up.due if follow_up else None
        late = (clock.today() - due).days if due and target.answered_at is None else 0
        found.rows.append(
            RowView(
                target.initiative,
                str(follow_up.debtor if follow_up else target.party),
                [_answer(one, target) for one in questions],
                target.answered_at,
                str(target.answered_by or ""),
                max(0, late),
            )
        )
    found.sums = [
        sums_of(one, [row.answers[index].value for row in found.rows if row.answered_at])
        for index, one in enumerate(questions)
    ]
    return found


def _answer(question: Question, target: Target) -> AnswerView:
    if target.answered_at is None:
        return AnswerView("", True, False, "", is_number=question.kind in (NUMBER, MONEY))
    said = target.answers.get(question.key, {})
    value, shown = said.get("value"), said.get("shown")
    differs = bool(question.prefill) and shown is not None and value != shown
    texts = shown_text(question, value), shown_text(question, shown)
    is_number = question.kind in (NUMBER, MONEY)
    return AnswerView(texts[0], value is None, differs, texts[1], value, is_number)
