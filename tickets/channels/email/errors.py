"""Why a mail could not be read."""


class UnreadableMail(Exception):
    """Nothing of the mail can be shown; `reason` is a sentence for the person who looks at it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
