"""The addresses of accounts: the administrator's and everybody's own."""

from django.urls import path

from steerco.apps.access import own_views, views

app_name = "access"
urlpatterns = [
    path("admin/users/", views.users_page, name="users"),
    path("admin/users/<int:pk>/link/", views.send_link, name="link"),
    path("admin/users/<int:pk>/open/", views.switch_account, name="open"),
    path("admin/roles/", views.roles_page, name="roles"),
    path("account/", own_views.account_page, name="account"),
    path("account/tokens/", own_views.tokens_page, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", own_views.revoke, name="revoke"),
]
