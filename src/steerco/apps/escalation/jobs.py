"""What runs by the clock: the escalation rules."""

from datetime import timedelta

from steerco.apps.escalation.evaluation import evaluate
from steerco.kit.jobs.context import JobContext
from steerco.kit.jobs.schedules import declare_schedule
from steerco.kit.jobs.tasks import job


@job()
def apply_escalation_rules(context: JobContext) -> dict[str, int]:
    """Propose what the rules say, once for each record, rule and value."""
    return evaluate()


declare_schedule("escalation.rules", apply_escalation_rules, timedelta(hours=1), timedelta(minutes=5))
