from rest_framework.routers import SimpleRouter

from tickets.api.reviews import PublicReviewViews
from tickets.api.viewsets import TicketViews

router = SimpleRouter()
router.register("reviews", PublicReviewViews, basename="review")
router.register("tickets", TicketViews, basename="ticket")
urlpatterns = router.urls
