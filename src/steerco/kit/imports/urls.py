"""The addresses of imports and exports."""

from django.urls import path

from steerco.kit.imports.views import bundles, columns, exports, runs

app_name = "imports"
urlpatterns = [
    path("", runs.index, name="index"),
    path("workbook/", bundles.start, name="workbook"),
    path("workbook/<slug:bundle>/", bundles.bundle_page, name="bundle"),
    path("runs/<int:pk>/", runs.run_page, name="run"),
    path("runs/<int:pk>/columns/", columns.columns_page, name="columns"),
    path("runs/<int:pk>/check/", runs.check_run, name="check"),
    path("runs/<int:pk>/apply/", runs.apply_run, name="apply"),
    path("runs/<int:pk>/undo/", runs.undo_run, name="undo"),
    path("runs/<int:pk>/discard/", runs.discard_run, name="discard"),
    path("runs/<int:pk>/report.csv", runs.report_file, name="report"),
    path("exports/<int:pk>/", exports.job_page, name="export_job"),
    path("exports/<int:pk>/file/", exports.job_file, name="export_job_file"),
    path("<slug:slug>/new/", runs.start, name="start"),
    path("<slug:slug>/template.xlsx", exports.template_file, name="template"),
    path("<slug:slug>/export.<slug:form>", exports.export_page, name="export"),
]
