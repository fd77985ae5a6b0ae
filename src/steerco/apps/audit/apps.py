from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "steerco.apps.audit"
    label = "audit"
