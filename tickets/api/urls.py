from rest_framework.routers import SimpleRouter

from tickets.api.viewsets import TicketViews

router = SimpleRouter()
router.register("tickets", TicketViews, basename="ticket")
urlpatterns = router.urls
