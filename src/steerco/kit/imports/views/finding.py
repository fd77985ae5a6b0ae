"""What a view of an import starts with."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from steerco.kit.imports.models import ImportRun
from steerco.kit.journal.reach import hidden_batches
from steerco.kit.permissions import Actor, can
from steerco.kit.registers.register import Register, register_by_key
from steerco.kit.registers.views.finding import actor_of


def find_run(request: HttpRequest, pk: int) -> tuple[ImportRun, Register]:
    """One of the actor's own runs. Raises Http404: those of others are missing."""
    run = ImportRun.objects.visible_to(actor_of(request)).filter(pk=pk).first()
    register = register_by_key(run.register) if run is not None else None
    if run is None or register is None:
        raise Http404
    return run, register.seen_by(actor_of(request))


def runs_to_undo(actor: Actor) -> QuerySet[ImportRun]:
    """The actor's own runs; for those who may undo imports of others also what was imported, unless it went to
    something that they may not read.
    """
    own = ImportRun.objects.visible_to(actor)
    if actor.trusted or not can(actor, "import.undo"):
        return own
    done = ImportRun.objects.filter(state__in=(ImportRun.State.APPLIED, ImportRun.State.UNDONE))
    return own | done.exclude(batch__in=hidden_batches(actor))


def find_run_to_undo(request: HttpRequest, pk: int) -> tuple[ImportRun, Register]:
    """One of the actor's own runs, or any for those who may undo imports of others. Raises Http404."""
    run = runs_to_undo(actor_of(request)).filter(pk=pk).first()
    register = register_by_key(run.register) if run is not None else None
    if run is None or register is None:
        raise Http404
    return run, register.seen_by(actor_of(request))
