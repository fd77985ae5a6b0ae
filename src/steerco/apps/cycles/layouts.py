"""The form of a calendar's reports: which parts and ratings of the kind, in which order, and questions of its own.

A calendar keeps it as {"parts": [{"key", "required", "longest"}], "dimensions": [key], "five": whether ratings have
five steps, "questions": [{"key", "label", "type", "help", "required", "choices"}]}; an empty one is the kind as it is.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from steerco.apps.cycles.kinds import LONGEST, PARTS, Question, ReportKind
from steerco.apps.indicators.dimensions import dimension_label
from steerco.kit.history import Invalid

Layout = dict[str, Any]

TYPES: Mapping[str, str | Promise] = {
    "text": gettext_lazy("Text"),
    "number": gettext_lazy("Number"),
    "yes_no": gettext_lazy("Yes or no"),
    "date": gettext_lazy("Date"),
    "choice": gettext_lazy("Choice"),
}


class LayoutField(models.JSONField):
    """The form of a calendar, in its own row."""

    def in_words(self, value: Any) -> str:
        """What the history shows: the parts and ratings in order, then the questions; “*” has to be written."""
        layout: Layout = value if isinstance(value, dict) else {}
        parts = [
            f"{PARTS[one['key']].label}{'*' if one.get('required') else ''}"
            for one in layout.get("parts", ())
            if one["key"] in PARTS
        ]
        rated = [dimension_label(key) for key in layout.get("dimensions", ())]
        rated += [_("Five steps: amber/green and amber/red too")] if is_five(layout) else []
        asked = [f"{one['label']}{'*' if one.get('required') else ''}" for one in layout.get("questions", ())]
        return " · ".join(", ".join(group) for group in (parts, rated, asked) if group)


MOST_QUESTIONS, MOST_CHOICES = 20, 20
LABEL, HELP, CHOICE = 150, 300, 80  # characters
ANSWER = 2_000
YES_NO: tuple[str, str] = ("yes", "no")
DIGITS = 15  # of a number


def shaped(kind: ReportKind, layout: Layout) -> ReportKind:
    """The kind as a calendar asks for it; what the kind does not have (any more) is left out."""
    if not layout:
        return kind
    parts = [one for one in layout.get("parts", ()) if one["key"] in kind.parts]
    chosen = tuple(one["key"] for one in parts)
    rated = tuple(key for key in layout.get("dimensions", ()) if key in kind.dimensions[1:])
    return replace(
        kind,
        dimensions=(*kind.dimensions[:1], *rated),
        parts=chosen or kind.parts,
        required=tuple(one["key"] for one in parts if one.get("required")),
        limits=tuple((one["key"], one["longest"]) for one in parts if one.get("longest")),
        questions=tuple(_question(one) for one in layout.get("questions", ())),
        five=is_five(layout),
    )


def is_five(layout: Layout) -> bool:
    """Whether a calendar asks for ratings in five steps."""
    return bool(layout.get("five"))


def _question(stored: Mapping[str, Any]) -> Question:
    return Question(**{**stored, "choices": tuple(stored.get("choices", ()))})


def read_layout(post: Mapping[str, Any], kind: ReportKind) -> Layout:
    """The form that was set on its page: `part-KEY` (a place in the order, empty: left out), `need-KEY`,
    `longest-KEY`, `rate-KEY`, `five` and `ask-N-…`. Raises Invalid by field."""
    errors: dict[str, list[str]] = {}
    parts = []
    for key in kind.parts:
        place = _place(post, f"part-{key}", errors)
        longest = _longest(post, f"longest-{key}", errors)
        if place is not None:
            parts.append((place, {"key": key, "required": f"need-{key}" in post, "longest": longest}))
    rated = []
    for key in kind.dimensions[1:]:
        place = _place(post, f"rate-{key}", errors)
        if place is not None:
            rated.append((place, key))
    if not parts:
        errors[""] = [_("Choose at least one part.")]
    questions = _questions(post, errors)
    if errors:
        raise Invalid({0: errors})
    ordered = [one for _place, one in sorted(parts, key=lambda pair: pair[0])]
    found: Layout = {
        "parts": ordered,
        "dimensions": [key for _place, key in sorted(rated, key=lambda pair: pair[0])],
        "five": "five" in post,
        "questions": questions,
    }
    return {} if found == plain(kind) else found


def plain(kind: ReportKind) -> Layout:
    """The kind as it is, written as a form."""
    return {
        "parts": [{"key": key, "required": False, "longest": 0} for key in kind.parts],
        "dimensions": list(kind.dimensions[1:]),
        "five": False,
        "questions": [],
    }


def _place(post: Mapping[str, Any], name: str, errors: dict[str, list[str]]) -> int | None:
    said = str(post.get(name, "")).strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and 1 <= int(said[:4]) <= 99):
        errors[name] = [_("Write the place in the order, 1 to 99, or nothing to leave it out.")]
        return None
    return int(said)


def _longest(post: Mapping[str, Any], name: str, errors: dict[str, list[str]]) -> int:
    said = str(post.get(name, "")).strip()
    if not said:
        return 0
    if not (said.isascii() and said.isdigit() and 10 <= int(said[:6]) <= LONGEST):
        errors[name] = [_("Write how many characters: 10 to %(n)s.") % {"n": LONGEST}]
        return 0
    return int(said)


def _questions(post: Mapping[str, Any], errors: dict[str, list[str]]) -> list[dict[str, Any]]:
    found = []
    for number in range(1, MOST_QUESTIONS + 1):
        name = f"ask-{number}"
        label = str(post.get(f"{name}-label", "")).strip()
        if not label:
            continue
        wrong = errors.setdefault(f"{name}-label", [])
        kind = str(post.get(f"{name}-type", "text"))
        choices = [line.strip() for line in str(post.get(f"{name}-choices", "")).splitlines() if line.strip()]
        choices = list(dict.fromkeys(choices))
        said = str(post.get(f"{name}-help", "")).strip()
        if len(label) > LABEL or len(said) > HELP:
            wrong.append(
                _("A question has at most %(n)s characters, its help %(m)s.") % {"n": LABEL, "m": HELP}
            )
        if kind not in TYPES:
            wrong.append(_("There is no such sort of answer."))
        if kind == "choice" and not 2 <= len(choices) <= MOST_CHOICES:
            wrong.append(_("Write the choices, one a line: 2 to %(n)s.") % {"n": MOST_CHOICES})
        if any(len(one) > CHOICE for one in choices):
            wrong.append(_("A choice has at most %(n)s characters.") % {"n": CHOICE})
        key = str(post.get(f"{name}-key", "")).strip()
        question = Question(
            key if key.isalnum() and len(key) <= 10 else "",
            label,
            kind,
            said,
            f"{name}-required" in post,
            tuple(choices) if kind == "choice" else (),
        )
        found.append({**asdict(question), "choices": list(question.choices)})
        if not wrong:
            del errors[f"{name}-label"]
    return _keyed(found)


def _keyed(questions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with a key of its own, which stays when its words change."""
    taken: set[str] = set()
    number = max((int(one["key"][1:]) for one in questions if one["key"][1:].isdecimal()), default=0)
    for one in questions:
        if not one["key"] or one["key"] in taken:
            number += 1
            one["key"] = f"q{number}"
        taken.add(one["key"])
    return questions


