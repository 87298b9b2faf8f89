from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.operations import identify_customer
from helpdesk.api.pages import KeysetPagination
from helpdesk.lib.actors import Actor
from helpdesk.lib.html import sanitise
from tickets.api import serializers as forms
from tickets.api.actions import CustomerActions, WorkActions, created, words_of
from tickets.api.filters import TicketFilter
from tickets.briefing.replying import reply_prepared
from tickets.models import Message, Ticket, TicketEvent
from tickets.operations import (
    NewMessage,
    note_on_ticket,
    open_ticket,
    receive_message,
)


class MessagePages(KeysetPagination):
    ordering = ("at", "id")


class TicketViews(mixins.ListModelMixin, mixins.RetrieveModelMixin, WorkActions, CustomerActions):
    """Read tickets; change them only through named actions, one for each operation."""

    serializer_class = forms.TicketSerializer
    filterset_class = TicketFilter
    lookup_field = "number"
    lookup_value_regex = r"\d+"
    queryset = Ticket.objects.none()

    def get_queryset(self) -> QuerySet[Ticket]:
        return Ticket.objects.visible_to(self.agent).for_queue().prefetch_related("tags")

    @extend_schema(request=forms.OpenSerializer, responses={201: forms.TicketSerializer})
    def create(self, request: Request) -> Response:
        """Open a ticket in the words of a customer, who is met if we do not know them yet."""
        given, now = self.given(forms.OpenSerializer), timezone.now()
        known = Message.objects.filter(channel="api", external_id=given["external_id"])
        if given["external_id"] and (message := known.select_related("ticket").first()):
            ticket = get_object_or_404(self.get_queryset(), pk=message.ticket_id)
            return Response(self.get_serializer(ticket).data)
        customer = identify_customer(
            kind="email",
            value=given["customer_email"],
            name=given["customer_name"],
            by=self.by,
            at=now,
        )
        ticket = open_ticket(
            customer=customer,
            subject=given["subject"],
            content=words_of(given, given["customer_email"]),
            team=given["team"],
            topic=given["topic"],
            by=Actor.customer(customer.pk),
            at=now,
        ).ticket
        shown = Ticket.objects.for_queue().prefetch_related("tags").get(pk=ticket.pk)
        return Response(self.get_serializer(shown).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses=forms.MessageSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=MessagePages)
    def messages(self, request: Request, number: str) -> Response:
        """What was said on the ticket, oldest first; notes too."""
        said = Message.objects.filter(ticket=self.the_ticket()).prefetch_related("attachments")
        page = self.paginate_queryset(said)
        return self.get_paginated_response(forms.MessageSerializer(page, many=True).data)

    @extend_schema(responses=forms.EventSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=MessagePages)
    def events(self, request: Request, number: str) -> Response:
        """What happened to the ticket, oldest first."""
        page = self.paginate_queryset(TicketEvent.objects.filter(ticket=self.the_ticket()))
        return self.get_paginated_response(forms.EventSerializer(page, many=True).data)

    @extend_schema(request=forms.ReceiveSerializer, responses={201: forms.MessageSerializer})
    @action(detail=True, methods=["post"])
    def receive(self, request: Request, number: str) -> Response:
        """Add what the customer said elsewhere."""
        ticket, given = self.the_ticket(), self.given(forms.ReceiveSerializer)
        by = Actor.customer(ticket.customer_id)
        message = receive_message(ticket, content=words_of(given), by=by, at=timezone.now())
        return created(message)

    @extend_schema(request=forms.ReplySerializer, responses={201: forms.MessageSerializer})
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, number: str) -> Response:
        """Answer the customer by mail."""
        given = self.given(forms.ReplySerializer)
        content = NewMessage(
            text=given["text"], html=sanitise(given["html"]), author_name=self.agent.name
        )
        message = reply_prepared(
            self.the_ticket(),
            agent=self.agent,
            content=content,
            then=given["then"],
            seen_event_id=given["seen_event_id"],
            by=self.by,
            at=timezone.now(),
        )
        return created(message)

    @extend_schema(request=forms.NoteSerializer, responses={201: forms.MessageSerializer})
    @action(detail=True, methods=["post"])
    def note(self, request: Request, number: str) -> Response:
        """Write something only agents see."""
        content = NewMessage(
            text=self.given(forms.NoteSerializer)["text"], author_name=self.agent.name
        )
        return created(
            note_on_ticket(self.the_ticket(), content=content, by=self.by, at=timezone.now())
        )
