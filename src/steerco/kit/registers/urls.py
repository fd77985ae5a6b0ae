"""The addresses of every register."""

from django.urls import path

from steerco.kit.registers.views import bulk, cells, lists, records

app_name = "registers"
urlpatterns = [
    path("suggest/<slug:key>/", lists.suggest, name="suggest"),
    path("<slug:slug>/", lists.list_page, name="list"),
    path("<slug:slug>/views/", lists.save_view, name="save_view"),
    path("<slug:slug>/views/<int:pk>/remove/", lists.remove_view, name="remove_view"),
    path("<slug:slug>/bulk/", bulk.bulk, name="bulk"),
    path("<slug:slug>/new/", records.add_page, name="add"),
    path("<slug:slug>/<int:pk>/", records.record_page, name="record"),
    path("<slug:slug>/<int:pk>/edit/", records.edit_page, name="edit"),
    path("<slug:slug>/<int:pk>/to/<slug:key>/", records.transition, name="transition"),
    path("<slug:slug>/<int:pk>/delete/", records.delete, name="delete"),
    path("<slug:slug>/<int:pk>/cell/<str:name>/", cells.cell, name="cell"),
]