def read_answer(question: Question, said: str) -> str:
    """An answer as it is kept: a number as a number in no language, a date as 2026-12-31. Raises ValueError with what
    is wrong, in words."""
    text = said.replace("\r\n", "\n").strip()
    if not text:
        return ""
    if len(text) > ANSWER:
        raise ValueError(_("At most %(n)s characters; these are %(m)s.") % {"n": ANSWER, "m": len(text)})
    if question.type == "number":
        return _number(text)
    if question.type == "date":
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            raise ValueError(_("This is no date.")) from None
    if question.type == "yes_no" and text not in YES_NO:
        raise ValueError(_("Answer yes or no."))
    if question.type == "choice" and text not in question.choices:
        raise ValueError(_("Take one of the choices."))
    return text


def _number(text: str) -> str:
    plain_text = text.replace(" ", "").replace("\N{NO-BREAK SPACE}", "")
    if "," in plain_text and "." not in plain_text and plain_text.count(",") == 1:
        plain_text = plain_text.replace(",", ".")
    try:
        number = Decimal(plain_text)
    except InvalidOperation:
        raise ValueError(_("This is no number.")) from None
    if not number.is_finite() or len(number.as_tuple().digits) > DIGITS or abs(number.adjusted()) > DIGITS:
        raise ValueError(_("This is no number."))
    return f"{number:f}"


def answer_words(type_: str, value: str) -> str:
    """An answer as the reader writes it."""
    if type_ == "yes_no":
        return {"yes": _("yes"), "no": _("no")}.get(value, value)
    if type_ == "date" and value:
        return date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT")
    if type_ == "number" and value:
        return number_format(Decimal(value), use_l10n=True)
    return value


def frozen_answers(kind: ReportKind, answers: Mapping[str, str]) -> list[dict[str, str]]:
    """The questions with their answers, as a report keeps them: with the words of the day."""
    return [
        {"key": one.key, "label": one.label, "type": one.type, "value": answers.get(one.key, "")}
        for one in kind.questions
    ]


def kind_then(kind: ReportKind, content: Mapping[str, Any]) -> ReportKind:
    """The kind as a frozen report was asked for it: nothing newer is asked when it is corrected."""
    return replace(
        kind,
        dimensions=tuple(one["dimension"] for one in content["ratings"]),
        parts=tuple(part["key"] for part in content["parts"]),
        required=(),
        limits=(),
        questions=tuple(
            Question(one["key"], one["label"], one["type"] if one["type"] != "choice" else "text")
            for one in content.get("questions", ())
        ),
    )
