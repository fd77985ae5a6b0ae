"""The addresses of risks, dependencies, obstacles and lessons beside those of every register."""

from django.urls import path

from steerco.apps.raid import lesson_views, views

app_name = "raid"
urlpatterns = [
    path("risks/matrix/", views.matrix_page, name="matrix"),
    path("risks/enterprise/", views.enterprise_page, name="enterprise"),
    path("risks/enterprise/raise/", views.raise_page, name="raise"),
    path("dependencies/network/", views.network_page, name="network"),
    path("obstacles/board/", views.board_page, name="board"),
    path("lessons/typed/", lesson_views.typed_lessons, name="typed_lessons"),
    path("lessons/<int:pk>/at/<int:entry_pk>/<slug:answer>/", lesson_views.answer_page, name="answer_lesson"),
]
