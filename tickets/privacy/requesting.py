from datetime import datetime
from functools import partial

from django.db import transaction

from customers.errors import AlreadyErased, ConfirmationDiffers
from customers.models import Customer, IdentityEvent
from customers.operations import record_identity_event
from helpdesk.lib.actors import Actor
from tickets.privacy.models import DataRequest
from tickets.privacy.tasks import work_on_request

_EVENTS = {
    DataRequest.Kind.EXPORT: IdentityEvent.Kind.EXPORTED,
    DataRequest.Kind.ERASE: IdentityEvent.Kind.ERASED,
}


def confirmation_of(customer: Customer) -> str:
    """What somebody has to type before a person is erased."""
    return customer.name.strip() or f"customer {customer.pk}"


def request_export(customer: Customer, *, by: Actor, at: datetime) -> DataRequest:
    """Have all we know of a person put into one file, in the background.

    Raises AlreadyErased.
    """
    return _request(customer, DataRequest.Kind.EXPORT, by=by, at=at)


def request_erasing(customer: Customer, *, typed: str, by: Actor, at: datetime) -> DataRequest:
    """Have a person erased for good, in the background, once their name was typed.

    Raises ConfirmationDiffers, AlreadyErased.
    """
    if " ".join(typed.split()).casefold() != " ".join(confirmation_of(customer).split()).casefold():
        raise ConfirmationDiffers
    return _request(customer, DataRequest.Kind.ERASE, by=by, at=at)


@transaction.atomic
def _request(customer: Customer, kind: DataRequest.Kind, *, by: Actor, at: datetime) -> DataRequest:
    customer = Customer.objects.lock(customer.pk)
    if customer.erased_at is not None:
        raise AlreadyErased
    unfinished = customer.data_requests.filter(kind=kind).exclude(state=DataRequest.State.DONE)
    if known := unfinished.first():
        return known
    request = DataRequest.objects.create(kind=kind, customer=customer, agent_id=by.agent_id, at=at)
    detail = {"request": request.pk}
    record_identity_event(customer.pk, _EVENTS[kind], detail=detail, by=by, at=at)
    transaction.on_commit(partial(work_on_request.delay, request_id=request.pk))
    return request
