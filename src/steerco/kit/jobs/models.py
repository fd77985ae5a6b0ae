"""Jobs, the schedules that enqueue some of them, and the leases of what only one process may do."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from steerco.kit.permissions import Access, ScopedQuerySet


class Job(models.Model):
    """Work that runs outside a request: who asked, how far it is, what came out.

    `token` is the fencing token: it grows with each claim, and every write of a worker names the one it was given.
    A worker that was thought dead and wakes up holds an old token and changes nothing. `checkpoints` is what the
    job has finished for good; it is written in the transaction of the work itself.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    task = models.CharField(max_length=200)
    args = models.JSONField(default=list)
    kwargs = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    priority = models.SmallIntegerField(default=0)
    run_after = models.DateTimeField(null=True)

    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs"
    )
    requester_label = models.CharField(max_length=200, blank=True)
    scopes = models.JSONField(null=True)  # of the token that asked; None: no limit beyond the user's rights
    trusted = models.BooleanField(default=False)  # asked at the console or by a schedule
    request_id = models.CharField(max_length=40, blank=True)

    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    worker = models.CharField(max_length=80, blank=True)
    token = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)

    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    note = models.CharField(_("doing"), max_length=200, blank=True)
    checkpoints = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    result_file = models.CharField(max_length=250, blank=True)
    error = models.TextField(_("error"), blank=True)

    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()
    access = Access(rule="own", owner="requester")

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = (
            models.Index(fields=("-priority", "id"), name="jobs_waiting", condition=Q(state="waiting")),
            models.Index(fields=("lease_until",), name="jobs_running", condition=Q(state="running")),
            models.Index(fields=("requester", "-id"), name="jobs_of_requester"),
        )

    def __str__(self) -> str:
        return f"{self.task} {self.pk}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to it by itself."""
        return self.state not in (self.State.WAITING, self.State.RUNNING)


class Schedule(models.Model):
    """The last tick of a declared schedule."""

    name = models.CharField(max_length=80, unique=True)
    last_tick = models.DateTimeField()

    access = Access(rule="internal")

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Who does, until when, what only one process may do at a time."""

    name = models.CharField(max_length=80, unique=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()
    beat_at = models.DateTimeField()

    access = Access(rule="internal")

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class Pause(models.Model):
    """Something that the operator stopped for a while, and why."""

    name = models.CharField(max_length=40, unique=True)
    since = models.DateTimeField()
    reason = models.CharField(max_length=200)

    access = Access(rule="internal")

    def __str__(self) -> str:
        return self.name
