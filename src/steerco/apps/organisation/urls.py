"""The addresses of the organisation's settings."""

from django.urls import path

from steerco.apps.organisation import views

app_name = "organisation"
urlpatterns = [
    path("", views.start, name="start"),
    path("settings/", views.settings_page, name="settings"),
    path("words/", views.words_page, name="words"),
    path("fields/", views.fields_page, name="fields"),
    path("fields/<int:pk>/", views.field_page, name="field"),
    path("fields/<int:pk>/retire/", views.retire_field, name="retire_field"),
    path("scales/", views.scales_page, name="scales"),
]
