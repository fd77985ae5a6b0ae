"""The addresses of deliverables beside those of every register."""

from django.urls import path

from steerco.apps.deliverables import views

app_name = "deliverables"
urlpatterns = [
    path("registers/deliverables/tracker/", views.tracker_page, name="tracker"),
    path("registers/deliverables/sign-offs/", views.rounds_page, name="rounds"),
    path("registers/requirements/coverage/", views.coverage_page, name="coverage"),
    path("registers/requirements/checklist/<str:code>/", views.checklist_page, name="checklist"),
    path("registers/quality-reviews/<int:pk>/action/", views.action_page, name="action"),
    path("sign-offs/ask/<int:pk>/", views.ask_page, name="ask"),
    path("sign-offs/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("sign-offs/<int:pk>/certificate/", views.certificate, name="certificate"),
    path("sign-offs/<int:pk>/files/<int:number>/", views.round_file, name="file"),
    path("me/follow-ups/<int:pk>/files/<int:number>/", views.owed_file, name="owed_file"),
    path("answer/<str:token>/files/<int:number>/", views.link_file, name="link_file"),
]
