"""The addresses of the audit trail."""

from django.urls import path

from steerco.apps.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.journal_page, name="journal"),
    path("export/<slug:form>/", views.export, name="export"),
]
