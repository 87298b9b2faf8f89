"""Public reviews, pushed by programs that read them where they stand."""

from typing import Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.accounts.roles import Permission
from helpdesk.api.pages import KeysetPagination
from helpdesk.api.views import AgentViews
from tickets.feedback.models import PublicReview
from tickets.feedback.reviews import NewReview, record_review


class PublicReviewSerializer(serializers.ModelSerializer):
    """A review as we keep it, with whether and how it was answered."""

    class Meta:
        model = PublicReview
        fields = (
            "id",
            "source",
            "external_id",
            "url",
            "author",
            "score",
            "text",
            "at",
            "reply_state",
            "reply",
            "replied_at",
        )
        read_only_fields = fields


class NewReviewSerializer(serializers.Serializer):
    """A review; the same source and external id again is the same review in its newest words."""

    source = serializers.SlugField(max_length=40)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=120)
    at = serializers.DateTimeField()
    author = serializers.CharField(max_length=120, default="", allow_blank=True)
    score = serializers.IntegerField(min_value=1, max_value=5, default=None, allow_null=True)
    text = serializers.CharField(max_length=20_000, default="", allow_blank=True)
    url = serializers.URLField(max_length=500, default="", allow_blank=True)


class ReviewPages(KeysetPagination):
    ordering = ("-at", "-id")


class PublicReviewViews(mixins.ListModelMixin, AgentViews):
    """Read and push public reviews; for tokens of supervisors."""

    serializer_class = PublicReviewSerializer
    pagination_class = ReviewPages
    filterset_fields = ("source", "reply_state")
    queryset = PublicReview.objects.none()

    def get_queryset(self) -> Any:
        self._require_permission()
        return PublicReview.objects.all()

    @extend_schema(request=NewReviewSerializer, responses={200: PublicReviewSerializer})
    def create(self, request: Request) -> Response:
        """Keep one review. 201 the first time, 200 afterwards."""
        self._require_permission()
        review, is_new = record_review(NewReview(**self.given(NewReviewSerializer)), by=self.by)
        made = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(PublicReviewSerializer(review).data, made)

    def _require_permission(self) -> None:
        if not self.agent.may(Permission.HANDLE_FEEDBACK):
            raise PermissionDenied
