from rest_framework.routers import SimpleRouter

from tickets.api.reports import MetricViews, ReportViews
from tickets.api.reviews import PublicReviewViews
from tickets.api.viewsets import TicketViews

router = SimpleRouter()
router.register("metrics", MetricViews, basename="metric")
router.register("reports", ReportViews, basename="report")
router.register("reviews", PublicReviewViews, basename="review")
router.register("tickets", TicketViews, basename="ticket")
urlpatterns = router.urls
