from django.apps import AppConfig


class LinksConfig(AppConfig):
    name = "steerco.apps.links"
    label = "links"

    def ready(self) -> None:
        """Declare the panels, how entries are named, and the daily sweep of files that nothing needs."""
        from steerco.apps.links import jobs, panels, references, selectors  # noqa: F401, PLC0415  after the models are loaded
        from steerco.kit.backup.media import name_files  # noqa: PLC0415

        references.declare()
        name_files(selectors.file_paths)
