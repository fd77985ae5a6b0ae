"""The addresses of follow-ups. The door from a mail is apart: it stands outside of sign-in."""

from django.urls import path

from steerco.apps.followups import views

app_name = "followups"
urlpatterns = [
    path("me/follow-ups/<int:pk>/", views.follow_up_page, name="page"),
    path("me/follow-ups/<int:pk>/delegate/", views.delegate_page, name="delegate"),
    path("me/follow-ups/<int:pk>/time/", views.time_page, name="time"),
    path("me/follow-ups/<int:pk>/nudge/", views.nudge_page, name="nudge"),
    path("me/team/", views.team, name="team"),
    path("answer/<str:token>/", views.link_page, name="link"),
]
