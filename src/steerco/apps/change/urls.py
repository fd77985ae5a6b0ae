"""The addresses of change requests beside those of every register."""

from django.urls import path

from steerco.apps.change import views

app_name = "change"
urlpatterns = [
    path("effect/", views.effect_page, name="effect"),
    path("<int:pk>/baseline/", views.baseline_page, name="baseline"),
    path("<int:pk>/requirements/", views.requirements, name="requirements"),
]
