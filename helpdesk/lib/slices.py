"""Long work in the background in slices, so that nothing waits behind the whole of it."""

from __future__ import annotations

import time

SECONDS = 5.0
# When what is left is taken up: others have their turn first.
AGAIN_SECONDS = 1


class Slice:
    """The time that one run of a task may take; what is left is for the next run."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._ends = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._ends
