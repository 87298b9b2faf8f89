"""What a run over the corpus says, with the items of another convention counted apart."""

import tomllib
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RIGHT, STATED = 0, 1


@dataclass(kw_only=True)
class Report:
    """Right and stated counts without what is `overridden`; `excused` counts that by field."""

    raises: int
    timeouts: int
    whole: list[int]
    fields: dict[str, list[int]]
    categories: dict[str, list[int]]
    misses: dict[str, str | list[str]] = field(default_factory=dict)
    overridden: dict[str, str] = field(default_factory=dict)
    excused: Counter[str] = field(default_factory=Counter)

    def with_all(self) -> "Report":
        """The same counts with every item, those of another convention as wrong."""
        fields = {
            name: [right, stated + self.excused[name]]
            for name, (right, stated) in self.fields.items()
        }
        whole = [self.whole[RIGHT], self.whole[STATED] + len(self.overridden)]
        return replace(self, whole=whole, fields=fields)

    def percent(self, name: str) -> str:
        """The share of a field that is right, with one decimal; a dash where none is stated."""
        return share(self.fields.get(name, [0, 0]))


def share(counts: list[int]) -> str:
    """Right of stated as a percentage with one decimal."""
    return f"{100 * counts[RIGHT] / counts[STATED]:.1f}" if counts[STATED] else "-"


def read_overrides() -> dict[str, dict[str, Any]]:
    """Items whose source follows another convention than ours: fields and the reason, by id."""
    with (HERE / "overrides.toml").open("rb") as file:
        return {row["id"]: row for row in tomllib.load(file).get("item", [])}


def read_peers() -> dict[str, Any]:
    """The figures of other parsers, with where they were measured."""
    with (HERE / "peers.toml").open("rb") as file:
        return tomllib.load(file)


def summarise(scored: dict[str, Any], category_of: dict[str, str]) -> Report:
    """The scorer's report with overridden items taken out and counted."""
    report = Report(
        raises=scored["crashes"],
        timeouts=scored["timeouts"],
        whole=list(scored["whole"]),
        fields={name: list(counts) for name, counts in scored["fields"].items()},
        categories={name: list(counts) for name, counts in scored["categories"].items()},
    )
    overrides = read_overrides()
    for item_id, failed in scored["fails"]:
        names = set(failed) if isinstance(failed, dict) else set()
        excused = names & set(overrides.get(item_id, {}).get("fields", ()))
        for name in excused:
            report.fields[name][STATED] -= 1
            report.excused[name] += 1
        if names and names == excused:
            report.whole[STATED] -= 1
            report.categories[category_of[item_id]][STATED] -= 1
            report.overridden[item_id] = overrides[item_id]["reason"]
        else:
            report.misses[item_id] = sorted(names - excused) if names else str(failed)
    return report


def missed_fields(report: Report) -> Counter[str]:
    """How many misses there are of each field."""
    lists = (names for names in report.misses.values() if isinstance(names, list))
    return Counter(name for names in lists for name in names)
