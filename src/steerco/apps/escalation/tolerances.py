"""Which tolerances hold on an initiative: its own, else those of the nearest level above; and how they read."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.apps.escalation.models import Tolerance
from steerco.apps.initiatives.models import Initiative
from steerco.kit import clock
from steerco.kit.registers.columns import money_text

Area = Tolerance.Area
# Where nobody set a tolerance (reference data 2.8): beyond these the sponsor is asked, beyond the last the board.
DEFAULT_DAYS = 10
DEFAULT_PERCENT = 5
BOARD_PERCENT = 10


def tolerances_of(initiative: Initiative, day: date | None = None) -> dict[str, Tolerance]:
    """The tolerance in force by area: the initiative's own, else the nearest above. Areas without one are missing."""
    return tolerances_below([initiative.pk], day).get(initiative.pk, {})


def tolerances_below(
    initiative_ids: Iterable[int] | None, day: date | None = None, area: str = ""
) -> dict[int, dict[str, Tolerance]]:
    """The tolerances in force by initiative and area, in one query; None: of every initiative that has any."""
    rows = Tolerance.objects.filter(Tolerance.in_force(day or clock.today()))
    if area:
        rows = rows.filter(area=area)
    if initiative_ids is not None:
        rows = rows.filter(initiative__below__descendant__in=list(initiative_ids))
    placed = rows.annotate(at=F("initiative__below__descendant"), depth=F("initiative__below__depth"))
    found: dict[int, dict[str, Tolerance]] = {}
    # The nearest comes first; of several at one level the one entered last.
    nearest = placed.select_related("initiative", "set_by").order_by("initiative__below__depth", "-pk")
    for row in nearest:
        found.setdefault(row.at, {}).setdefault(row.area, row)
    return found


def amount_in_words(row: Tolerance) -> str:
    """How much: "10 working days", "5 %", "EUR 20,000"; "" for what is said in words."""
    parts = []
    if row.days is not None:
        parts.append(ngettext("%(days)s working day", "%(days)s working days", row.days) % {"days": row.days})
    if row.percent is not None:
        parts.append(f"{number_format(row.percent.normalize() + 0, use_l10n=True)} %")
    if row.money is not None:
        parts.append(money_text(row.money, row.currency))
    if row.score is not None:
        parts.append(_("score %(score)s") % {"score": row.score})
    return _(" or ").join(parts)


def tolerance_in_words(row: Tolerance) -> str:
    """One tolerance without its area and initiative: "up to 10 working days late: End date"."""
    amount = amount_in_words(row)
    said = {
        Area.TIME: _("up to %(amount)s late"),
        Area.COST: _("up to %(amount)s over"),
        Area.BENEFIT: _("up to %(amount)s short"),
        Area.RISK: _("risks up to %(amount)s"),
    }.get(Area(row.area))
    what = f"{said % {'amount': amount}}: {row.title}" if said else row.title
    return f"{what}{term_in_words(row.starts, row.ends)}"


def term_in_words(starts: date | None, ends: date | None) -> str:
    """From when to when, after a sentence: ", from 01/02/2026"; "" for ever."""
    parts = []
    if starts:
        parts.append(_("from %(day)s") % {"day": date_format(starts, "SHORT_DATE_FORMAT")})
    if ends:
        parts.append(_("to %(day)s") % {"day": date_format(ends, "SHORT_DATE_FORMAT")})
    return f", {' '.join(parts)}" if parts else ""


def default_in_words(area: str) -> str:
    """What holds where nobody set a tolerance for the area."""
    return {
        Area.TIME: _(
            "Nobody set one: more than %(days)s working days late goes to the sponsor, a gate to the board."
        )
        % {"days": DEFAULT_DAYS},
        Area.COST: _(
            "Nobody set one: more than %(percent)s %% over goes to the sponsor, more than %(board)s %% to the board."
        )
        % {"percent": DEFAULT_PERCENT, "board": BOARD_PERCENT},
    }.get(Area(area), _("Nobody set one."))
