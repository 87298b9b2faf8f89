"""What runs by the clock: sweeps that take up lost work, and what ages or is settled by time; and
in which queue a task waits that must not wait behind others.
"""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-arrivals": {"task": "tickets.channels.tasks.sweep_arrivals", "schedule": 15.0},
    "sweep-deliveries": {"task": "tickets.channels.tasks.sweep_deliveries", "schedule": 20.0},
    "fetch-mailboxes": {"task": "tickets.channels.email.tasks.fetch_mailboxes", "schedule": 30.0},
    "reconcile-mail": {"task": "tickets.channels.email.tasks.reconcile_mail", "schedule": 300.0},
    "sweep-events": {"task": "tickets.tasks.sweep_events", "schedule": 15.0},
    "age-words": {"task": "tickets.tasks.age_searched_words", "schedule": 21_600.0},
    "send-surveys": {"task": "tickets.feedback.tasks.send_surveys", "schedule": 30.0},
    "plan-relationship-surveys": {
        "task": "tickets.feedback.tasks.plan_relationship_surveys",
        "schedule": 3_600.0,
    },
    "settle-tickets": {"task": "tickets.metrics.tasks.settle_tickets", "schedule": 10.0},
    "escalate-targets": {"task": "tickets.metrics.tasks.escalate_targets", "schedule": 15.0},
    "clear-unfinished-files": {"task": "tickets.tasks.clear_unfinished_files", "schedule": 3_600.0},
    "sweep-data-requests": {"task": "tickets.privacy.tasks.sweep_requests", "schedule": 900.0},
    "keep-who-looked": {"task": "customers.tasks.keep_who_looked", "schedule": 30.0},
    "numbers-current": {"task": "tickets.metrics.tasks.keep_numbers_current", "schedule": 300.0},
    "roll-up-days": {"task": "tickets.metrics.tasks.roll_up_days", "schedule": 60.0},
    "mail-reports": {"task": "tickets.reports.tasks.mail_reports", "schedule": 300.0},
    "sweep-exports": {"task": "tickets.reports.tasks.sweep_exports", "schedule": 900.0},
    "keep-briefings": {"task": "tickets.briefing.tasks.keep_briefings_current", "schedule": 30.0},
    "note-imported": {"task": "tickets.briefing.tasks.note_imported", "schedule": 600.0},
    "count-terms": {
        "task": "tickets.briefing.tasks.count_terms",
        "schedule": crontab(hour="3", minute="10"),
    },
    "reconcile-metrics": {
        "task": "tickets.metrics.tasks.reconcile_metrics",
        "schedule": crontab(hour="2", minute="40"),
    },
}

ROUTES: dict[str, dict[str, str]] = {
    "tickets.channels.tasks.read_arrival": {"queue": "intake"},
    # Not behind whatever waits in the default queue.
    "tickets.channels.tasks.sweep_arrivals": {"queue": "intake"},
    "tickets.channels.tasks.sweep_deliveries": {"queue": "delivery"},
    "tickets.channels.email.tasks.fetch_mailboxes": {"queue": "fetch"},
    "tickets.channels.email.tasks.fetch_one_mailbox": {"queue": "fetch"},
    "tickets.channels.tasks.deliver_message": {"queue": "delivery"},
    "tickets.channels.tasks.deliver_copy": {"queue": "delivery"},
}
