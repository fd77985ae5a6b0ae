"""Django's Tasks API on our own table: enqueued in the caller's transaction, run by `worker`."""

from typing import Any

from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from steerco.kit.jobs.models import Job
from steerco.kit.jobs.tasks import JobTask, declared, row_of

STATUS = {
    Job.State.WAITING: TaskResultStatus.READY,
    Job.State.RUNNING: TaskResultStatus.RUNNING,
    Job.State.DONE: TaskResultStatus.SUCCESSFUL,
    Job.State.FAILED: TaskResultStatus.FAILED,
    Job.State.CANCELLED: TaskResultStatus.FAILED,
}


class DatabaseBackend(BaseTaskBackend):
    """Jobs as rows. `task.enqueue()` asks for nobody: such a job has no actor; see `tasks.enqueue`."""

    task_class = JobTask
    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Add the job in the present transaction."""
        self.validate_task(task)
        return self._result(Job.objects.create(**row_of(task, args, kwargs)), task)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """The job's state and result. Raises TaskResultDoesNotExist."""
        job = Job.objects.filter(pk=result_id).first() if result_id.isdecimal() else None
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return self._result(job, declared(job.task))

    def _result(self, job: Job, task: Task[Any, Any]) -> TaskResult[Any]:
        path, _, message = job.error.partition(": ")
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=str(job.pk),
            status=STATUS[Job.State(job.state)],
            enqueued_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            last_attempted_at=job.started_at,
            args=job.args,
            kwargs=job.kwargs,
            backend=self.alias,
            errors=[TaskError(exception_class_path=path, traceback=message)] if job.error else [],
            worker_ids=[job.worker] * job.attempts,
        )
        object.__setattr__(result, "_return_value", job.result)  # the API's own way: the class is frozen
        return result
