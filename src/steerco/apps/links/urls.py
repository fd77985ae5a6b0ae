"""The addresses of what hangs on an entry."""

from django.urls import path

from steerco.apps.links import activity_views, opening_views, views

app_name = "links"
urlpatterns = [
    path("people/", views.people, name="people"),
    path("tags/", views.tags, name="tags"),
    path("tags/<path:name>/", views.tag_page, name="tag"),
    path("activity/", activity_views.activity_page, name="activity"),
    path("<int:pk>/", views.entry, name="entry"),
    path("<int:pk>/open/<slug:key>/", opening_views.open_page, name="open"),
    path("<int:pk>/comments/", views.comment, name="comment"),
    path("<int:pk>/comments/<int:comment_pk>/", views.change_comment, name="change_comment"),
    path("<int:pk>/files/", views.attach, name="attach"),
    path("<int:pk>/files/<int:file_pk>/", views.download, name="file"),
    path("<int:pk>/files/<int:file_pk>/remove/", views.detach, name="detach"),
    path("<int:pk>/files/<int:file_pk>/restore/", views.reattach, name="reattach"),
    path("<int:pk>/relations/", views.add_relation, name="relate"),
    path("<int:pk>/relations/<int:relation_pk>/remove/", views.remove_relation, name="unrelate"),
    path("<int:pk>/tags/", views.change_tags, name="set_tags"),
    path("<int:pk>/watch/", views.change_watch, name="watch"),
]
