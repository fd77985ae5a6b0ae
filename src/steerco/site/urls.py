"""Every address of the product."""

from django.urls import include, path
from django.views.i18n import set_language

from steerco.site import outlook_views, views
from steerco.site.demo import views as demo_views

site_patterns = (
    [
        path("", views.home, name="home"),
        path("registers-overview/", views.registers_page, name="registers"),
        path("search/", views.search, name="search"),
        path("switch/", views.switch, name="switch"),
        path("examples/", views.examples, name="examples"),
        path("horizon/", outlook_views.horizon_page, name="horizon"),
        path("bottom-line/", outlook_views.bottom_line_page, name="bottom-line"),
        path("first-steps/open/", demo_views.open_step, name="checklist-open"),
        path("first-steps/dismiss/", demo_views.dismiss_steps, name="checklist-dismiss"),
    ],
    "site",
)

urlpatterns = [
    path("", include(site_patterns, namespace="site")),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("portfolio/", include("steerco.apps.initiatives.urls")),
    path("", include("steerco.apps.notices.urls")),
    path("", include("steerco.apps.followups.urls")),
    path("people/", include("steerco.apps.people.urls")),
    path("people/", include("steerco.apps.handover.urls")),
    path("hygiene/", include("steerco.apps.hygiene.urls")),
    path("warnings/", include("steerco.apps.foresight.urls")),
    path("", include("steerco.apps.escalation.urls")),
    path("", include("steerco.apps.deliverables.urls")),
    path("entries/", include("steerco.apps.links.urls")),
    path("imports/", include("steerco.kit.imports.urls")),
    path("registers/", include("steerco.apps.raid.urls")),
    path("registers/", include("steerco.apps.stakeholders.urls")),
    path("registers/changes/", include("steerco.apps.change.urls")),
    path("registers/decisions/", include("steerco.apps.governance.urls")),
    path("registers/", include("steerco.kit.registers.urls")),
    path("papers/", include("steerco.apps.escalation.paper_urls")),
    path("figures/", include("steerco.apps.indicators.urls")),
    path("money/", include("steerco.apps.finance.urls")),
    path("plans/", include("steerco.apps.planning.urls")),
    path("meetings/", include("steerco.apps.meetings.urls")),
    path("assurance/", include("steerco.apps.assurance.urls")),
    path("reporting/", include("steerco.apps.cycles.urls")),
    path("commissions/", include("steerco.apps.commissions.urls")),
    path("packs/", include("steerco.apps.reporting.urls")),
    path("office/", include("steerco.apps.office.urls")),
    path("", include("steerco.apps.access.urls")),
    path("admin/audit/", include("steerco.apps.audit.urls")),
    path("admin/", include("steerco.apps.organisation.urls")),
    path("", include("steerco.site.health.urls")),
    path("api/v1/", include("steerco.interfaces.api.urls")),
]

handler429 = "steerco.site.errors.too_many"  # sign-in limits look for it here
