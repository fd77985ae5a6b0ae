"""What machines ask: is it alive, is it ready, what are its figures."""

from django.urls import path

from steerco.site.health import views

urlpatterns = [
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("metrics", views.metrics, name="metrics"),
]
