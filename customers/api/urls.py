from rest_framework.routers import SimpleRouter

from customers.api.viewsets import CustomerViews

router = SimpleRouter()
router.register("customers", CustomerViews, basename="customer")
urlpatterns = router.urls
