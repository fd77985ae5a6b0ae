"""The addresses of early warnings."""

from django.urls import path

from steerco.apps.foresight import views

app_name = "foresight"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("rules/", views.rules_page, name="rules"),
    path("<int:pk>/", views.warning_page, name="warning"),
]
