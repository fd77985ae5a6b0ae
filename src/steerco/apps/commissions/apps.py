from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    name = "steerco.apps.commissions"
    label = "commissions"

    def ready(self) -> None:
        """Declare the right to ask and what those asked owe."""
        from steerco.apps.commissions import actions, reminders  # noqa: F401, PLC0415  after the models are loaded
