"""The addresses of assurance."""

from django.urls import path

from steerco.apps.assurance import views

app_name = "assurance"
urlpatterns = [
    path("", views.plan_page, name="plan"),
    path("suggested/", views.plan_suggested, name="suggested"),
    path("ways-of-working/", views.compliance_page, name="compliance"),
    path("questions/", views.questions_page, name="questions"),
    path("reviews/<int:pk>/", views.review_page, name="review"),
    path("reviews/<int:pk>/team/", views.team, name="team"),
    path("reviews/<int:pk>/report.<str:form>", views.document, name="document"),
]
