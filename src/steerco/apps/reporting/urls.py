"""The addresses of packs."""

from django.urls import path

from steerco.apps.reporting import publication_views, unread_views, views

app_name = "reporting"
urlpatterns = [
    path("", views.packs_page, name="packs"),
    path("new/", views.ask_page, name="ask"),
    path("templates/", views.templates_page, name="templates"),
    path("of-report/<int:pk>/", views.publish, name="publish"),
    path("publication/<int:pk>/", publication_views.publication_page, name="publication"),
    path("unread/", unread_views.unread_page, name="unread"),
    path("opened/<int:pk>/", publication_views.open_report, name="open"),
    path("document/<str:token>/", publication_views.document, name="document"),
    path("<int:pk>/", views.pack_page, name="pack"),
    path("<int:pk>/cancel/", views.cancel_pack, name="cancel"),
    path("<int:pk>/<str:name>/", views.download, name="download"),
]
