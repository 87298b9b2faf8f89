from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DomainError


class TicketClosed(DomainError):
    code = "ticket_closed"
    message = _("This ticket is closed. Reopen it first, or write a new one to the customer.")


class EmptyMessage(DomainError):
    code = "empty_message"
    message = _("There is nothing to send. Write something or attach a file.")


class EmptySubject(DomainError):
    code = "empty_subject"
    message = _("A ticket needs a subject.")


class StaleReply(DomainError):
    """Somebody wrote on the ticket after the sender's page was loaded."""

    code = "stale_reply"
    message = _("Something was written on this ticket while you were typing. Nothing was sent.")


class AssigneeNotInTeam(DomainError):
    code = "assignee_not_in_team"
    message = _("%(name)s is not in the team %(team)s and would not see this ticket.")


class AssigneeInactive(DomainError):
    code = "assignee_inactive"
    message = _("%(name)s no longer works here.")


class NoAddress(DomainError):
    code = "no_address"
    message = _("We have no e-mail address of this customer to reply to.")


class NotDeliverable(DomainError):
    code = "not_deliverable"
    message = _("Only a failed or doubtful delivery can be tried again.")


class NotAChoice(DomainError):
    code = "not_a_choice"
    message = _("That is not one of the choices. Nothing was changed.")


class ModeMismatch(DomainError):
    """What was sent is a reply where the page showed a note, or the other way round."""

    code = "mode_mismatch"
    message = _("It was not clear whether this is a reply or an internal note. Nothing was sent.")


class ReplyOfSomebodyElse(DomainError):
    code = "reply_of_somebody_else"
    message = _("Only who wrote this reply, or a team lead, may take it back. Nothing was changed.")


class TooLateToWithdraw(DomainError):
    code = "too_late_to_withdraw"
    message = _("It is too late to take this back: the mail is on its way.")


class NotTheSameCustomer(DomainError):
    code = "not_the_same_customer"
    message = _(
        "#%(number)s is not another ticket of this customer, so it cannot be the same issue."
    )


class TicketMerged(DomainError):
    code = "ticket_merged"
    message = _("#%(number)s was merged into another ticket. Open that one, or undo the merge.")


class CannotMerge(DomainError):
    """The two tickets are one already, or the target is finished while the other is not."""

    code = "cannot_merge"
    message = _("These tickets cannot be merged.")


class TargetFinished(CannotMerge):
    code = "target_finished"
    message = _("#%(number)s is finished. Reopen it first, or merge the other way round.")


class TooLateToUndo(DomainError):
    code = "too_late_to_undo"
    message = _("This is more than 30 days ago and can no longer be undone.")


class LaterFirst(DomainError):
    """What is to be undone has been merged or split again since."""

    code = "later_first"
    message = _("These tickets were merged or split again since. Undo that first.")


class NothingToSplit(DomainError):
    code = "nothing_to_split"
    message = _("Choose at least one message, and leave at least one.")


class PolicyNameTaken(DomainError):
    code = "policy_name_taken"
    message = _("There is a policy “%(name)s” already, or there was one. Choose another name.")


class PolicyOvertaken(DomainError):
    code = "policy_overtaken"
    message = _("“%(name)s” has been changed meanwhile. Open it again and repeat your change.")


class CalendarNameTaken(DomainError):
    code = "calendar_name_taken"
    message = _("There is a calendar “%(name)s” already. Choose another name.")


class HoursRewriteHistory(DomainError):
    code = "hours_rewrite_history"
    message = _("New hours begin on a day to come, so that no time already measured changes.")
