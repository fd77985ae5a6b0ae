from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "steerco.apps.access"
    label = "access"

    def ready(self) -> None:
        """Declare the app's actions; jobs get their actors from here."""
        from steerco.apps.access import actions, middleware  # noqa: F401, PLC0415  after the models are loaded
        from steerco.kit.jobs.actors import use_actor_loader  # noqa: PLC0415

        use_actor_loader(middleware.actor_of_requester)
