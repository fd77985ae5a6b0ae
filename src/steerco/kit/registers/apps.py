from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "steerco.kit.registers"
    label = "registers"
