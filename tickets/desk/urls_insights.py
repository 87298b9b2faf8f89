"""How the desk does: now, and over weeks. Part of the namespace `desk`."""

from django.urls import path, register_converter

from tickets.desk.insights import now
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
]
