"""The addresses of decisions beside those of every register."""

from django.urls import path

from steerco.apps.governance import views

app_name = "governance"
urlpatterns = [
    path("overview/", views.overview_page, name="overview"),
    path("<int:pk>/action/", views.add_action_page, name="add_action"),
]
