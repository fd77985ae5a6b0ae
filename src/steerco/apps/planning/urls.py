"""The addresses of plans."""

from django.urls import path

from steerco.apps.planning import views

app_name = "planning"
urlpatterns = [
    path("<str:code>/", views.plans_page, name="plans"),
    path("<str:code>/bring/", views.bring, name="bring"),
    path("<str:code>/<int:pk>/", views.revision_page, name="revision"),
    path("<str:code>/<int:pk>/undo/", views.undo_page, name="undo"),
]
