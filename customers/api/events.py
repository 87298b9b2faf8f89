"""Events from outside: another system pushes them one by one or many at once."""

from dataclasses import fields
from typing import Any, ClassVar, cast

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Customer, Identity, Order, OutsideEvent
from customers.operations import News, Outcome, Told, record_outside_event
from helpdesk.api.pages import KeysetPagination
from helpdesk.api.views import AgentViews
from helpdesk.lib.errors import DomainError

MOST_AT_ONCE = 1_000


class OutsideEventSerializer(serializers.ModelSerializer):
    """What another system told us, as its card shows it."""

    kind = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)

    class Meta:
        model = OutsideEvent
        fields = (
            "id",
            "customer",
            "kind",
            "source",
            "external_id",
            "title",
            "at",
            "status",
            "url",
            "fields",
            "may_cause_contact",
            "told_at",
        )
        read_only_fields = fields


class WhoSerializer(serializers.Serializer):
    """An address or id by which the desk knows the customer."""

    kind = serializers.ChoiceField(choices=Identity.Kind.choices, default=Identity.Kind.EMAIL)
    value = serializers.CharField(max_length=320)


class NewsSerializer(serializers.Serializer):
    """One event; the same source, kind and external id again keeps its newest state.

    The kind `order` needs `total` and `currency` among its fields, and may have `items`.
    """

    kind = serializers.SlugField(max_length=40)
    external_id = serializers.CharField(max_length=120)
    title = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    at = serializers.DateTimeField()
    customer = WhoSerializer(many=True, allow_empty=False)
    status = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)
    url = serializers.URLField(max_length=500, required=False, default="", allow_blank=True)
    may_cause_contact = serializers.BooleanField(required=False, allow_null=True, default=None)

    def get_fields(self) -> dict[str, Any]:
        """Add the card's `fields`, a word that serializers use themselves."""
        card = serializers.DictField(required=False, default=dict)
        return {**super().get_fields(), "fields": card}


class OneSerializer(NewsSerializer):
    source = serializers.SlugField(max_length=40)  # type: ignore[assignment]
    meets_new = serializers.BooleanField(default=False)


class ManySerializer(serializers.Serializer):
    """Up to a thousand events of one source; each row is kept or refused by itself."""

    source = serializers.SlugField(max_length=40)  # type: ignore[assignment]
    meets_new = serializers.BooleanField(default=False)
    events = serializers.ListField(
        child=serializers.DictField(), allow_empty=False, max_length=MOST_AT_ONCE
    )


class FaultSerializer(serializers.Serializer):
    row = serializers.IntegerField(help_text="Counted from 0, as the events were given.")
    code = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]


class ToldSerializer(serializers.Serializer):
    created = serializers.IntegerField()
    changed = serializers.IntegerField()
    same = serializers.IntegerField()
    refused = FaultSerializer(many=True)


class EventPages(KeysetPagination):
    ordering = ("-at", "-id")


class EventFilter(django_filters.FilterSet):
    kind = django_filters.CharFilter(field_name="kind__key")

    class Meta:
        model = OutsideEvent
        fields: ClassVar[tuple[str, ...]] = ("customer", "source")


class OutsideEventViews(mixins.ListModelMixin, AgentViews):
    """Read and push events of other systems."""

    serializer_class = OutsideEventSerializer
    pagination_class = EventPages
    filterset_class = EventFilter
    queryset = OutsideEvent.objects.none()

    def get_queryset(self) -> QuerySet[OutsideEvent]:
        seen = Customer.objects.visible_to(self.agent)
        return OutsideEvent.objects.filter(customer__in=seen).select_related("kind")

    @extend_schema(request=OneSerializer, responses={200: OutsideEventSerializer})
    def create(self, request: Request) -> Response:
        """Keep one event. 201 the first time, 200 afterwards."""
        given = self.given(OneSerializer)
        source, meets_new = given.pop("source"), given.pop("meets_new")
        told = self._keep(news_of(given), source=source, meets_new=meets_new)
        is_new = told.outcome == Outcome.CREATED
        answer = {"outcome": told.outcome.value, **_shown(told)}
        return Response(answer, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(request=ManySerializer, responses={200: ToldSerializer})
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Keep many events; what is refused is named by its row and keeps no other out."""
        given = self.given(ManySerializer)
        counts = dict.fromkeys(Outcome, 0)
        refused: list[dict[str, Any]] = []
        for row, event in enumerate(given["events"]):
            form = NewsSerializer(data=event)
            if not form.is_valid():
                detail = _("Some fields cannot be used as they are.")
                refused.append(
                    {"row": row, "code": "invalid", "detail": detail, "errors": form.errors}
                )
                continue
            try:
                told = self._keep(
                    news_of(cast(dict[str, Any], form.validated_data)),
                    source=given["source"],
                    meets_new=given["meets_new"],
                )
            except DomainError as error:
                refused.append({"row": row, "code": error.code, "detail": str(error)})
            else:
                counts[told.outcome] += 1
        return Response({**{str(name): n for name, n in counts.items()}, "refused": refused})

    def _keep(self, news: News, *, source: str, meets_new: bool) -> Told:
        return record_outside_event(
            news, source=source, meets_new=meets_new, by=self.by, at=timezone.now()
        )


def news_of(given: dict[str, Any]) -> News:
    """Return the news in a validated form."""
    known = {field.name for field in fields(News)} - {"addresses"}
    addresses = tuple((who["kind"], who["value"]) for who in given["customer"])
    return News(addresses=addresses, **{key: given[key] for key in known})


def _shown(told: Told) -> dict[str, Any]:
    if isinstance(told.event, Order):
        return {"order": told.event.number, "customer": told.event.customer_id}
    return dict(OutsideEventSerializer(told.event).data)
