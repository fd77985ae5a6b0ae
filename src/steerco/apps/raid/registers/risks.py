"""The register of risks."""

from functools import lru_cache
from typing import Any

from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from steerco.apps.initiatives.registers import NAMES, REFERENCE, RecordRegister
from steerco.apps.raid.models import Risk
from steerco.apps.raid.registers.filewords import as_files_say
from steerco.apps.raid.reserves import expected_of, step_of_percent
from steerco.apps.raid.states import RISK_STATES
from steerco.engine.risk.scoring import FIVE_BANDS
from steerco.kit.registers.columns import Column, Kind, money_text
from steerco.kit.registers.register import Section, View

P = _("How likely it is, from 1 (very low) to 5 (very high).")
I = _("How much it would change, from 1 (very low) to 5 (very high).")  # noqa: E741  the trade's own letter


def band(score: int | None) -> str:
    """The tone of a 5×5 score by the engine's bands: green, amber from 5, amber-red from 10, red from 15 up."""
    if score is None:
        return "none"
    return next(b.tone for b in reversed(FIVE_BANDS) if score >= b.floor)


@lru_cache(maxsize=256)
def score_pill(score: int | None) -> SafeString | str:
    """A score with its band: letter, number and colour."""
    if score is None:
        return ""
    name = band(score)
    return format_html(
        '<span class="sc-rag sc-rag-{}"><span class="sc-rag-letter">{}</span> {}</span>',
        name,
        "".join(part[0] for part in name.split("-")).upper(),
        score,
    )


def _score(row: Any) -> SafeString | str:
    return score_pill(row.score)


RATINGS = {"red": _("red"), "amber-red": _("amber/red"), "amber": _("amber"), "green": _("green"), "none": ""}


def _rating(row: Any) -> str:
    return str(RATINGS[band(row.score)])


def _inherent(row: Any) -> SafeString | str:
    return score_pill(row.inherent_score)


def _expected(row: Any) -> str:
    """What it is expected to cost or bring: "EUR 12,500; 4.5 days"."""
    money, days = expected_of(row)
    parts = [money_text(money, row.currency)] if money is not None else []
    if days is not None:
        parts.append(gettext("%s days") % number_format(days))
    return "; ".join(parts)


def _target(row: Any) -> SafeString | str:
    return score_pill(row.target_score)


class RiskRegister(RecordRegister):
    """Risks."""

    key = "risk"
    slug = "risks"
    label = _("Risk")
    label_plural = _("Risks")
    explanation = _("What may happen, how bad it would be, and what is done about it. Scores are computed.")
    detail = "description"
    model = Risk
    reads = ("raid.risk", *NAMES)
    states = RISK_STATES
    order = ("-score", "sort_title")
    due, weight = "next_review", "score"
    high, remedies, outcome = 15, "mitigations", "closing"
    search = ("title", "description", "cause", "effect", "response_text")
    called, columns = as_files_say(
        "risk",
        REFERENCE,
        Column("title", label=_("risk")),
        Column("initiative"),
        Column("owner"),
        Column("state"),
        Column("direction"),
        Column("category"),
        Column("cause", help=_("Because of …")),
        Column("effect", help=_("… with the effect that …")),
        Column("inherent_probability", help=P, of_percent=step_of_percent),
        Column("inherent_impact", help=I),
        Column("inherent_score", html=_inherent, help=_("Probability × impact before any response.")),
        Column("current_probability", help=P, of_percent=step_of_percent),
        Column("current_impact", help=I),
        Column("score", html=_score, help=_("Probability × impact now.")),
        Column("rating", label=_("rating"), text=_rating),
        Column("target_probability", help=P),
        Column("target_impact", help=I),
        Column(
            "target_score",
            html=_target,
            help=_("Probability × impact once the response has worked."),
        ),
        Column("proximity", help=_("How soon it may happen.")),
        Column("response"),
        Column("response_text"),
        Column(
            "exposure",
            kind=Kind.MONEY,
            currency="currency",
            help=_("What it would cost if it happened."),
        ),
        Column("exposure_days", help=_("By how much it would delay if it happened.")),
        Column("response_cost", kind=Kind.MONEY, currency="currency"),
        Column("currency"),
        Column(
            "expected",
            label=_("expected value"),
            text=_expected,
            help=_("Exposure × the probability that its step stands for. It counts in the reserve."),
        ),
        Column("raised_on"),
        Column("trigger_on"),
        Column("next_review"),
        Column("last_reviewed"),
        Column("closing"),
        Column("description"),
        Column("changed_at", label=_("changed")),
    )
    shown = (
        "reference",
        "title",
        "initiative",
        "owner",
        "state",
        "inherent_score",
        "score",
        "target_score",
        "response",
        "exposure",
        "next_review",
    )
    filters = (
        "state",
        "direction",
        "category",
        "owner",
        "initiative",
        "proximity",
        "response",
        "score",
        "current_probability",
        "current_impact",
        "inherent_probability",
        "inherent_impact",
        "target_probability",
        "target_impact",
        "next_review",
    )
    groups = ("initiative", "owner", "category", "state", "proximity")
    sections = (
        Section(
            _("What may happen"),
            ("title", "initiative", "direction", "category", "cause", "effect", "description"),
        ),
        Section(
            _("Who and when"),
            ("owner", "state", "raised_on", "proximity", "trigger_on", "next_review", "last_reviewed"),
        ),
        Section(
            _("How big"),
            (
                "inherent_probability",
                "inherent_impact",
                "inherent_score",
                "current_probability",
                "current_impact",
                "score",
                "target_probability",
                "target_impact",
                "target_score",
                "exposure",
                "exposure_days",
                "currency",
                "expected",
            ),
        ),
        Section(_("What we do"), ("response", "response_text", "response_cost", "closing")),
    )
    views = (
        View(_("Top risks"), "score_min=15"),
        View(_("Mine"), "mine=true"),
        View(_("Without an owner"), "owner=none"),
        View(_("Opportunities"), "direction=opportunity"),
        View(_("By initiative"), "by=initiative"),
    )
