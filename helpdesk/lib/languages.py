from django.utils.translation import get_language_info


def language_name(code: str) -> str:
    """Return the language's name in the reader's language; the code itself where unknown."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
