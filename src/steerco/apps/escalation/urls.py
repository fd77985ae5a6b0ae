"""The addresses of tolerances, decision rights and escalations beside those of their registers."""

from django.urls import path

from steerco.apps.escalation import escalation_views, rule_views, views

app_name = "escalation"
urlpatterns = [
    path("portfolio/<str:code>/authority/", views.authority_page, name="authority"),
    path("escalations/", escalation_views.list_page, name="list"),
    path("entries/<int:pk>/escalate/", escalation_views.escalate_page, name="escalate"),
    path("entries/<int:pk>/acknowledge/", escalation_views.acknowledge_entry, name="acknowledge"),
    path("escalations/<int:pk>/withdraw/", escalation_views.withdraw_one, name="withdraw"),
    path("escalations/<int:pk>/record/", escalation_views.record_one, name="record"),
    path("escalations/<int:pk>/give-back/", escalation_views.give_back, name="give_back"),
    path("escalations/<int:pk>/score/", escalation_views.score_one, name="score"),
    path("admin/escalation-rules/", rule_views.rules_page, name="rules"),
    path("admin/escalation-rules/new/", rule_views.new_rule_page, name="new_rule"),
    path("admin/escalation-rules/<str:key>/", rule_views.rule_page, name="rule"),
]
