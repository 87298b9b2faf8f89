"""Which of the languages we have phrases for a text is read in."""

KNOWN = ("en", "de")


def languages_to_read(language: str) -> tuple[str, ...]:
    """The language of a tag ("de-AT") where we know it; all of them where we do not."""
    code = language.lower().replace("_", "-").partition("-")[0]
    return (code,) if code in KNOWN else KNOWN
