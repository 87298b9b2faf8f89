from rest_framework.routers import SimpleRouter

from customers.api.events import OutsideEventViews
from customers.api.viewsets import CustomerViews

router = SimpleRouter()
router.register("customers", CustomerViews, basename="customer")
router.register("outside-events", OutsideEventViews, basename="outside-event")
urlpatterns = router.urls
