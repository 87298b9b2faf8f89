"""How what is usual is said beside a number, with whose it is and its n."""

from __future__ import annotations

from django.utils.translation import gettext as _

from customers.cx.cohorts import cohort_words
from customers.cx.models import CXBaseline
from helpdesk.templatetags.desk import duration


def usual_time(usual: CXBaseline | None, n: int) -> str:
    """Say the usual business time beside n values; nothing where there is none to compare."""
    if usual is None or usual.median_business is None or not n:
        return ""
    return compared_with(duration(usual.median_business), usual)


def usual_share(usual: CXBaseline | None, n: int) -> str:
    """Say the usual share beside one of n; nothing where there is none to compare."""
    if usual is None or usual.share is None or not n:
        return ""
    return compared_with(_("%(share)s %%") % {"share": round(100 * usual.share)}, usual)


def compared_with(value: str, usual: CXBaseline) -> str:
    """Say whose value it is: the cohort's with its name, or the workspace's."""
    words = {"value": value, "n": usual.n, "cohort": cohort_words(usual.cohort)}
    if usual.cohort:
        return _("typical %(value)s (%(cohort)s, n %(n)s)") % words
    return _("usual here %(value)s (n %(n)s)") % words
