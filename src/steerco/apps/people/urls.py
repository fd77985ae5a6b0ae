"""The addresses of units."""

from django.urls import path

from steerco.apps.people import views

app_name = "people"
urlpatterns = [path("units/<int:pk>/successors/", views.succeed_page, name="succeed")]
