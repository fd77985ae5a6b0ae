"""What stands at the top of all risks below a place, or in the whole organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, F, IntegerField, Value, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString

from steerco.apps.initiatives.models import Initiative
from steerco.apps.initiatives.selectors import read_from
from steerco.apps.organisation.selectors import organisation
from steerco.apps.raid.models import Risk
from steerco.apps.raid.registers.risks import score_pill
from steerco.kit import clock
from steerco.kit.journal.unchanged import count_while_unchanged, first_while_unchanged
from steerco.kit.permissions import Actor
from steerco.kit.registers.columns import money_text
from steerco.kit.registers.listing import queryset_for
from steerco.kit.registers.masking import mask
from steerco.kit.registers.register import register_of

TOP = 15


@dataclass(frozen=True)
class TopRisk:
    """A risk as the enterprise page shows it. `idle` are the days since it was last changed."""

    title: str
    url: str
    place: Initiative
    before: SafeString | str
    now: SafeString | str
    exposure: str
    days: int | None
    owner: Any
    response: str
    next_review: date | None
    review_is_due: bool
    idle: int


@dataclass(frozen=True)
class Top:
    """The highest risks of a place, and how many there are in all, as the list at `url` shows them."""

    rows: list[TopRisk]
    count: int
    url: str


def top_of(actor: Actor, query: QueryDict) -> Top:
    """The open risks that `query` means to the list, highest present score first; of equal ones first those with an
    amount in the organisation's currency, then the highest exposure: amounts of two currencies are never compared."""
    register = register_of("risk")
    queryset, _scope, _filters = queryset_for(register, actor, query)
    own = Case(
        When(exposure=None, then=Value(2)),
        When(currency=organisation().currency, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    ordered = queryset.order_by(
        F("score").desc(nulls_last=True),
        own,
        "currency",
        F("exposure").desc(nulls_last=True),
        "sort_title",
        "pk",
    )
    today = clock.today()
    rows = mask(register, actor, first_while_unchanged(read_from(Risk), ordered, TOP))
    return Top(
        rows=[
            TopRisk(
                title=register.title(row),
                url=register.url(row),
                place=row.initiative,
                before=score_pill(row.inherent_score),
                now=score_pill(row.score),
                exposure=money_text(row.exposure, row.currency) if row.exposure is not None else "",
                days=row.exposure_days,
                owner=row.owner,
                response=row.get_response_display(),
                next_review=row.next_review,
                review_is_due=row.next_review is not None and row.next_review < today,
                idle=max((today - timezone.localdate(row.changed_at)).days, 0),
            )
            for row in rows
        ],
        count=count_while_unchanged(read_from(Risk), queryset),
        url=f"{register.list_url()}?{query.urlencode()}",
    )


def amounts_in_words(amounts: Mapping[str, int]) -> list[str]:
    """Amounts by currency, a text each: currencies are never added together."""
    return [money_text(minor, currency) for currency, minor in sorted(amounts.items()) if minor]
