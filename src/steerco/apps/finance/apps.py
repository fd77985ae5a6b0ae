from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "steerco.apps.finance"
    label = "finance"

    def ready(self) -> None:
        """Declare the actions and the panel on an initiative's page."""
        from steerco.apps.finance import actions, early_signs, panels  # noqa: F401, PLC0415  after the models are loaded
