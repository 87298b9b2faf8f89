"""The mail corpus, no part of the project: a folder of mails, a manifest and a scorer."""

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

Answer = dict[str, Any]


class Item(Protocol):
    """One mail of the corpus; `expected` is what its source states of it, or None."""

    id: str
    category: str
    categories: list[str]
    format: str
    expected: dict[str, Any] | None

    @property
    def raw(self) -> bytes: ...


Adapter = Callable[[Item], Answer | None]


class Corpus:
    """A folder of the corpus's format, scored by the `corpus.py` that lies in it."""

    def __init__(self, folder: Path) -> None:
        spec = importlib.util.spec_from_file_location("mail_corpus", folder / "corpus.py")
        if spec is None or spec.loader is None:
            raise FileNotFoundError(folder / "corpus.py")
        self._scorer = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._scorer)
        self._folder = folder

    @staticmethod
    def lies_in(folder: Path) -> bool:
        """Whether the folder holds a corpus."""
        manifests = (folder / "manifest.jsonl", folder / "shared/manifest.jsonl")
        return (folder / "corpus.py").exists() and any(path.exists() for path in manifests)

    def items(self, split: str = "") -> Iterator[Item]:
        """Every item, or those of one split."""
        yield from self._scorer.load(split or None, root=self._folder)

    def score(self, adapter: Adapter, items: list[Item]) -> dict[str, Any]:
        """The scorer's report: counts of each field and category, crashes, timeouts, misses."""
        report: dict[str, Any] = self._scorer.score(adapter, items=items, keep=True)
        return report
