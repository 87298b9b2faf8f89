"""The corpus' stated words and forwards, which is no part of the project: set MAIL_CORPUS."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tickets.channels.email.scores.written import is_false_cut, read_written

CORPUS = Path(os.environ.get("MAIL_CORPUS", Path(__file__).parents[5] / "shared/data/mail"))
pytestmark = [
    pytest.mark.skipif(
        not (CORPUS / "corpus.py").exists(), reason=f"no mail corpus at {CORPUS} (set MAIL_CORPUS)"
    ),
    # The corpus' own loader leaves its manifest open.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
VISIBLE = ("visible_equals", "visible_contains", "visible_excludes", "visible_is_all")


@pytest.fixture(scope="module")
def corpus() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mail_corpus", CORPUS / "corpus.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def items(corpus: ModuleType, *keys: str) -> list[Any]:
    """The items that state one of these."""
    return [item for item in corpus.load("shared") if set(keys) & set(item.expected or {})]


def test_nine_in_ten_replies_show_exactly_the_new_words(corpus: ModuleType) -> None:
    def adapter(item: Any) -> dict[str, Any] | None:
        got = read_written(item)
        return got and {key: value for key, value in got.items() if key != "forward"}

    stated = items(corpus, *VISIBLE, "visible_html_nows")
    right, total = corpus.score(adapter, items=stated)["whole"]

    assert right >= 0.9 * total


def test_97_in_100_forwards_are_read(corpus: ModuleType) -> None:
    def adapter(item: Any) -> dict[str, Any] | None:
        got = read_written(item)
        return {"forward": got["forward"]} if got and "forward" in got else None

    right, total = corpus.score(adapter, items=items(corpus, "forward"))["whole"]

    assert right >= 0.97 * total


def test_what_is_cut_and_should_not_is_convention(corpus: ModuleType) -> None:
    stated = items(corpus, "visible_equals", "visible_contains")
    cut = {
        item.id
        for item in stated
        if (got := read_written(item)) and is_false_cut(item, got["visible"])
    }

    # A footer that one source keeps, a separator line another keeps, one item in Markdown.
    assert cut <= {
        "talon-std-iphone.eml",
        "quotequail-quote-5.txt",
        "discourse-gmail_html_reply.eml",
    }
