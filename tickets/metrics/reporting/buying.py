"""What the orders a company tells us of say of its customers (METRICS 5.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tickets.metrics.reporting.metric import Group, Metric, Shape, Term
from tickets.metrics.reporting.terms import ORDERED, order_that_is

BUYING = (
    Metric(
        key="contact_rate", label=_("Contacts for 100 orders"), group=Group.BUYING,
        shape=Shape.RATE, per=100, since=3, is_lower_better=True, cut_by=("organisation", "tier"),
        terms=(Term(kinds=("order",)), Term(kinds=("contact",), n="0", total="1")),
        dated=_("by when customers ordered, and turned to us"),
        meaning=_(
            "Contacts in the period for each 100 orders placed in it, by whomever. Orders have no "
            "team, channel or topic: cut by organisation or tier only, and said to who sees all "
            "teams."
        ),
    ),
    Metric(
        key="orders", label=_("Orders"), group=Group.BUYING, shape=Shape.COUNT, since=3,
        terms=(Term(kinds=("order",)),), dated=ORDERED,
        meaning=_("Orders the company told us of; returns are none."),
    ),
    Metric(
        key="new_buyers", label=_("New buyers"), group=Group.BUYING, shape=Shape.COUNT, since=3,
        terms=order_that_is("first"), dated=ORDERED,
        meaning=_("Customers who bought for the first time we know of."),
    ),
    Metric(
        key="lost_buyers", label=_("Buyers lost"), group=Group.BUYING, shape=Shape.COUNT, since=3,
        terms=(Term(kinds=("lost",), where="f.at <= :at"),), dated=_("by when it was unusual"),
        is_lower_better=True,
        meaning=_(
            "Customers silent for three times their own usual gap between purchases, and for 90 "
            "days at least; with fewer than four purchases, for as long as the company has chosen."
        ),
    ),
    Metric(
        key="buyers_back", label=_("Buyers back"), group=Group.BUYING, shape=Shape.COUNT, since=3,
        terms=order_that_is("back"), dated=ORDERED,
        meaning=_("Customers who had counted as lost and bought again."),
    ),
)  # fmt: skip
