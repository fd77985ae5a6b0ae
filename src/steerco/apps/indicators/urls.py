"""The addresses of figures."""

from django.urls import path

from steerco.apps.indicators import import_views, views

app_name = "indicators"
urlpatterns = [
    path("import/", import_views.start_page, name="import"),
    path("import/<str:batch>/", import_views.import_page, name="import-one"),
    path("import/<str:batch>/undo/", import_views.undo_page, name="import-undo"),
    path("<str:code>/initiatives/", views.initiatives_page, name="initiatives"),
]
