"""Reports for programs: the same questions, the same figures as at the desk and in files."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.accounts.roles import Permission
from helpdesk.api.views import AgentViews
from tickets.metrics.clock import VERSION
from tickets.metrics.reporting.cells import BUSINESS, CALENDAR
from tickets.metrics.reporting.definitions import METRICS
from tickets.metrics.reporting.metric import Metric
from tickets.reports.answering import Row, Table, answer, plain
from tickets.reports.asking import Asked, Span


class MetricSerializer(serializers.Serializer):
    """A number and its definition; `since` is the version in which it last changed."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    group = serializers.CharField()
    shape = serializers.CharField()
    meaning = serializers.CharField()
    dated = serializers.CharField()
    since = serializers.IntegerField()


class RowSerializer(serializers.Serializer):
    """A part of the period, or a key of the dimension, with the numbers of each metric by name.

    Times are in seconds, shares in per cent; null where there is too little to say it.
    """

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    first = serializers.DateField()
    last = serializers.DateField()
    numbers = serializers.DictField(child=serializers.DictField())


class ReportSerializer(serializers.Serializer):
    """A report as it stood at a moment."""

    at = serializers.DateTimeField()
    zone = serializers.CharField()
    clock = serializers.CharField()
    version = serializers.IntegerField()
    rows = RowSerializer(many=True)
    whole = RowSerializer()


_ASKED = [
    OpenApiParameter("metrics", {"type": "array", "items": {"enum": list(METRICS)}}),
    OpenApiParameter("span", enum=list(Span)),
    OpenApiParameter("first", {"type": "string", "format": "date"}),
    OpenApiParameter("last", {"type": "string", "format": "date"}),
    OpenApiParameter("by", str, description="day, week, month, or a dimension; empty for none"),
    OpenApiParameter("clock", enum=[BUSINESS, CALENDAR]),
    *(
        OpenApiParameter(name, str)
        for name in ("team", "agent", "channel", "topic", "organisation", "tier")
    ),
    OpenApiParameter("with_imported", bool),
]


class ReportViews(AgentViews):
    """Ask for reports; for tokens of those who may see insights."""

    serializer_class = ReportSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(parameters=_ASKED, responses=ReportSerializer)
    def list(self, request: Request) -> Response:
        """Measure metrics over a period."""
        if not self.agent.may(Permission.SEE_INSIGHTS):
            raise PermissionDenied
        given: dict[str, Any] = dict(request.query_params.items())
        given["metrics"] = [
            key
            for keys in request.query_params.getlist("metrics")
            for key in keys.split(",")
            if key
        ]
        table = answer(Asked.of(given), agent=self.agent, at=timezone.now())
        return Response(ReportSerializer(_told(table)).data)


class MetricViews(AgentViews):
    """What every number means."""

    serializer_class = MetricSerializer
    pagination_class = None
    filter_backends = ()

    @extend_schema(responses=MetricSerializer(many=True))
    def list(self, request: Request) -> Response:
        """All metrics with their definitions."""
        return Response([_defined(metric) for metric in METRICS.values()])


def _told(table: Table) -> dict[str, Any]:
    return {
        "at": table.at,
        "zone": table.period.zone,
        "clock": table.asked.clock,
        "version": VERSION,
        "rows": [_row(table, row) for row in table.rows],
        "whole": _row(table, table.whole),
    }


def _row(table: Table, row: Row) -> dict[str, Any]:
    pairs = zip(table.asked.metrics, row.figures, strict=True)
    return {
        "key": row.key,
        "label": row.label,
        "first": row.period.first,
        "last": row.period.last,
        "numbers": {key: plain(figure) for key, figure in pairs},
    }


def _defined(metric: Metric) -> dict[str, Any]:
    return dict(
        MetricSerializer(
            {
                "key": metric.key, "label": str(metric.label), "group": metric.group,
                "shape": metric.shape, "meaning": str(metric.meaning),
                "dated": str(metric.dated), "since": metric.since,
            }
        ).data
    )  # fmt: skip
