"""The addresses of commissions. The door from a mail stands outside of sign-in."""

from django.urls import path

from steerco.apps.commissions import answer_views, views

app_name = "commissions"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("new/", views.new, name="new"),
    path("answer/<int:pk>/", answer_views.answer_page, name="answer"),
    path("by-link/<str:token>/", answer_views.link_page, name="by_link"),
    path("<int:pk>/", views.commission_page, name="page"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/ask/", views.send, name="ask"),
    path("<int:pk>/end/", views.end, name="end"),
    path("<int:pk>/copy/", views.copy, name="copy"),
    path("<int:pk>/answers.xlsx", views.export, name="export"),
]
