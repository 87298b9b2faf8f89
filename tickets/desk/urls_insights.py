"""How the desk does: now, and over weeks. Part of the namespace `desk`."""

from django.urls import path, register_converter

from tickets.desk.insights import cx, drivers, kept, now, prepared, reports, rows, team
from tickets.metrics.now import Gauge


class GaugeConverter:
    """One of the counts of the page of now."""

    regex = "|".join(Gauge)

    def to_python(self, value: str) -> Gauge:
        return Gauge(value)

    def to_url(self, value: str) -> str:
        return value


register_converter(GaugeConverter, "gauge")

urlpatterns = [
    path("insights/now", now.now, name="now"),
    path("insights/now/promises", now.promises, name="now-promises"),
    path("insights/now/assign/<int:number>", now.assign, name="now-assign"),
    path("insights/now/<gauge:gauge>", now.rows, name="now-rows"),
    path("insights/cx", cx.cx, name="cx"),
    path("insights/cx/open", rows.open_tickets, name="cx-open"),
    path("insights/cx/<slug:key>", cx.metric, name="cx-metric"),
    path("insights/cx/<slug:key>/rows", rows.rows, name="cx-rows-of"),
    path("insights/definitions", cx.definitions, name="definitions"),
    path("insights/kept", kept.kept, name="kept"),
    path("insights/prepared", prepared.prepared, name="prepared"),
    path("insights/team", team.team, name="team-report"),
    path("insights/drivers", drivers.drivers, name="drivers"),
    path("insights/reports", reports.reports, name="reports"),
    path("insights/reports/save", reports.save, name="report-save"),
    path("insights/reports/export", reports.export, name="report-export"),
    path("insights/reports/<int:pk>", reports.report, name="report"),
    path("insights/reports/<int:pk>/delete", reports.delete, name="report-delete"),
    path("insights/exports", reports.exports, name="exports"),
    path("insights/exports/<int:pk>/stop", reports.stop, name="export-stop"),
    path("insights/exports/<int:pk>/file", reports.export_file, name="export-file"),
]
