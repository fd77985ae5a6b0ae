"""The addresses of the tree."""

from django.urls import path

from steerco.apps.initiatives import structure_views, views

app_name = "initiatives"
urlpatterns = [
    path("", views.tree_page, name="tree"),
    path("<str:code>/", views.page_of, name="page"),
    path("<str:code>/edit/", views.edit_page, name="edit"),
    path("<str:code>/people/", views.posts_page, name="posts"),
    path("<str:code>/structure/", structure_views.structure_page, name="structure"),
    path("<str:code>/restrict/", views.restrict_page, name="restrict"),
]
