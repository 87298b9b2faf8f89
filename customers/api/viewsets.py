from typing import cast

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api import serializers as forms
from customers.cx.models import CXSummary
from customers.models import Customer, Fact, Promise, Touchpoint
from customers.models.customer import CustomerQuerySet
from customers.operations import (
    add_identity,
    identify_customer,
    record_order,
    remember_fact,
    update_customer,
)
from helpdesk.api.pages import KeysetPagination
from helpdesk.api.views import AgentViews


class CustomerPages(KeysetPagination):
    ordering = ("-id",)


class TimelinePages(KeysetPagination):
    ordering = ("-at", "-id")


class CustomerFilter(django_filters.FilterSet):
    """Find customers by an exact address of theirs, or by organisation."""

    address = django_filters.CharFilter(method="of_address")

    class Meta:
        model = Customer
        fields = ("organisation",)

    def of_address(self, customers: CustomerQuerySet, name: str, value: str) -> CustomerQuerySet:
        return customers.filter(identities__value=value.strip().lower())


class CustomerViews(mixins.ListModelMixin, mixins.RetrieveModelMixin, AgentViews):
    """Read customers, their timelines and summaries; change them through named actions."""

    serializer_class = forms.CustomerSerializer
    pagination_class = CustomerPages
    filterset_class = CustomerFilter
    queryset = Customer.objects.none()

    def get_queryset(self) -> QuerySet[Customer]:
        visible = Customer.objects.visible_to(self.agent)
        return visible.select_related("organisation").prefetch_related("identities")

    def _customer(self) -> Customer:
        return cast(Customer, self.get_object())

    @extend_schema(request=forms.MeetSerializer, responses={200: forms.CustomerSerializer})
    def create(self, request: Request) -> Response:
        """Return the customer with this address, creating them at first contact."""
        given = self.given(forms.MeetSerializer)
        customer = identify_customer(**given, by=self.by, at=timezone.now())
        return Response(self.get_serializer(self.get_queryset().get(pk=customer.pk)).data)

    @extend_schema(request=forms.DetailsSerializer)
    @action(detail=True, methods=["post"], url_path="update-details")
    def update_details(self, request: Request, pk: str) -> Response:
        """Change who somebody is to us: only the fields given."""
        changes = self.given(forms.DetailsSerializer)
        update_customer(self._customer(), changes=changes, by=self.by, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=forms.NewIdentitySerializer, responses={201: forms.IdentitySerializer})
    @action(detail=True, methods=["post"], url_path="add-identity")
    def add_identity(self, request: Request, pk: str) -> Response:
        """Note another address of the customer, claimed until verified."""
        given = self.given(forms.NewIdentitySerializer)
        identity = add_identity(self._customer(), **given, by=self.by, at=timezone.now())
        return Response(forms.IdentitySerializer(identity).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=forms.TouchpointSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=TimelinePages)
    def timeline(self, request: Request, pk: str) -> Response:
        """Everything that happened between us and the customer, newest first."""
        moments = Touchpoint.objects.visible_to(self.agent).filter(customer=self._customer())
        page = self.paginate_queryset(moments)
        return self.get_paginated_response(forms.TouchpointSerializer(page, many=True).data)

    @extend_schema(responses=forms.CXSummarySerializer)
    @action(detail=True, url_path="cx-summary")
    def cx_summary(self, request: Request, pk: str) -> Response:
        """The customer's numbers; 404 before their first one."""
        summary = get_object_or_404(CXSummary, customer=self._customer())
        return Response(forms.CXSummarySerializer(summary).data)

    @extend_schema(responses=forms.FactSerializer(many=True), filters=False)
    @action(detail=True)
    def facts(self, request: Request, pk: str) -> Response:
        """What we know and need not ask, newest first, two hundred at most."""
        known = Fact.objects.known(timezone.now()).visible_to(self.agent)
        newest = known.filter(customer=self._customer()).order_by("-at", "-id")[:200]
        return Response(forms.FactSerializer(newest, many=True).data)

    @extend_schema(request=forms.FactSerializer, responses={201: forms.FactSerializer})
    @action(detail=True, methods=["post"], url_path="remember-fact")
    def remember_fact(self, request: Request, pk: str) -> Response:
        """Keep something another system knows about the customer."""
        given = self.given(forms.FactSerializer)
        fact = remember_fact(
            self._customer(), **given, source=Fact.Source.API, by=self.by, at=timezone.now()
        )
        return Response(forms.FactSerializer(fact).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=forms.PromiseSerializer(many=True), filters=False)
    @action(detail=True)
    def promises(self, request: Request, pk: str) -> Response:
        """What we promised the customer, newest first, two hundred at most."""
        visible = Promise.objects.visible_to(self.agent).filter(customer=self._customer())
        newest = visible.order_by("-made_at", "-id")[:200]
        return Response(forms.PromiseSerializer(newest, many=True).data)

    @extend_schema(request=forms.OrderSerializer, responses={201: forms.OrderSerializer})
    @action(detail=True, methods=["post"], url_path="record-order")
    def record_order(self, request: Request, pk: str) -> Response:
        """Note a purchase or return on the customer's timeline."""
        order = record_order(self._customer(), **self.given(forms.OrderSerializer))
        return Response(forms.OrderSerializer(order).data, status=status.HTTP_201_CREATED)
