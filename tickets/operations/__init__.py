"""Every way a ticket can change. Faces call these and nothing lower."""

from tickets.operations.addressing import reply_token
from tickets.operations.assigning import assign_ticket, move_ticket
from tickets.operations.contacts import (
    ContactKind,
    log_contact,
    open_logged_ticket,
    write_to_customer,
)
from tickets.operations.content import NewAttachment, NewMessage
from tickets.operations.delivering import (
    bounce_delivery,
    claim_delivery,
    confirm_delivery,
    doubt_delivery,
    fail_delivery,
    hand_over,
    postpone_delivery,
    release_delivery,
    retry_delivery,
)
from tickets.operations.describing import (
    file_ticket,
    prioritise_ticket,
    retitle_ticket,
    tag_ticket,
)
from tickets.operations.drafts import save_draft
from tickets.operations.intake import (
    open_ticket,
    receive_message,
)
from tickets.operations.lifecycle import change_status, close_ticket, reopen_ticket, solve_ticket
from tickets.operations.participating import add_participant, remove_participant
from tickets.operations.promising import (
    end_promise_on_ticket,
    keep_promise_on_ticket,
    promise_on_ticket,
    wait_for_us,
)
from tickets.operations.rating import rate_ticket, unrate_ticket
from tickets.operations.replying import (
    acknowledge_ticket,
    ask_customer,
    note_on_ticket,
    reply_to_ticket,
)
from tickets.operations.undoing import undo_solving
from tickets.operations.withdrawing import may_withdraw, withdraw_reply

__all__ = [
    "ContactKind",
    "NewAttachment",
    "NewMessage",
    "acknowledge_ticket",
    "add_participant",
    "ask_customer",
    "assign_ticket",
    "bounce_delivery",
    "change_status",
    "claim_delivery",
    "close_ticket",
    "confirm_delivery",
    "doubt_delivery",
    "end_promise_on_ticket",
    "fail_delivery",
    "file_ticket",
    "hand_over",
    "keep_promise_on_ticket",
    "log_contact",
    "may_withdraw",
    "move_ticket",
    "note_on_ticket",
    "open_logged_ticket",
    "open_ticket",
    "postpone_delivery",
    "prioritise_ticket",
    "promise_on_ticket",
    "rate_ticket",
    "receive_message",
    "release_delivery",
    "remove_participant",
    "reopen_ticket",
    "reply_to_ticket",
    "reply_token",
    "retitle_ticket",
    "retry_delivery",
    "save_draft",
    "solve_ticket",
    "tag_ticket",
    "undo_solving",
    "unrate_ticket",
    "wait_for_us",
    "withdraw_reply",
    "write_to_customer",
]
