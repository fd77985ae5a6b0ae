"""The addresses of risks and obstacles beside those of every register."""

from django.urls import path

from steerco.apps.raid import views

app_name = "raid"
urlpatterns = [
    path("risks/matrix/", views.matrix_page, name="matrix"),
    path("obstacles/board/", views.board_page, name="board"),
]
