"""The addresses of register hygiene."""

from django.urls import path

from steerco.apps.hygiene import views

app_name = "hygiene"
urlpatterns = [
    path("", views.list_page, name="list"),
    path("clean/", views.clean, name="clean"),
    path("unanswered/", views.unanswered_page, name="unanswered"),
    path("rules/", views.rules_page, name="rules"),
    path("entries/<int:pk>/confirm/", views.confirm_page, name="confirm"),
]
