"""The named actions of the tickets API: one for each operation, and nothing but translation."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status as http
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.serializers import PromiseSerializer
from customers.models import Promise
from helpdesk.api.views import AgentViews
from helpdesk.lib.actors import Actor
from tickets.api import serializers as forms
from tickets.models import Message, Ticket
from tickets.operations import (
    ContactKind,
    NewMessage,
    assign_ticket,
    change_status,
    close_ticket,
    file_ticket,
    keep_promise_on_ticket,
    log_contact,
    move_ticket,
    prioritise_ticket,
    promise_on_ticket,
    rate_ticket,
    reopen_ticket,
    retitle_ticket,
    solve_ticket,
    tag_ticket,
)


class TicketActions(AgentViews):
    """The ticket an action is about, and how it is shown afterwards."""

    def the_ticket(self) -> Ticket:
        ticket: Ticket = self.get_object()
        return ticket

    def shown(self) -> Response:
        return Response(self.get_serializer(self.get_object()).data)


class WorkActions(TicketActions):
    """Who works on a ticket, how far it is, and what it is about."""

    @extend_schema(request=forms.AssignSerializer)
    @action(detail=True, methods=["post"])
    def assign(self, request: Request, number: str) -> Response:
        """Give the ticket an owner, or none."""
        agent = self.given(forms.AssignSerializer)["agent"]
        assign_ticket(self.the_ticket(), agent=agent, by=self.by, at=timezone.now())
        return self.shown()

    @extend_schema(request=forms.MoveSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def move(self, request: Request, number: str) -> Response:
        """Hand the ticket to another team; you may not see it afterwards."""
        team = self.given(forms.MoveSerializer)["team"]
        move_ticket(self.the_ticket(), team=team, by=self.by, at=timezone.now())
        return Response(status=http.HTTP_204_NO_CONTENT)

    @extend_schema(request=forms.StatusSerializer)
    @action(detail=True, methods=["post"])
    def status(self, request: Request, number: str) -> Response:
        """Put the ticket in a status, by its name."""
        new = self.given(forms.StatusSerializer)["status"]
        change_status(self.the_ticket(), status=new, by=self.by, at=timezone.now())
        return self.shown()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def solve(self, request: Request, number: str) -> Response:
        """Mark the ticket solved."""
        solve_ticket(self.the_ticket(), by=self.by, at=timezone.now())
        return self.shown()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, number: str) -> Response:
        """Put the ticket away for good."""
        close_ticket(self.the_ticket(), by=self.by, at=timezone.now())
        return self.shown()

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, number: str) -> Response:
        """Put a finished ticket back to work."""
        reopen_ticket(self.the_ticket(), by=self.by, at=timezone.now())
        return self.shown()

    @extend_schema(request=forms.TagSerializer)
    @action(detail=True, methods=["post"])
    def tag(self, request: Request, number: str) -> Response:
        """Put labels on and take labels off."""
        given = self.given(forms.TagSerializer)
        tag_ticket(
            self.the_ticket(),
            add=tuple(given["add"]),
            remove=tuple(given["remove"]),
            by=self.by,
            at=timezone.now(),
        )
        return self.shown()

    @extend_schema(request=forms.RetitleSerializer)
    @action(detail=True, methods=["post"])
    def retitle(self, request: Request, number: str) -> Response:
        """Give the ticket a better subject."""
        subject = self.given(forms.RetitleSerializer)["subject"]
        retitle_ticket(self.the_ticket(), subject=subject, by=self.by, at=timezone.now())
        return self.shown()

    @extend_schema(request=forms.PrioritySerializer)
    @action(detail=True, methods=["post"])
    def prioritise(self, request: Request, number: str) -> Response:
        """Set the priority: low, normal, high or urgent."""
        priority = self.given(forms.PrioritySerializer)["priority"]
        prioritise_ticket(self.the_ticket(), priority=priority, by=self.by, at=timezone.now())
        return self.shown()

    @extend_schema(request=forms.TopicSerializer)
    @action(detail=True, methods=["post"])
    def file(self, request: Request, number: str) -> Response:
        """Say what the ticket is about."""
        topic = self.given(forms.TopicSerializer)["topic"]
        file_ticket(self.the_ticket(), topic=topic, by=self.by, at=timezone.now())
        return self.shown()


class CustomerActions(TicketActions):
    """What passes between us and the customer besides mail."""

    @extend_schema(request=forms.ContactSerializer, responses={201: forms.MessageSerializer})
    @action(detail=True, methods=["post"], url_path="log-contact")
    def log_contact(self, request: Request, number: str) -> Response:
        """Write down a call, visit or letter."""
        given = self.given(forms.ContactSerializer)
        at: datetime = given["at"] or timezone.now()
        message = log_contact(
            self.the_ticket(),
            kind=ContactKind(given["kind"]),
            direction=given["direction"],
            text=given["text"],
            was_answered=given["was_answered"],
            by=self.by,
            at=at,
        )
        return created(message)

    @extend_schema(request=PromiseSerializer, responses={201: PromiseSerializer})
    @action(detail=True, methods=["post"])
    def promise(self, request: Request, number: str) -> Response:
        """Promise the customer something by a time."""
        given = self.given(PromiseSerializer)
        promise = promise_on_ticket(
            self.the_ticket(),
            text=given["text"],
            due_at=given["due_at"],
            by=self.by,
            at=timezone.now(),
        )
        return Response(PromiseSerializer(promise).data, status=http.HTTP_201_CREATED)

    @extend_schema(request=forms.KeepPromiseSerializer, responses=PromiseSerializer)
    @action(detail=True, methods=["post"], url_path="keep-promise")
    def keep_promise(self, request: Request, number: str) -> Response:
        """Close a promise made on this ticket as kept."""
        ticket, pk = self.the_ticket(), self.given(forms.KeepPromiseSerializer)["promise"]
        promise = get_object_or_404(
            Promise.objects.visible_to(self.agent), pk=pk, ticket_number=ticket.number
        )
        promise = keep_promise_on_ticket(ticket, promise=promise, by=self.by, at=timezone.now())
        return Response(PromiseSerializer(promise).data)

    @extend_schema(request=forms.RatingSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def rate(self, request: Request, number: str) -> Response:
        """Keep the customer's verdict; credit goes to the ticket's owner."""
        ticket, given = self.the_ticket(), self.given(forms.RatingSerializer)
        by = Actor.customer(ticket.customer_id)
        rate_ticket(ticket, agent_id=ticket.assignee_id, by=by, at=timezone.now(), **given)
        return Response(status=http.HTTP_204_NO_CONTENT)


def words_of(given: dict[str, Any], address: str = "") -> NewMessage:
    return NewMessage(
        text=given["text"],
        channel="api",
        author_address=address,
        external_id=given["external_id"],
    )


def created(message: Message) -> Response:
    return Response(forms.MessageSerializer(message).data, status=http.HTTP_201_CREATED)
