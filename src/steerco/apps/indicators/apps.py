from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "steerco.apps.indicators"
    label = "indicators"

    def ready(self) -> None:
        """Declare the app's actions and what it adds to the page of an initiative."""
        from steerco.apps.indicators import actions  # noqa: F401, PLC0415  after the models are loaded
        from steerco.apps.indicators.panels import declare_panels  # noqa: PLC0415

        declare_panels()
