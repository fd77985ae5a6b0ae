"""The addresses of stakeholders beside those of every register."""

from django.urls import path

from steerco.apps.stakeholders import views

app_name = "stakeholders"
urlpatterns = [
    path("stakeholders/map/", views.map_page, name="map"),
    path("stakeholders/plan/", views.plan_page, name="plan"),
]
