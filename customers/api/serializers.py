from typing import Any, ClassVar

from rest_framework import serializers

from customers.cx.models import CXSummary
from customers.models import Customer, Fact, Identity, Order, Organisation, Promise, Touchpoint
from customers.operations import EDITABLE


class IdentitySerializer(serializers.ModelSerializer):
    class Meta:
        model = Identity
        fields = ("id", "kind", "value", "shown", "is_verified", "evidence")
        read_only_fields = fields


class CustomerSerializer(serializers.ModelSerializer):
    """One person, with every address we know them by."""

    identities = IdentitySerializer(many=True, read_only=True)
    organisation_name = serializers.CharField(
        source="organisation.name", read_only=True, default=None
    )

    class Meta:
        model = Customer
        fields = (
            "id",
            "name",
            "how_to_say",
            "pronouns",
            "organisation",
            "organisation_name",
            "tier",
            "language",
            "time_zone",
            "place",
            "country",
            "preferred_channel",
            "contact_from",
            "contact_until",
            "account_owner",
            "attributes",
            "customer_since_on",
            "created_at",
            "contacts_count",
            "last_contact_at",
            "next_promise_due_at",
            "identities",
        )
        read_only_fields = fields


class MeetSerializer(serializers.Serializer):
    """Somebody and their address: found if we know it, met if we do not."""

    kind = serializers.ChoiceField(choices=Identity.Kind.choices, default=Identity.Kind.EMAIL)
    value = serializers.CharField(max_length=320)
    name = serializers.CharField(max_length=200, required=False, default="")


class DetailsSerializer(serializers.ModelSerializer):
    """What may be changed about a person; fields left out stay as they are."""

    organisation = serializers.PrimaryKeyRelatedField(
        queryset=Organisation.objects.all(), allow_null=True, required=False
    )

    class Meta:
        model = Customer
        fields = tuple(sorted(EDITABLE))
        extra_kwargs: ClassVar[dict[str, Any]] = {name: {"required": False} for name in fields}


class NewIdentitySerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=Identity.Kind.choices)
    value = serializers.CharField(max_length=320)


class TouchpointSerializer(serializers.ModelSerializer):
    """One moment of the customer's timeline."""

    class Meta:
        model = Touchpoint
        fields = (
            "id",
            "at",
            "kind",
            "channel",
            "direction",
            "is_contact",
            "title",
            "text",
            "agent",
            "ticket_number",
            "data",
        )
        read_only_fields = fields


class FactSerializer(serializers.ModelSerializer):
    class Meta:
        model = Fact
        fields = ("id", "key", "value", "source", "ticket_number", "at", "expires_at")
        read_only_fields = ("id", "source", "ticket_number", "at", "expires_at")


class PromiseSerializer(serializers.ModelSerializer):
    """What we said we would do; only its words and its time are given when it is made."""

    class Meta:
        model = Promise
        fields = (
            "id",
            "text",
            "due_at",
            "made_at",
            "status",
            "closed_at",
            "owner",
            "ticket_number",
        )
        read_only_fields = ("id", "made_at", "status", "closed_at", "owner", "ticket_number")


class OrderSerializer(serializers.ModelSerializer):
    """A purchase or return as the shop knows it; the same number again changes nothing."""

    class Meta:
        model = Order
        fields = ("number", "kind", "placed_at", "currency", "total", "status", "items")
        extra_kwargs: ClassVar[dict[str, Any]] = {"number": {"validators": []}}


class CXSummarySerializer(serializers.ModelSerializer):
    """The customer's numbers with how much data each stands on; definitions in docs/metrics.md."""

    class Meta:
        model = CXSummary
        fields = ("computed_at", "version", "data")
        read_only_fields = fields
