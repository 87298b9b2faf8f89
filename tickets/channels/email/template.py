from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Template:
    """The words of one kind of mail in one language, with variables in braces."""

    subject: str
    body: str
