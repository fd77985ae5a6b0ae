"""The addresses of papers beside those of their registers."""

from django.urls import path

from steerco.apps.escalation import paper_views

app_name = "papers"
urlpatterns = [
    path("<slug:slug>/<int:pk>/options/", paper_views.options_page, name="options"),
    path("<slug:slug>/<int:pk>/record/", paper_views.record_page, name="record"),
]
