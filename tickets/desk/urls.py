"""Queues, tickets and their files. Part of the namespace `desk`."""

from django.urls import path

from tickets.desk import actions, composing, deliveries, files, peeks, people, queue, ticket

urlpatterns = [
    path("", queue.inbox, name="inbox"),
    path("v/<path:view>", queue.queue, name="queue"),
    path("counts/<path:view>", queue.queue_counts, name="queue-counts"),
    path("t/<int:number>", ticket.ticket, name="ticket"),
    path("t/<int:number>/peek", peeks.ticket_peek, name="peek"),
    path("t/<int:number>/take", actions.take, name="take"),
    path("t/<int:number>/assign", actions.assign, name="assign"),
    path("t/<int:number>/team", actions.move, name="move"),
    path("t/<int:number>/status", actions.set_status, name="status"),
    path("t/<int:number>/solve", actions.solve, name="solve"),
    path("t/<int:number>/undo", actions.undo, name="undo"),
    path("t/<int:number>/reopen", actions.reopen, name="reopen"),
    path("t/<int:number>/topic", actions.set_topic, name="topic"),
    path("t/<int:number>/priority", actions.set_priority, name="priority"),
    path("t/<int:number>/subject", actions.retitle, name="retitle"),
    path("t/<int:number>/tags", actions.set_tags, name="tags"),
    path("t/<int:number>/write", composing.write, name="write"),
    path("t/<int:number>/draft", composing.draft, name="draft"),
    path("t/<int:number>/contact", composing.contact, name="log-contact"),
    path("t/<int:number>/promise", composing.promise, name="promise"),
    path("t/<int:number>/promise/<int:pk>/keep", composing.keep, name="keep-promise"),
    path("m/<int:pk>/body", files.message_body, name="message-body"),
    path("m/<int:pk>/source", files.message_source, name="message-source"),
    path("m/<int:pk>/take-back", composing.take_back, name="take-back"),
    path("m/<int:pk>/add-sender", people.add_sender, name="add-sender"),
    path("t/<int:number>/people/<int:pk>/confirm", people.confirm, name="confirm-person"),
    path("t/<int:number>/people/<int:pk>/remove", people.remove, name="remove-person"),
    path("t/<int:number>/addresses/<int:pk>/trust", people.trust, name="trust-address"),
    path("m/<int:pk>/retry", deliveries.retry, name="retry"),
    path("files/<int:pk>", files.attachment, name="attachment"),
]
