"""Addresses of the reporting cycle."""

from django.urls import path

from steerco.apps.cycles import views

app_name = "cycles"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("cycles/<int:pk>/", views.cycle_page, name="cycle"),
    path("cycles/<int:pk>/lock/", views.lock, name="lock"),
    path("reports/<int:pk>/", views.report_page, name="report"),
    path("reports/<int:pk>/draft/", views.save, name="draft"),
]
