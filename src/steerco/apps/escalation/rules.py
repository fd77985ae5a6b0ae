"""The escalation rules in force, and how they read. What is shipped holds until somebody changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from steerco.apps.escalation.measures import Measure, days_in_words, measures
from steerco.apps.escalation.models import Escalation, EscalationRule
from steerco.kit.history import Invalid, Write, save
from steerco.kit.permissions import Actor, require

To = EscalationRule.To
CONFIGURE = "organisation.configure"


@dataclass(frozen=True)
class Rule:
    """When something is proposed to whom. `row`: the stored rule; None as shipped."""

    key: str
    measure: str
    threshold: int
    to: str
    answer_days: int = 5
    again_days: int = 10
    active: bool = True
    row: EscalationRule | None = None

    @property
    def what(self) -> Measure:
        """What it measures. Raises KeyError when its app is gone."""
        return measures()[self.measure]

    @property
    def in_words(self) -> str:
        """The rule as a sentence."""
        return _("%(when)s → %(who)s, to be answered within %(days)s.") % {
            "when": self.what.words(self.threshold),
            "who": To(self.to).label,
            "days": days_in_words(self.answer_days),
        }


# Reference data 2.8. Sign-offs that are late have the ladder of their follow-up: the deputy, then the sponsor.
SHIPPED = (
    Rule("risk.score", "risk.score", 15, To.NEXT),
    Rule("risk.impact", "risk.impact", 5, To.NEXT),
    Rule("risk.tolerance", "risk.tolerance", 0, To.SETTER),
    Rule("issue.unacknowledged", "issue.unacknowledged", 2, To.NEXT, answer_days=2),
    Rule("end.tolerance", "end.tolerance", 0, To.SETTER),
    Rule("end.late", "end.late", 10, To.SPONSOR),
    Rule("milestone.tolerance", "milestone.tolerance", 0, To.SETTER),
    Rule("milestone.late", "milestone.late", 10, To.SPONSOR),
    Rule("milestone.gate", "milestone.gate", 0, To.BOARD),
    Rule("cost.tolerance", "cost.tolerance", 0, To.SETTER),
    Rule("cost.over", "cost.over", 5, To.SPONSOR),
    Rule("cost.over.board", "cost.over", 10, To.BOARD),
    Rule("issue.overdue", "overdue.issue", 10, To.NEXT),
    Rule("action.overdue", "overdue.action", 20, To.NEXT, active=False),
    Rule("escalation.unanswered", "escalation.unanswered", 5, To.NEXT, active=False),
)
FIELDS = ("measure", "threshold", "to", "answer_days", "again_days", "active")


def _of(row: EscalationRule) -> Rule:
    return Rule(row.key, row.measure, row.threshold, row.to, row.answer_days, row.again_days, row.active, row)


def rules() -> list[Rule]:
    """Every rule, in use or not: the shipped ones in their order, as changed, then the organisation's own."""
    rows = {row.key: row for row in EscalationRule.objects.all()}
    shipped = [_of(rows.pop(rule.key)) if rule.key in rows else rule for rule in SHIPPED]
    known = measures()
    return [rule for rule in (*shipped, *map(_of, rows.values())) if rule.measure in known]


def rule_by_key(key: str) -> Rule | None:
    """The rule with that key."""
    return next((rule for rule in rules() if rule.key == key), None)


def is_shipped(key: str) -> bool:
    """Whether it came with the product."""
    return any(rule.key == key for rule in SHIPPED)


def write_rule(actor: Actor, key: str, values: Mapping[str, Any]) -> Rule:
    """Change the rule `key`, or add one ("" as its key). Raises Denied, Invalid, LookupError for an unknown key."""
    require(actor, CONFIGURE)
    present = rule_by_key(key) if key else None
    if key and present is None:
        raise LookupError(key)
    with transaction.atomic():
        row = present.row if present and present.row else EscalationRule(key=key)
        base = present or Rule("", "", 0, To.NEXT)
        wanted = {name: values.get(name, getattr(base, name)) for name in FIELDS}
        _check(wanted)
        if not measures()[wanted["measure"]].has_threshold:
            wanted["threshold"] = 0
        is_new = row.pk is None
        for name, value in wanted.items():
            setattr(row, name, value)
        if is_new and not row.key:
            numbers = [
                int(k[4:])
                for k in EscalationRule.objects.filter(key__startswith="own.").values_list("key", flat=True)
            ]
            row.key = f"own.{max(numbers, default=0) + 1}"
        save(actor, [Write(row, fields=None if is_new else frozenset(wanted))], kind="rule.changed")
    return _of(row)


def _check(values: Mapping[str, Any]) -> None:
    measure = measures().get(values["measure"])
    errors: dict[str, list[str]] = {}
    if measure is None:
        errors["measure"] = [_("There is no such measure.")]
    elif measure.has_threshold and not values["threshold"]:
        errors["threshold"] = [_("Say from which value on.")]
    elif values["to"] == To.SETTER and measure.has_threshold:
        errors["to"] = [_("Only a broken tolerance goes to whoever set it.")]
    if errors:
        raise Invalid({0: errors})


def said(measure: str, value: int | None, limit: int | None) -> str:
    """What a rule found, in the reader's language; "" where nothing was measured or the measure's app is gone."""
    found = measures().get(measure)
    return found.said(value, limit) if found is not None and value is not None else ""


def reason_in_words(row: Escalation) -> str:
    """Why something was escalated: what the rule found, or what was typed."""
    return said(row.measure, row.value, row.limit) or row.reason
