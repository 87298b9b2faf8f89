"""Replies per resolution, one-touch and zero-touch (METRICS 5.2).

Replies: public replies by a person in the cycle, up to solving. One-touch: solved in the first
cycle with exactly one, and never reopened but by a courtesy. Zero-touch: solved without any,
reported apart, never counted as one-touch.
"""

from tickets.metrics.reopening import reopened_at
from tickets.metrics.replay import Cycle, History


def is_one_touch(cycle: Cycle, history: History) -> bool:
    came_back = reopened_at(cycle, history) is not None
    return cycle.number == 1 and len(cycle.replies) == 1 and not came_back


def is_zero_touch(cycle: Cycle) -> bool:
    return cycle.solved_at is not None and not cycle.replies
