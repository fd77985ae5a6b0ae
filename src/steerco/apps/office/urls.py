"""The addresses of the office: its queue and figures, asking it, its settings."""

from django.urls import path

from steerco.apps.office import asking_views, settings_views, views

app_name = "office"
urlpatterns = [
    path("queue/", views.queue_page, name="queue"),
    path("figures/", views.figures_page, name="figures"),
    path("requests/<int:pk>/act/", views.act, name="act"),
    path("requests/<int:pk>/time/", views.time_spent, name="time"),
    path("mails/<int:pk>/", views.deal_with_mail, name="mail"),
    path("ask/", asking_views.ask_page, name="ask"),
    path("mine/", asking_views.mine_page, name="mine"),
    path("mine/<int:pk>/", asking_views.own_page, name="own"),
    path("settings/", settings_views.settings_page, name="settings"),
    path("contact/<str:code>/", settings_views.contact_page, name="contact"),
]
