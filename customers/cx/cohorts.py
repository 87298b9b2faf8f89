"""With whom a customer is compared: the same tier, else the size of their organisation, and the
same main channel (BRIEFING 3.9)."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from helpdesk.templatetags.desk import channel_name

TIER, SIZE, ALONE = "tier", "size", "alone"

# One statement for customers and organisations; only those that moved are written.
_ASSIGN = """
    UPDATE cx_cxsummary s SET cohort = left(found.cohort, 120)
    FROM (
        SELECT s.id,
            CASE
                WHEN coalesce(s.data->>'main_channel', '') = '' THEN ''
                ELSE CASE
                    WHEN coalesce(nullif(c.tier, ''), o.tier, '') <> ''
                        THEN 'tier:' || coalesce(nullif(c.tier, ''), o.tier)
                    WHEN o.id IS NULL THEN 'alone:'
                    WHEN z.people < 2 THEN 'size:1'
                    WHEN z.people < 10 THEN 'size:2-9'
                    WHEN z.people < 50 THEN 'size:10-49'
                    ELSE 'size:50+'
                END || '|' || (s.data->>'main_channel')
            END AS cohort
        FROM cx_cxsummary s
        LEFT JOIN customers_customer c ON c.id = s.customer_id
        LEFT JOIN customers_organisation o ON o.id = coalesce(s.organisation_id, c.organisation_id)
        LEFT JOIN (
            SELECT organisation_id, count(*) AS people FROM customers_customer
            WHERE organisation_id IS NOT NULL AND merged_into_id IS NULL
            GROUP BY organisation_id
        ) z ON z.organisation_id = o.id
    ) found
    WHERE found.id = s.id AND s.cohort <> left(found.cohort, 120)
"""
# The age of an open ticket that nine of ten stay under, in whole days, is part of the health word.
_MARK_STALE = """
    UPDATE cx_cxsummary s SET stale_at = %s
    FROM (
        SELECT s.id, ceil(coalesce(own.p90, whole.p90) / 86400) AS days
        FROM cx_cxsummary s
        LEFT JOIN cx_cxbaseline own
            ON own.kind = 'time_to_solve' AND own.cohort = s.cohort AND s.cohort <> ''
        LEFT JOIN cx_cxbaseline whole ON whole.kind = 'time_to_solve' AND whole.cohort = ''
        WHERE s.data->'time_to_solve'->'open' <> '[]'::jsonb
    ) usual
    WHERE usual.id = s.id
        AND (s.data->>'usual_days')::float IS DISTINCT FROM usual.days::float
"""


def assign_cohorts() -> None:
    """Say of every summary whom it is compared with; nobody who has not turned to us in a year."""
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGN)


def mark_unusual_ages(*, at: datetime) -> None:
    """Have the summaries computed anew whose open tickets are held against another age now."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_STALE, [at])


def cohort_words(cohort: str) -> str:
    """Say a cohort: `Plus, e-mail`, `organisations of 2-9 people, phone`; empty: the workspace."""
    if not cohort:
        return _("the whole workspace")
    group, _bar, channel = cohort.rpartition("|")
    kind, _colon, value = group.partition(":")
    words = {
        TIER: value,
        SIZE: _("organisations of %(size)s people") % {"size": value},
        ALONE: _("people without an organisation"),
    }
    return f"{words.get(kind, value)}, {channel_name(channel)}"
