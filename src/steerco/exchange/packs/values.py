"""Values of a pack as the words that every format prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from steerco.exchange.packs.content import Change, ChangeKind, Money, PackContent
from steerco.exchange.packs.figures import Figures, stand_text
from steerco.exchange.packs.labels import PackLabels
from steerco.exchange.packs.messages import DAYS_IN_MONTH
from steerco.exchange.packs.ratings import ARROWS, SCALES, SHAPES, Rating, RatingValue, Trend

DASH = "–"


@dataclass(frozen=True, slots=True)
class Wording:
    """A pack's content with the words and formats to print it."""

    content: PackContent
    labels: PackLabels
    figures: Figures

    @classmethod
    def of(cls, content: PackContent) -> "Wording":
        """The words of `content` in its own locale."""
        return cls(content, content.labels, Figures(content.locale))


KINDS = {kind: f"kind_{kind.value}" for kind in ChangeKind}


def kind_name(labels: PackLabels, kind: ChangeKind) -> str:
    """The words of a kind of change."""
    return str(getattr(labels, KINDS[kind]))


def rating_text(labels: PackLabels, value: RatingValue) -> str:
    """▲◆ AR"""
    return f"{SHAPES[value]} {labels.letter(value)}"


def declared_text(words: Wording, rating: Rating | None, *, arrow: bool = True) -> str:
    """▲◆ AR ↓: with the arrow of the trend if there is a compared date."""
    if rating is None:
        return DASH
    mark = ARROWS[rating.trend] if arrow and words.content.compare else ""
    return f"{rating_text(words.labels, rating.value)} {mark}".strip()


def rating_words(labels: PackLabels, rating: Rating | None) -> str:
    """amber/red, worse: what a screen reader says."""
    if rating is None:
        return labels.none
    name = labels.name(rating.value)
    return f"{name}, {labels.trend_name(rating.trend)}" if rating.trend is not Trend.NONE else name


def money_text(figures: Figures, amount: Money | None) -> str:
    """£32.2m, or a dash."""
    return figures.money(amount) if amount is not None else DASH


def day_text(figures: Figures, value: date | None) -> str:
    """30 Sep 2019, or a dash."""
    return figures.day(value) if value is not None else DASH


def month_text(figures: Figures, value: date | None) -> str:
    """Sep 2019, or a dash."""
    return figures.month(value) if value is not None else DASH


def moved_text(labels: PackLabels, figures: Figures, days: int | None) -> str:
    """+14 months, −12 days; a dash when nothing moved or is known."""
    if not days:
        return DASH
    if abs(days) < 2 * DAYS_IN_MONTH:
        unit, value = labels.days, days
    else:
        unit, value = labels.months, round(days / DAYS_IN_MONTH)
    text = unit(abs(value)).replace(str(abs(value)), figures.number(abs(value)))
    return f"+{text}" if days > 0 else f"−{text}"


def value_text(words: Wording, value: RatingValue | date | Money | None) -> str:
    """Either side of a change."""
    if value is None:
        return DASH
    if isinstance(value, RatingValue):
        return rating_text(words.labels, value)
    if isinstance(value, Money):
        return words.figures.money(value)
    return words.figures.month(value)


def change_text(words: Wording, change: Change) -> str:
    """How far a date or an amount moved; empty for ratings, which show both sides."""
    before, after = change.before, change.after
    if isinstance(before, Money) and isinstance(after, Money):
        text = words.figures.money_change(after, before)
        if before.minor and after.currency == before.currency:
            share = (after.minor - before.minor) / abs(before.minor)
            text += f" ({words.figures.signed(words.figures.percent(share), after.minor - before.minor)})"
        return text
    if isinstance(before, date) and isinstance(after, date):
        return moved_text(words.labels, words.figures, (after - before).days)
    return ""


def rating_key(words: Wording) -> str:
    """● G green · ▲ A amber … ↑ better: what the signs mean."""
    labels, content = words.labels, words.content
    points = [f"{SHAPES[v]} {labels.letter(v)} {labels.name(v)}" for v in SCALES[content.scale]]
    if content.compare is None:
        return " · ".join(points)
    trends = [f"{ARROWS[t]} {labels.trend_name(t)}" for t in Trend if t is not Trend.NONE]
    since = labels.legend.format(date=stand_text(content, content.compare))
    return f"{' · '.join(points)}. {since}: {' · '.join(trends)}"


def told_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """The positions of the columns in which at least one row says something: the others only take room."""
    if not rows:
        return []
    return [place for place in range(len(rows[0])) if any(row[place] not in ("", DASH) for row in rows)]
