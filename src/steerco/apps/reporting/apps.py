from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "steerco.apps.reporting"
    label = "reporting"

    def ready(self) -> None:
        """Declare actions, jobs and what stands on the pages of others."""
        # ruff: noqa: PLC0415  models are loaded only now
        from steerco.apps.cycles.corrections import after_correction
        from steerco.apps.cycles.reading import when_read
        from steerco.apps.reporting import actions, buttons, jobs, letters, panels, publishing, selectors  # noqa: F401
        from steerco.kit.backup.media import name_files

        buttons.declare()
        panels.declare()
        after_correction(publishing.republish)
        when_read(publishing.note_opened)
        name_files(selectors.file_paths)
