"""Facts, findings and periods in words, in the reader's language; the data stays without language."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from steerco.apps.cycles.kinds import BRIDGE, KINDS
from steerco.apps.cycles.models import Cycle, Report
from steerco.apps.finance.wording import percent_of, with_currency
from steerco.apps.organisation.selectors import organisation
from steerco.engine.calendar import Rhythm
from steerco.engine.performance.rag import Rule, Unit


def short_date(day: date) -> str:
    """A date as the reader writes it."""
    return date_format(day, "SHORT_DATE_FORMAT")


def fact_words(fact: dict[str, Any]) -> str:
    """What a fact says beside its title: "moved by +10 working days to 04/12/2026"; of one that was carried forward,
    from which report it is."""
    said = _said(fact)
    if not fact.get("carried"):
        return said
    return _("%(said)s (as reported on %(day)s)") % {
        "said": said,
        "day": short_date(date.fromisoformat(fact["carried"])),
    }


def _said(fact: dict[str, Any]) -> str:
    if fact["kind"].startswith("money_"):
        return _money_words(fact)
    values = {**fact, "before": _value(fact.get("before")), "after": _value(fact.get("after"))}
    if "decider" in fact:
        values["decider"] = fact["decider"] or "–"  # a paper that is still prepared may name nobody
    days = fact.get("days")
    if days is not None:
        shown = f"{days:+d}".replace("-", "−") if fact["kind"] == "moved" else str(days)
        text = ngettext("%(days)s working day", "%(days)s working days", abs(days))
        values["days"] = text % {"days": shown}
    said = _sentences().get(fact["kind"], "")
    if fact["kind"].endswith(("_new", "_top")) and fact.get("after") is None:
        return _without_score().get(fact["kind"], said)
    return said % values


def _money_words(fact: dict[str, Any]) -> str:
    """What a fact about money says: amounts with their currency, and the oldest data date of the figures."""
    currency, before, after = fact["title"], fact.get("before"), fact["after"]
    values = {
        "before": with_currency(before, currency),
        "after": with_currency(after, currency),
        "percent": percent_of(after - fact["approved"], fact["approved"]) if fact.get("approved") else "",
        "month": date_format(date.fromisoformat(fact["month"]), "M Y") if fact.get("month") else "–",
    }
    moved = before is not None and before != after
    said = {
        "money_approved": _("approved %(before)s → %(after)s") if moved else _("approved %(after)s"),
        "money_spent": _("spent to %(month)s: %(after)s"),
        "money_expected": _("expected %(before)s → %(after)s") if moved else _("expected %(after)s"),
        "money_contingency": _("contingency left %(after)s of %(before)s"),
    }[fact["kind"]] % values
    if values["percent"]:
        said += _(", %(percent)s against approved") % values
    if fact.get("data_date") and fact["kind"] in ("money_spent", "money_expected"):
        said += _(" (oldest data date %(day)s)") % {"day": _value(fact["data_date"])}
    if fact.get("of"):
        said += ngettext("; sum of %(n)s report", "; sum of %(n)s reports", fact["of"]) % {"n": fact["of"]}
    return said


def _value(value: Any) -> str:
    if value is None:
        return "–"
    try:
        return short_date(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _sentences() -> dict[str, str]:
    return {
        "reached": _("reached on %(after)s"),
        "delivered": _("delivered on %(after)s"),
        "signed_off": _("signed off on %(after)s"),
        "done": _("done on %(after)s"),
        "milestone_due": _("milestone, %(after)s"),
        "deliverable_due": _("deliverable, %(after)s"),
        "action_due": _("action, %(after)s"),
        "moved": _("moved by %(days)s, from %(before)s to %(after)s"),
        "missed": _("was due on %(before)s, %(days)s ago"),
        "risk_new": _("new risk, score %(after)s"),
        "risk_worse": _("risk worse: score %(before)s → %(after)s"),
        "risk_better": _("risk better: score %(before)s → %(after)s"),
        "risk_closed": _("risk closed"),
        "risk_top": _("risk, score %(after)s, unchanged"),
        "issue_new": _("new issue"),
        "issue_worse": _("issue: more urgent"),
        "issue_better": _("issue: less urgent"),
        "issue_closed": _("issue closed"),
        "issue_top": _("issue, open"),
        "wanted": _("decision wanted from %(decider)s by %(after)s"),
        "decided": _("decided on %(after)s: %(words)s"),
        "change_new": _("new change request"),
        "change_open": _("change request, open"),
        "lesson": _("lesson"),
        "asked": _("asks for it"),
    }


def _without_score() -> dict[str, str]:
    return {"risk_new": _("new risk"), "risk_top": _("risk, unchanged")}


def finding_words(finding: dict[str, Any]) -> str:
    """Why the figures give a rating: "Milestone “Go-live”: 12 working days late, limit 5"."""
    limit = number_format(Decimal(finding["limit"]).normalize()) if finding["limit"] else ""
    if finding["rule"] == "milestone":
        days = int(Decimal(finding["measured"]))
        late = ngettext("%(days)s working day late", "%(days)s working days late", abs(days)) % {"days": days}
        values = {"title": finding["title"], "late": late, "limit": limit}
        if finding["reason"] == "missed":
            return _("“%(title)s” was missed: %(late)s.") % values
        if not limit:
            return _("“%(title)s”: %(late)s, within the limit.") % values
        return _("“%(title)s”: %(late)s, the limit is %(limit)s.") % values
    if finding["rule"] == "below":
        count = int(finding["measured"])
        text = ngettext("The worst below: %(title)s.", "The worst below: %(title)s (%(n)s in all).", count)
        return text % {"title": finding["title"], "n": count}
    percent = number_format(Decimal(finding["measured"]), 1)
    if finding["rule"] == "cost_at_completion":
        values = {"percent": percent, "limit": limit}
        if not limit:
            return _("Expected cost against approved: %(percent)s %%, within the limit.") % values
        return _("Expected cost against approved: %(percent)s %%, the limit is %(limit)s %%.") % values
    if not limit:
        return _("Forecast of the year against budget: %(percent)s %%, within the limit.") % {
            "percent": percent
        }
    return _("Forecast of the year against budget: %(percent)s %%, the limit is %(limit)s %%.") % {
        "percent": percent,
        "limit": limit,
    }


def rule_words(rule: Rule) -> dict[str, str]:
    """What a rule measures, and where green ends and red begins: `measured`, `green`, `amber`, `red`."""
    amber, red = (number_format(one.normalize()) for one in (rule.amber, rule.red))
    limits = {"amber": amber, "red": red}
    if rule.unit is Unit.WORKING_DAYS:
        green, between = _("up to %(amber)s working days late"), _("up to %(red)s working days late")
        beyond = _("later; a gate, a legal or a contract date as soon as it is missed")
    elif rule.both_directions:
        green, between = _("within ±%(amber)s %%"), _("within ±%(red)s %%")
        beyond = _("more than %(red)s %%, above or below")
    else:
        green, between = _("up to %(amber)s %% over"), _("up to %(red)s %% over")
        beyond = _("more than %(red)s %% over")
    measured = {
        "milestone": _("Key milestones: the expected day against the agreed one"),
        "year_budget": _("The forecast of the fiscal year against its budget"),
        "cost_at_completion": _("The expected cost in the end against what was approved"),
    }
    return {
        "measured": measured[rule.code],
        "green": green % limits,
        "amber": between % limits if rule.amber < rule.red else "–",
        "red": beyond % limits,
    }


def period_words(rhythm: str, start: date, end: date) -> str:
    """The name of a period: "week 48, 2026", "November 2026", else its days."""
    if rhythm == Rhythm.WEEK:
        year, week, _day = end.isocalendar()
        return _("week %(week)s, %(year)s") % {"week": week, "year": year}
    if rhythm in (Rhythm.MONTH, Rhythm.QUARTER) and (name := _fiscal_name(rhythm, end)):
        return name
    if rhythm == Rhythm.MONTH and start.day == 1:
        return date_format(end, "F Y")
    return f"{short_date(start)} – {short_date(end)}"


def _fiscal_name(rhythm: str, end: date) -> str:
    """ "P03 2026/27", "Q1 2026/27": the month in which a period ends, by the organisation's fiscal year; "" where it
    names periods by the calendar."""
    settings = organisation()
    if settings.period_names != "fiscal":
        return ""
    first = settings.fiscal_year_start
    number = (end.month - first) % 12
    year = end.year - (end.month < first)
    years = str(year) if first == 1 else f"{year}/{(year + 1) % 100:02d}"
    if rhythm == Rhythm.QUARTER:
        return f"Q{number // 3 + 1} {years}"
    return f"P{number + 1:02d} {years}"


def report_title(cycle: Cycle, kind: str = "") -> str:
    """What a report of a cycle is called: "Weekly report, week 48, 2026"; a bridge by what it is."""
    title = str(KINDS[kind].label) if kind == BRIDGE else ""
    words = period_words(cycle.cadence.rhythm, cycle.period_start, cycle.period_end)
    return f"{title or cycle.cadence.title}, {words}"


def period_of(report: Report) -> str:
    """The period of a report in words."""
    if report.period_start is None or report.period_end is None:
        return ""
    rhythm = report.cycle.cadence.rhythm if report.cycle else ""
    return period_words(rhythm, report.period_start, report.period_end)
