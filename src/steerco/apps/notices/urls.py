"""The address of one's own choice."""

from django.urls import path

from steerco.apps.notices import views

app_name = "notices"
urlpatterns = [path("me/notices/", views.mine, name="mine")]
