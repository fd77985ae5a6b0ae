from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "steerco.kit.journal"
    label = "journal"

    def ready(self) -> None:
        """Have the worker process seal events, send mail and forget answered submissions."""
        from steerco.kit.jobs.duties import declare_duty  # noqa: PLC0415  after the models are loaded
        from steerco.kit.journal import outbox, seals, submissions  # noqa: PLC0415

        declare_duty("seal events", seals.seal_pending, 2)
        declare_duty("send mail", outbox.send_due, 5)
        declare_duty("forget submissions", submissions.forget_old, 3600)
