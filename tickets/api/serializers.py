from typing import Any

from rest_framework import serializers

from customers.models import Touchpoint
from helpdesk.accounts.models import Agent, Team
from tickets.models import Attachment, Message, Ticket, TicketEvent, TicketStatus, Topic
from tickets.operations import ContactKind


class AttachmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attachment
        fields = ("id", "name", "content_type", "size", "sha256", "is_inline")
        read_only_fields = fields


class MessageSerializer(serializers.ModelSerializer):
    """One thing said on a ticket. `delivery` is empty for what is not sent by us."""

    attachments = AttachmentSerializer(many=True, read_only=True)

    class Meta:
        model = Message
        fields = (
            "id",
            "kind",
            "channel",
            "at",
            "customer",
            "agent",
            "author_name",
            "author_address",
            "subject",
            "text",
            "html",
            "visible_text",
            "language",
            "mail_kind",
            "authentication",
            "is_automatic",
            "is_other_sender",
            "recipients",
            "cc",
            "form",
            "delivery",
            "delivery_note",
            "sent_at",
            "attachments",
        )
        read_only_fields = fields


class EventSerializer(serializers.ModelSerializer):
    """One thing that happened to a ticket, with the old and new values."""

    class Meta:
        model = TicketEvent
        fields = (
            "id",
            "kind",
            "at",
            "actor_kind",
            "actor_name",
            "agent",
            "customer_id",
            "message",
            "old",
            "new",
        )
        read_only_fields = fields


class TicketSerializer(serializers.ModelSerializer):
    """A ticket as lists show it; people, teams and statuses by id and by name."""

    status = serializers.CharField(source="status.name", read_only=True)
    priority = serializers.CharField(source="get_priority_display", read_only=True)
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    team_name = serializers.CharField(source="team.name", read_only=True, default=None)
    assignee_name = serializers.CharField(source="assignee.name", read_only=True, default=None)
    topic_name = serializers.CharField(source="topic.name", read_only=True, default=None)
    tags: serializers.Field = serializers.SlugRelatedField(
        many=True, slug_field="name", read_only=True
    )

    class Meta:
        model = Ticket
        fields = (
            "number",
            "subject",
            "status",
            "category",
            "priority",
            "customer",
            "customer_name",
            "team",
            "team_name",
            "assignee",
            "assignee_name",
            "topic",
            "topic_name",
            "tags",
            "channel",
            "is_imported",
            "opened_at",
            "updated_at",
            "solved_at",
            "closed_at",
            "first_replied_at",
            "waiting_since",
            "reply_due_at",
            "solve_due_at",
            "last_inbound_at",
            "last_reply_at",
            "contact_number",
            "messages_count",
            "replies_count",
            "reopened_count",
            "last_event_id",
        )
        read_only_fields = fields


class OpenSerializer(serializers.Serializer):
    """A new ticket in a customer's words."""

    customer_email = serializers.EmailField()
    customer_name = serializers.CharField(max_length=200, required=False, default="")
    subject = serializers.CharField(max_length=300)
    text = serializers.CharField()
    team = serializers.PrimaryKeyRelatedField(
        queryset=Team.objects.all(), required=False, default=None, allow_null=True
    )
    topic = serializers.PrimaryKeyRelatedField(
        queryset=Topic.objects.all(), required=False, default=None, allow_null=True
    )
    external_id = serializers.CharField(
        max_length=100,
        required=False,
        default="",
        help_text="Your own name for the message; the same one again adds nothing.",
    )


class ReceiveSerializer(serializers.Serializer):
    """More words of the ticket's customer."""

    text = serializers.CharField()
    external_id = serializers.CharField(max_length=100, required=False, default="")


class ReplySerializer(serializers.Serializer):
    """An answer to the customer. `html` is sanitised; `seen_event_id` refuses a stale reply."""

    text = serializers.CharField()
    html = serializers.CharField(required=False, default="")
    then = serializers.PrimaryKeyRelatedField(
        queryset=TicketStatus.objects.all(), required=False, default=None, allow_null=True
    )
    seen_event_id = serializers.IntegerField(required=False, default=None, allow_null=True)


class NoteSerializer(serializers.Serializer):
    text = serializers.CharField()


class AssignSerializer(serializers.Serializer):
    """The new owner; null for nobody."""

    agent = serializers.PrimaryKeyRelatedField(queryset=Agent.objects.all(), allow_null=True)


class MoveSerializer(serializers.Serializer):
    """The new team; null for none."""

    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.all(), allow_null=True)


class StatusSerializer(serializers.Serializer):
    status = serializers.SlugRelatedField(slug_field="name", queryset=TicketStatus.objects.all())


class TagSerializer(serializers.Serializer):
    add = serializers.ListField(child=serializers.CharField(max_length=50), default=list)
    remove = serializers.ListField(child=serializers.CharField(max_length=50), default=list)


class RetitleSerializer(serializers.Serializer):
    subject = serializers.CharField(max_length=300)


class PrioritySerializer(serializers.Serializer):
    priority = serializers.ChoiceField(choices=[p.name.lower() for p in Ticket.Priority])

    def validate_priority(self, value: str) -> int:
        return Ticket.Priority[value.upper()].value


class TopicSerializer(serializers.Serializer):
    topic = serializers.PrimaryKeyRelatedField(queryset=Topic.objects.all(), allow_null=True)


class ContactSerializer(serializers.Serializer):
    """A contact made elsewhere; `at` is when it was made, now by default."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in ContactKind])
    direction = serializers.ChoiceField(
        choices=[Touchpoint.Direction.INBOUND.value, Touchpoint.Direction.OUTBOUND.value]
    )
    text = serializers.CharField()
    was_answered = serializers.BooleanField(default=True)
    at = serializers.DateTimeField(required=False, default=None, allow_null=True)


class KeepPromiseSerializer(serializers.Serializer):
    promise = serializers.IntegerField()


class RatingSerializer(serializers.Serializer):
    """The customer's verdict, 1 (very bad) to 5 (very good), once per `external_id`."""

    score = serializers.IntegerField(min_value=1, max_value=5)
    comment = serializers.CharField(required=False, default="", allow_blank=True)
    external_id = serializers.CharField(max_length=80)

    def validate_external_id(self, value: Any) -> str:
        return f"api:{value}"
