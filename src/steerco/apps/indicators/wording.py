"""What a rule of the engine found, in a sentence."""

from django.utils.translation import gettext as _

from steerco.apps.indicators.amounts import percent_signed
from steerco.engine.performance.rag import Finding


def finding_words(finding: Finding) -> str:
    """The finding with its measure and the threshold of the written rule."""
    measured = finding.measured
    if measured is None:
        return {
            "year_budget": _("Year: budget or forecast not reported."),
            "whole_life_cost": _("Cost: nothing to compare with."),
            "end": _("End: nothing to compare with."),
        }[finding.subject]
    values = {"amount": percent_signed(measured), "limit": finding.threshold, "days": int(measured)}
    if finding.subject == "end":
        if finding.threshold is None:
            return _("End: moved %(days)s working days, within the limit.") % values
        return _("End: moved %(days)s working days, limit %(limit)s.") % values
    if finding.subject == "year_budget":
        if finding.threshold is None:
            return _("Year: forecast %(amount)s against budget, within the limit.") % values
        return _("Year: forecast %(amount)s against budget, limit ±%(limit)s %%.") % values
    if finding.threshold is None:
        return _("Cost: %(amount)s, within the limit.") % values
    return _("Cost: %(amount)s, limit +%(limit)s %%.") % values
