"""Forms of sign-off rounds and of actions that come from findings."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.deliverables.models import Approval, Deliverable, QualityReview, SignOffRound
from steerco.apps.deliverables.services import Remedy
from steerco.apps.deliverables.signing import Terms, authority_to_sign
from steerco.apps.people.models import Party
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import typed_amount
from steerco.kit.registers.inputs import DateInput, MoneyField, MoneyForm, ReferenceField
from steerco.kit.registers.references import reference

APPROVERS = 6  # fields; enough for a board's members, few enough for one screen


def _dress(form: forms.BaseForm) -> None:
    for field in form.fields.values():
        css = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        field.widget.attrs["class"] = css


class RoundForm(MoneyForm, forms.Form):
    """To whom something is put, in which version, by when, on what terms."""

    revision = forms.CharField(label=gettext_lazy("version"), max_length=40, required=False)
    order = forms.ChoiceField(label=gettext_lazy("in what order"), choices=SignOffRound.Order.choices)
    days = forms.IntegerField(
        label=gettext_lazy("working days for an answer"), min_value=1, max_value=250, initial=5
    )
    value = MoneyField(
        label=gettext_lazy("what depends on its acceptance"),
        required=False,
        beside="currency",
        help_text=gettext_lazy("A payment, for example."),
    )
    currency = forms.CharField(label=gettext_lazy("currency"), max_length=3, required=False)
    note = forms.CharField(
        label=gettext_lazy("note to the approvers"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    silence_days = forms.IntegerField(
        label=gettext_lazy("silence accepts after, working days"),
        min_value=1,
        max_value=250,
        required=False,
        help_text=gettext_lazy("Only where it is agreed. Never for bodies, money or safety."),
    )
    silence_clause = forms.CharField(
        label=gettext_lazy("the clause that says so, quoted"), max_length=500, required=False
    )

    def __init__(
        self,
        actor: Actor,
        subject: Any,
        last: SignOffRound | None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        self.subject = subject
        super().__init__(data, initial=_start(subject, last))
        names = _names(subject, last)
        for number in range(1, APPROVERS + 1):
            field = ReferenceField(
                reference("party"),
                actor,
                label=_("Approver %(number)s") % {"number": number},
                required=False,
                initial=names[number - 1] if number <= len(names) else "",
            )
            self.fields[f"approver_{number}"] = field
        people = [f"approver_{number}" for number in range(1, APPROVERS + 1)]
        self.order_fields(("revision", *people))
        _dress(self)

    def approvers(self) -> list[Any]:
        """The bound fields of the approvers."""
        return [self[f"approver_{number}"] for number in range(1, APPROVERS + 1)]

    def others(self) -> list[Any]:
        """The other bound fields."""
        return [self[name] for name in self.fields if not name.startswith("approver_")]

    def terms(self) -> Terms:
        """What the valid form says."""
        values = self.cleaned_data
        named = [values[f"approver_{number}"] for number in range(1, APPROVERS + 1)]
        parties: list[Party] = [party for party in named if party is not None]
        return Terms(
            approvers=parties,
            revision=values["revision"].strip(),
            order=values["order"],
            days=values["days"],
            value=values["value"] or None,
            currency=values["currency"].upper(),
            note=values["note"].strip(),
            silence_days=values["silence_days"],
            silence_clause=values["silence_clause"].strip() if values["silence_days"] else "",
            concerns_safety=bool(getattr(self.subject, "concerns_safety", False)),
        )

    def add_refusals(self, errors: Mapping[str, list[str]]) -> None:
        """Show what the service refused at its field; what names no field, at the first approver."""
        for name, texts in errors.items():
            for text in texts:
                self.add_error(name if name in self.fields else "approver_1", text)


def _start(subject: Any, last: SignOffRound | None) -> dict[str, Any]:
    start: dict[str, Any] = {}
    if isinstance(subject, Deliverable):
        start = {
            "revision": subject.revision,
            "value": typed_amount(subject.value, subject.currency) if subject.value else "",
            "currency": subject.currency,
        }
    if last is not None:
        start |= {"order": last.order, "days": last.days}
    return start


def _names(subject: Any, last: SignOffRound | None) -> list[str]:
    """Those who were asked last, else whom the register of decision rights names first and the approver whom the
    deliverable names, else the initiative's sponsor."""
    if last is not None:
        labels = Approval.objects.filter(round=last).select_related("party").order_by("rank")
        return [row.party.name for row in labels]
    place = getattr(subject, "initiative", None) or subject
    authority = authority_to_sign(place, getattr(subject, "value", None), getattr(subject, "currency", ""))
    by_right = [party.name for party in authority.parties] if authority.registered else []
    named = getattr(subject, "approver", None) or (None if by_right else getattr(place, "sponsor", None))
    return list(dict.fromkeys([*by_right[:1], *([named.name] if named else [])]))


class RemedyForm(forms.Form):
    """An action that a finding asks for."""

    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=300)
    due_on = forms.DateField(label=gettext_lazy("due"), widget=DateInput, required=False)

    def __init__(self, actor: Actor, review: QualityReview, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.fields["owner"] = ReferenceField(
            reference("party"), actor, label=_("owner"), required=False, initial=_owner(review)
        )
        _dress(self)

    def remedy(self) -> Remedy:
        """What the valid form says."""
        values = self.cleaned_data
        return Remedy(values["title"], values["owner"], values["due_on"])


def _owner(review: QualityReview) -> str:
    return review.owner.name if review.owner else ""
