"""The addresses of meetings beside those of their register."""

from django.urls import path

from steerco.apps.meetings import calendar_views, views

app_name = "meetings"
urlpatterns = [
    path("", calendar_views.year_page, name="year"),
    path("mine/", calendar_views.own_page, name="mine"),
    path("feed/<str:token>.ics", calendar_views.feed, name="feed"),
    path("bodies/<int:pk>/", calendar_views.body_page, name="body"),
    path("<int:pk>/", views.meeting_page, name="page"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/minutes/", views.save, name="minutes"),
    path("<int:pk>/paper.pdf", views.paper, name="paper"),
    path("<int:pk>/meeting.ics", views.invitation, name="invitation"),
]
