"""The addresses of handing over."""

from django.urls import path

from steerco.apps.handover import views

app_name = "handover"
urlpatterns = [
    path("leaving/", views.leaving, name="leaving"),
    path("<int:pk>/hand-over/", views.hand_over, name="person"),
]
