from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "steerco.kit.pages"
    label = "pages"
