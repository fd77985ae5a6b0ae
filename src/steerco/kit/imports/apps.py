from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "steerco.kit.imports"
    label = "imports"
