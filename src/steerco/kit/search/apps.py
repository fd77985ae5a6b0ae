from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "steerco.kit.search"
    label = "search"
