from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "steerco.apps.organisation"
    label = "organisation"

    def ready(self) -> None:
        """Join the kit: custom fields and words come from here."""
        from steerco.apps.organisation import actions, selectors  # noqa: F401, PLC0415  after the models are loaded
        from steerco.kit.fields import use_custom_fields  # noqa: PLC0415
        from steerco.kit.pages.letterhead import use_letterhead  # noqa: PLC0415
        from steerco.kit.pages.panels import every_panel_reads  # noqa: PLC0415
        from steerco.kit.pages.words import use_words  # noqa: PLC0415

        use_custom_fields(selectors.definitions)
        use_words(selectors.own_words)
        use_letterhead(selectors.own_letterhead)
        every_panel_reads(
            *(f"organisation.{name}" for name in ("organisation", "term", "fielddefinition", "riskscale"))
        )
