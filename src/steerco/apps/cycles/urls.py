"""Addresses of the reporting cycle."""

from django.urls import path

from steerco.apps.cycles import (
    asking_views,
    cockpit_views,
    frozen_views,
    guest_views,
    layout_views,
    offline_views,
    rules_views,
    views,
)

app_name = "cycles"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("ratings/", rules_views.rules_page, name="rules"),
    path("cycles/<int:pk>/", views.cycle_page, name="cycle"),
    path("cycles/<int:pk>/lock/", views.lock, name="lock"),
    path("reports/<int:pk>/", views.report_page, name="report"),
    path("reports/<int:pk>/draft/", views.save, name="draft"),
    path("reports/<int:pk>/compare/", frozen_views.compare_page, name="compare"),
    path("reports/<int:pk>/correct/", frozen_views.correct_page, name="correct"),
    path("reports/<int:pk>/workbook/", offline_views.download, name="workbook"),
    path("reports/<int:pk>/workbook/take/", offline_views.take, name="take_workbook"),
    path("reports/<int:pk>/paper/", asking_views.paper, name="paper"),
    path("reports/<int:pk>/shut/", guest_views.shut, name="shut"),
    path("by-link/<str:token>/", guest_views.guest_page, name="guest"),
    path("by-link/<str:token>/draft/", guest_views.guest_draft, name="guest_draft"),
    path("calendars/<int:pk>/form/", layout_views.layout_page, name="layout"),
    path("cycles/<int:pk>/remind/", cockpit_views.remind, name="remind"),
    path("cycles/<int:pk>/move/", frozen_views.move, name="move"),
]
