"""The addresses of money."""

from django.urls import path

from steerco.apps.finance import file_views, views

app_name = "finance"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("file/", file_views.upload, name="upload"),
    path("export.xlsx", file_views.export_all, name="export_all"),
    path("close/", views.close_all, name="close_all"),
    path("batches/<str:batch>/undo/", file_views.undo_file, name="undo_file"),
    path("changes/<int:pk>/undo/", file_views.undo, name="undo"),
    path("<str:code>/", views.sheet, name="sheet"),
    path("<str:code>/below/", views.below, name="below"),
    path("<str:code>/paste/", file_views.paste, name="paste"),
    path("<str:code>/confirm/", views.confirm, name="confirm"),
    path("<str:code>/close/", views.close, name="close"),
    path("<str:code>/export.xlsx", file_views.export, name="export"),
]
