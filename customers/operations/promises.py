from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Min

from customers.errors import EmptyPromise, PromiseClosed
from customers.models import Customer, Promise, Touchpoint
from customers.operations.touchpoints import note_change, record_touchpoint
from helpdesk.lib.actors import Actor

# How a promise may end without having been kept or moved.
ENDS = (Promise.Status.BROKEN, Promise.Status.CANCELLED)


@transaction.atomic
def make_promise(
    customer: Customer,
    *,
    text: str,
    due_at: datetime,
    owner_id: int | None = None,
    replaces: Promise | None = None,
    by: Actor,
    at: datetime,
    **where: Any,
) -> Promise:
    """Record what we said we would do and by when. `where`: ticket_number, message_id, team_id.

    With `replaces`, an open promise to the same customer, that one counts as moved to this.
    Raises EmptyPromise, PromiseClosed.
    """
    customer = Customer.objects.lock(customer.pk)
    if not text.strip():
        raise EmptyPromise
    if replaces is not None:
        where["moves"] = _put_aside(replaces, customer, at=at).moves + 1
    promise = Promise.objects.create(
        customer=customer,
        text=text.strip()[:300],
        due_at=due_at,
        made_at=at,
        made_by_id=by.agent_id,
        owner_id=owner_id or by.agent_id,
        replaces=replaces,
        **where,
    )
    _note_next_due(customer)
    _record(promise, Touchpoint.Kind.PROMISE, by=by, at=at)
    return promise


@transaction.atomic
def keep_promise(promise: Promise, *, by: Actor, at: datetime) -> Promise:
    """Close a promise as kept, or kept late when its time had passed. Repeating changes nothing.

    Raises PromiseClosed when it was broken, cancelled or replaced.
    """
    customer = Customer.objects.lock(promise.customer_id)
    promise = Promise.objects.select_for_update(of=("self",), no_key=True).get(pk=promise.pk)
    if promise.status in {Promise.Status.KEPT, Promise.Status.KEPT_LATE}:
        return promise
    if promise.status != Promise.Status.OPEN:
        raise PromiseClosed
    late = at > promise.due_at
    _close(promise, Promise.Status.KEPT_LATE if late else Promise.Status.KEPT, at=at)
    _note_next_due(customer)
    _record(promise, Touchpoint.Kind.PROMISE_KEPT, by=by, at=at)
    return promise


@transaction.atomic
def end_promise(promise: Promise, *, status: Promise.Status, by: Actor, at: datetime) -> Promise:
    """Close a promise that is not kept: as broken, or as cancelled by the customer.

    Repeating changes nothing. Raises PromiseClosed when it was closed otherwise.
    """
    customer = Customer.objects.lock(promise.customer_id)
    promise = Promise.objects.select_for_update(of=("self",), no_key=True).get(pk=promise.pk)
    if promise.status == status:
        return promise
    if promise.status != Promise.Status.OPEN or status not in ENDS:
        raise PromiseClosed
    _close(promise, status, at=at)
    _note_next_due(customer)
    note_change(customer.pk)
    return promise


def _put_aside(promise: Promise, customer: Customer, *, at: datetime) -> Promise:
    """Close a promise as replaced by the one about to be made to the same customer."""
    promise = Promise.objects.select_for_update(of=("self",), no_key=True).get(pk=promise.pk)
    if promise.status != Promise.Status.OPEN or promise.customer_id != customer.pk:
        raise PromiseClosed
    _close(promise, Promise.Status.REPLACED, at=at)
    return promise


def _close(promise: Promise, status: Promise.Status, *, at: datetime) -> None:
    promise.status = status
    promise.closed_at = at
    promise.save(update_fields=["status", "closed_at"])


def _note_next_due(customer: Customer) -> None:
    """Keep the customer's earliest open promise on the row, where lists read it."""
    customer.next_promise_due_at = Promise.objects.filter(
        customer=customer, status=Promise.Status.OPEN
    ).aggregate(first=Min("due_at"))["first"]
    customer.save(update_fields=["next_promise_due_at"])


def _record(promise: Promise, kind: str, *, by: Actor, at: datetime) -> None:
    record_touchpoint(
        promise.customer_id,
        kind=kind,
        at=at,
        title=promise.text,
        agent_id=by.agent_id,
        team_id=promise.team_id,
        ticket_number=promise.ticket_number,
        ref_kind="promise",
        ref_id=promise.pk,
        data={"due_at": promise.due_at.isoformat(), "status": promise.status},
    )
