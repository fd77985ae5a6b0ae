"""A report as a workbook that is filled in elsewhere: what it asks, what stands there, and by what it is told apart."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.formats import date_format
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from steerco.apps.cycles.drafts import SENTENCE, Page, open_page
from steerco.apps.cycles.kinds import LONGEST, Question
from steerco.apps.cycles.layouts import ANSWER, TYPES, YES_NO, answer_words, read_answer
from steerco.apps.cycles.models import RATINGS, Report
from steerco.apps.cycles.showing import FactLine, PartField, QuestionField, RatingField, shown_form
from steerco.apps.cycles.wording import period_of, short_date
from steerco.apps.organisation.selectors import organisation
from steerco.exchange.packs.ratings import Palette, RatingValue, ink
from steerco.exchange.tables import DateOrder, parse_date
from steerco.kit import clock
from steerco.kit.imports.questionnaires import Question as Row
from steerco.kit.imports.questionnaires import Questionnaire, Section, label_of, questionnaire_workbook
from steerco.kit.imports.representation import Exported, fitting, is_exact, plain_number
from steerco.kit.imports.workbooks import FIRST_YEAR
from steerco.kit.permissions import Actor

SALT = "steerco.report"
FORM = "report"
MOST_DIGITS = 15  # of a number that a spreadsheet has reckoned
_COLOURS = {
    "green": RatingValue.GREEN,
    "amber-green": RatingValue.AMBER_GREEN,
    "amber": RatingValue.AMBER,
    "amber-red": RatingValue.AMBER_RED,
    "red": RatingValue.RED,
}


@dataclass(frozen=True)
class Asked:
    """A field of a report, under the name by which its page posts it: what stands there, and what is known beside it.

    `type`: "rating", or the type of a calendar's own question; `values` are those that may be chosen.
    """

    name: str
    label: str
    value: str
    type: str = "text"
    values: tuple[str, ...] = ()
    help: str = ""
    last: str = ""
    known: tuple[str, ...] = ()
    longest: int = LONGEST
    required: bool = False

    @property
    def words(self) -> str:
        """The value as the reader reads it."""
        return self.said(self.value)

    def said(self, value: str) -> str:
        """A value of this field as the reader reads it; one from before the question was changed, as it is."""
        if self.type == "rating":
            return rating_words(value)
        try:
            return answer_words(self.type, value)
        except (ValueError, ArithmeticError):
            return value

    def cell(self) -> Exported:
        """The value as a cell holds it: dates and numbers as such where a workbook holds them exactly."""
        try:
            if self.type == "date" and self.value:
                day = date.fromisoformat(self.value)
                return day if day.year >= FIRST_YEAR else self.value
            if self.type == "number" and self.value:
                number = Decimal(self.value)
                return number if is_exact(number) and plain_number(number) == self.value else self.value
        except (ValueError, ArithmeticError):
            return self.value
        return self.words.replace("\t", "    ")  # not every program keeps tabs

    def read(self, text: str) -> str:
        """The value that the text of a cell says. Raises ValueError with what is wrong, in words."""
        said = fitting(text).strip()
        if not said:
            return ""
        if self.type in ("rating", "yes_no", "choice"):
            return self._chosen(said)
        if self.type == "date":
            return _day(said)
        if self.type == "number":
            return read_answer(Question(self.name, self.label, "number"), _rounded(said))
        if len(said) > self.longest:
            raise ValueError(
                _("At most %(n)s characters; these are %(m)s.") % {"n": self.longest, "m": len(said)}
            )
        return said

    def _chosen(self, said: str) -> str:
        for language, _name in settings.LANGUAGES:
            with override(language):
                for value in self.values:
                    if said.casefold() in (value.casefold(), fitting(self.said(value)).strip().casefold()):
                        return value
        known = ", ".join(self.said(value) for value in self.values)
        raise ValueError(
            _("“%(said)s” is none of the choices: %(known)s.") % {"said": said[:80], "known": known}
        )


def rating_words(value: str) -> str:
    """A rating in words."""
    return str(dict(RATINGS).get(value, value))


def _day(said: str) -> str:
    found = parse_date(said, DateOrder(day_first=True, proofs=0))
    if not isinstance(found, date):
        raise ValueError(_("“%(said)s” is no date: write it as 2026-12-31.") % {"said": said[:80]})
    return found.isoformat()


def _rounded(said: str) -> str:
    """A number that a formula gave with as many digits as a spreadsheet shows."""
    digits = said.replace(".", "").replace("-", "")
    if said.isascii() and digits.isdigit() and len(digits) > MOST_DIGITS and "." in said:
        return plain_number(Decimal(f"{float(said):.{MOST_DIGITS}g}"))
    return said


def asked_of(page: Page) -> list[tuple[str, list[Asked]]]:
    """What a report asks, by the headings of its page, with what stands there now."""
    form = shown_form(page, {})
    sections = [(_("How it stands"), list(_standing(form)))] if form["ratings"] else []
    if form["parts"]:
        sections.append((_("What there is to report"), [_part(part) for part in form["parts"]]))
    if form["questions"]:
        sections.append((_("Further questions"), [_question(one) for one in form["questions"]]))
    return sections


def fields_of(page: Page) -> dict[str, Asked]:
    """The fields that a report asks, by name."""
    return {one.name: one for _title, fields in asked_of(page) for one in fields}


def _standing(form: Mapping[str, Any]) -> Iterator[Asked]:
    for number, one in enumerate(form["ratings"]):
        yield from _rating(one, form if number == 0 else {})
    yield Asked(
        "headline", _("In a sentence"), form["headline"], last=form["last_headline"], longest=SENTENCE
    )
    if form["has_path"]:
        path = form["path"]
        yield Asked(
            "path-text", _("Path to green"), path.get("text", ""), help=_("How it gets back to green")
        )
        yield Asked("path-by", _("By when"), path.get("by", ""), "date", help=_("Path to green"))


def _rating(one: RatingField, form: Mapping[str, Any]) -> Iterator[Asked]:
    """A dimension: its rating beside what the figures say, and why it differs beside the reasons of the figures.
    `form`, where it is the overall one."""
    is_computed = one.computed in dict(RATINGS)
    computed = (f"{_('The figures say:')} {rating_words(one.computed)}",) if is_computed else ()
    reasons = [*one.because, *(_beside(form) if form else ())]
    values = tuple(dict.fromkeys([key for key, _label in one.choices] + [one.value] * bool(one.value)))
    yield Asked(
        f"rating-{one.dimension}",
        one.label,
        one.value,
        "rating",
        values,
        last=rating_words(one.before),
        known=computed,
        required=bool(form),
    )
    yield Asked(
        f"why-{one.dimension}",
        f"{one.label}: {_('why')}",
        one.why,
        help=_("Why it differs from the figures"),
        known=tuple(reasons),
        longest=SENTENCE,
    )


def _beside(form: Mapping[str, Any]) -> list[str]:
    """What stands beside the overall rating: the reviewers, for how long the figures have said otherwise, and what
    those below report."""
    lines = [form["replay"]] if form["replay"] else []
    if second := form["assurance"]:
        said = f"{_('The reviewers say:')} {rating_words(second['value'])}"
        lines.append(f"{said}, {second['ref']}, {short_date(second['day'])}")
    for one in form["below"]:
        said = rating_words(one["value"]) if one["current"] and one["value"] else _("not reported")
        lines.append(f"{one['name']}: {said}" + (f". {one['headline']}" if one["headline"] else ""))
    return lines


def _part(part: PartField) -> Asked:
    known = [_fact(line) for line in part.facts if not line.dropped]
    return Asked(
        f"text-{part.key}",
        str(part.label),
        part.text,
        help=str(part.help),
        last=part.last,
        known=tuple(known),
        longest=part.longest,
        required=part.required,
    )


def _fact(line: FactLine) -> str:
    place = f" ({line.place})" if line.place else ""
    return f"• {line.ref} {line.title}{place}" + (f": {line.words}" if line.words else "")


def _question(one: QuestionField) -> Asked:
    question = one.question
    values = {"yes_no": YES_NO, "choice": question.choices}.get(question.type, ())
    return Asked(
        f"answer-{question.key}",
        question.label,
        one.value,
        question.type if question.type in TYPES else "text",
        values,
        question.help,
        one.last,
        longest=ANSWER,
        required=question.required,
    )


@dataclass(frozen=True)
class Marks:
    """What a workbook knows of itself: its report, when the draft was saved last, and what stood in each field.

    Signed: marks of another installation, or altered ones, are none.
    """

    report: int
    title: str
    stamp: str
    made: str
    told: dict[str, str] = field(default_factory=dict)  # what stands beside each field in the workbook
    values: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, page: Page) -> Self:
        """The marks of a report as it is now."""
        fields = fields_of(page).values()
        report = page.report
        return cls(
            report.pk,
            f"{report.initiative.name}: {report.title}",
            stamp_of(page),
            clock.now().isoformat(),
            {one.name: label_of(_row(one)) for one in fields},
            {one.name: one.value for one in fields},
        )

    def as_json(self) -> dict[str, Any]:
        """Plain data with its signature."""
        data = {
            "form": FORM,
            "report": self.report,
            "title": self.title,
            "stamp": self.stamp,
            "made": self.made,
            "told": self.told,
            "values": self.values,
        }
        return {**data, "signature": _signature(data)}

    @classmethod
    def from_json(cls, data: Any) -> Self | None:
        """The marks in plain data; None where they are of something else, of another installation, or altered."""
        if not isinstance(data, dict) or data.get("form") != FORM:
            return None
        rest = {name: value for name, value in data.items() if name != "signature"}
        if not constant_time_compare(str(data.get("signature", "")), _signature(rest)):
            return None
        return cls(data["report"], data["title"], data["stamp"], data["made"], data["told"], data["values"])

    @property
    def moment(self) -> datetime:
        """When the workbook was downloaded."""
        return datetime.fromisoformat(self.made)


def _signature(data: dict[str, Any]) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return signing.Signer(salt=SALT).signature(text)


def stamp_of(page: Page) -> str:
    """When the draft was saved last; "" where nothing was."""
    return page.draft.changed_at.isoformat() if page.draft.pk else ""


def print_of(page: Page) -> str:
    """The fingerprint of what stands in the fields of a report, however often it was saved."""
    values = {one.name: one.value for one in fields_of(page).values()}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def report_workbook(actor: Actor, report: Report) -> bytes:
    """The report as a workbook in the reader's language. The caller may write it."""
    page = open_page(actor, report)
    made = date_format(timezone.localtime(clock.now()), "SHORT_DATETIME_FORMAT")
    facts = [str(report.what.label), period_of(report)]
    if report.due_on:
        facts.append(_("due %(day)s") % {"day": short_date(report.due_on)})
    facts += [str(report.owner or ""), _("downloaded %(moment)s") % {"moment": made}]
    help_line = _(
        "Write in the blue cells (* is needed) and upload the file on the page of the report; you submit there."
    )
    palette = Palette(organisation().palette)
    form = Questionnaire(
        title=f"{report.initiative.name}: {report.title}",
        lines=(" · ".join(text for text in facts if text), help_line),
        headings=(_("Report"), _("Your answer"), _("Last time"), _("What the system knows")),
        sections=[Section(title, [_row(one, palette) for one in fields]) for title, fields in asked_of(page)],
        identity=Marks.of(page).as_json(),
        footer=f"{report.reference} · {report.initiative.name}: {report.title}",
        german=(get_language() or "").startswith("de"),
    )
    return questionnaire_workbook(form)


def _row(one: Asked, palette: Palette = Palette.CLASSIC) -> Row:
    kind = {"rating": "choice", "yes_no": "choice", "choice": "choice", "text": "text"}.get(
        one.type, one.type
    )
    if one.type == "text" and one.longest <= SENTENCE:
        kind = "line"
    choices = tuple(one.said(value) for value in one.values)
    tints = _tints(one, palette) if one.type == "rating" else {}
    label = f"{one.label} *" if one.required else one.label
    return Row(one.name, label, one.help, kind, one.cell(), choices, one.last, one.known, one.longest, tints)


def _tints(one: Asked, palette: Palette) -> dict[str, tuple[str, str]]:
    found = {value: ink(_COLOURS[value], palette) for value in one.values if value in _COLOURS}
    return {one.said(value): (colours.fill, colours.text) for value, colours in found.items()}
